"""Answers saved while they are typed, once each, whatever the network does."""

import uuid
from urllib.parse import urlencode

from django.urls import reverse

from eservices.cases.models import Case
from eservices.filing import services
from eservices.filing.models import Draft
from tests.filing.test_way import start


def save(client, draft, number, step="person", tab="window-1", **answers):
    return client.patch(
        reverse("filing:step", args=[draft.pk, step]),
        urlencode({**answers, "_tab": tab, "_save": number}),
        content_type="application/x-www-form-urlencoded",
    )


def test_one_answer_is_saved_alone_and_the_step_is_not_done(client, version):
    draft = start(client)
    response = save(client, draft, 1, last_name="Abdi")
    assert response.json()["problems"] == {}
    draft.refresh_from_db()
    assert (draft.answers, draft.steps_done) == ({"last_name": "Abdi"}, [])


def test_answer_not_right_yet_is_named_and_the_one_before_stays(client, version):
    draft = start(client)
    save(client, draft, 1, phone="77 12 34 56")
    assert list(save(client, draft, 2, phone="12").json()["problems"]) == ["phone"]
    draft.refresh_from_db()
    assert draft.answers["phone"] == "+25377123456"


def test_emptied_answer_is_emptied(client, version):
    draft = start(client)
    save(client, draft, 1, last_name="Abdi")
    save(client, draft, 2, last_name="")
    draft.refresh_from_db()
    assert draft.answers["last_name"] is None


def test_save_that_comes_late_or_twice_changes_nothing(client, version):
    draft = start(client)
    for number, name in [(1, "A"), (3, "C"), (2, "B"), (1, "A")]:
        assert save(client, draft, number, last_name=name).status_code == 200
    draft.refresh_from_db()
    assert draft.answers["last_name"] == "C"


def test_two_windows_do_not_undo_each_other(client, version):
    draft = start(client)
    stale = Draft.objects.get()
    save(client, draft, 1, last_name="Abdi")
    services.save_step(stale, step="request", answers={"copies": 2}, is_done=True)
    draft.refresh_from_db()
    assert (draft.answers["last_name"], draft.answers["copies"]) == ("Abdi", 2)


def test_stranger_and_nonsense_save_nothing(client, version):
    draft = start(client)
    stranger = save(type(client)(), draft, 1, last_name="X")
    assert (stranger.status_code, stranger.json()) == (404, {"lost": True})
    assert save(client, draft, 0, last_name="X").status_code == 422
    assert save(client, draft, 1, step="nowhere", last_name="X").status_code == 404
    draft.refresh_from_db()
    assert draft.answers == {}


def test_window_left_open_learns_that_the_draft_is_gone(client, version, photo):
    from tests.filing.test_way import fill, send

    draft = fill(client, photo)
    send(client, draft)
    assert save(client, draft, 1, last_name="X").status_code == 410
    announced = client.post(reverse("filing:uploads", args=[draft.pk]), HTTP_TUS_RESUMABLE="1.0.0")
    assert announced.status_code == 410
    Case.objects.update(access_key=uuid.uuid4())
    assert save(client, draft, 2, last_name="X").json() == {"lost": False}


def test_page_of_an_ended_session_says_how_to_come_back(client, version):
    draft = start(client)
    url = reverse("filing:step", args=[draft.pk, "person"])
    page = type(client)().get(url)
    assert page.status_code == 404
    assert f"?next={url}" in page.content.decode()
    assert reverse("filing:find") in page.content.decode()


def test_script_that_sends_is_told_where_to_go(client, version, photo):
    from tests.filing.test_way import fill

    draft = fill(client, photo)
    url = reverse("filing:check", args=[draft.pk])
    asked = {"HTTP_ACCEPT": "application/json"}
    assert "problem" in client.post(url, **asked).json()
    told = client.post(url, {"declaration": "1"}, **asked).json()
    assert told["sent"]
    assert client.post(url, {"declaration": "1"}, **asked).url == told["url"]

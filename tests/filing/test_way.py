"""From the start page to a sent request, through the citizen's own pages."""

import re

import pytest
from django.urls import reverse

from eservices.cases.models import Case, CaseStatus
from eservices.catalog import services as catalog
from eservices.filing.models import Draft
from tests.people import make_office
from tests.sample_spec import sample_definition

PERSON = {"last_name": "Abdi", "first_names": "Hawa", "phone": "+253 77 12 34 56"}
REQUEST = {"copies": "2", "reason": "school"}


def start(client, **choices):
    response = client.post(reverse("filing:start", args=["extrait-test"]), choices)
    assert response.status_code == 302
    return Draft.objects.get()


def fill(client, photo, **choices):
    draft = start(client, **choices)
    for step, data in (("person", PERSON), ("request", REQUEST)):
        response = client.post(reverse("filing:step", args=[draft.pk, step]), data)
        assert response.status_code == 302, response.content.decode()
    response = client.post(
        reverse("filing:pieces", args=[draft.pk]), {"id_document": photo(), "_continue": "1"}
    )
    assert response.url == reverse("filing:check", args=[draft.pk])
    return draft


def send(client, draft):
    return client.post(reverse("filing:check", args=[draft.pk]), {"declaration": "1"})


def test_whole_way_makes_one_unpaid_case(client, version, photo):
    draft = fill(client, photo)
    page = client.get(reverse("filing:check", args=[draft.pk])).content.decode()
    assert "Abdi" in page
    assert re.search(r"1\s000", page)
    assert f"<td>{version.spec['fees'][0]['label']['fr']}</td>" in page

    response = send(client, draft)
    case = Case.objects.get()
    assert response.url == reverse("tracking:case", args=[case.reference])
    assert (case.status, case.payment.amount) == (CaseStatus.AWAITING_PAYMENT, 1000)
    assert case.answers["phone"] == "+25377123456"
    assert not Draft.objects.exists()
    assert client.get(response.url).status_code == 200


def test_five_clicks_on_send_make_one_case(client, version, photo):
    draft = fill(client, photo)
    urls = {send(client, draft).url for _ in range(5)}
    assert Case.objects.count() == 1
    assert urls == {reverse("tracking:case", args=[Case.objects.get().reference])}


def test_error_keeps_what_was_typed_and_names_the_field(client, version):
    draft = start(client)
    response = client.post(
        reverse("filing:step", args=[draft.pk, "person"]),
        PERSON | {"phone": "12", "last_name": "Zoé"},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="12"' in page
    assert "Zoé" in page
    assert 'href="#id_phone"' in page


def test_field_revealed_by_the_post_is_asked_before_going_on(client, version):
    draft = start(client)
    url = reverse("filing:step", args=[draft.pk, "request"])
    response = client.post(url, {"copies": "1", "reason": "other"})
    assert response.status_code == 200
    assert 'name="other_reason"' in response.content.decode()
    response = client.post(url, {"copies": "1", "reason": "other", "other_reason": "Voyage"})
    assert response.status_code == 302


def test_hidden_answer_is_dropped_when_sent(client, version, photo):
    draft = fill(client, photo)
    Draft.objects.filter(pk=draft.pk).update(
        answers=Draft.objects.get().answers | {"other_reason": "sneaked in"}
    )
    send(client, draft)
    assert "other_reason" not in Case.objects.get().answers


def test_missing_piece_is_said_and_nothing_is_sent(client, version):
    draft = start(client)
    client.post(reverse("filing:step", args=[draft.pk, "person"]), PERSON)
    client.post(reverse("filing:step", args=[draft.pk, "request"]), REQUEST)
    response = client.post(reverse("filing:pieces", args=[draft.pk]), {"_continue": "1"})
    assert response.status_code == 422
    assert send(client, draft).status_code == 302
    assert not Case.objects.exists()
    assert Draft.objects.exists()


def test_another_browser_finds_nothing(client, version, photo):
    draft = fill(client, photo)
    stranger = type(client)()
    assert stranger.get(reverse("filing:check", args=[draft.pk])).status_code == 404
    assert send(stranger, draft).status_code == 404
    send(client, draft)
    reference = Case.objects.get().reference
    assert stranger.get(reverse("tracking:case", args=[reference])).status_code == 404


def test_forged_cookie_opens_nothing(client, version):
    draft = start(client)
    stranger = type(client)()
    stranger.cookies["guichet_requests"] = f"{draft.pk.hex}:1:forged"
    assert stranger.get(reverse("filing:check", args=[draft.pk])).status_code == 404


def test_closed_service_says_so(client, version):
    version.eservice.is_suspended = True
    version.eservice.save()
    response = client.post(reverse("filing:start", args=["extrait-test"]))
    assert response.status_code == 409
    assert not Draft.objects.exists()


@pytest.mark.parametrize("name", ["filing:index", "tracking:start"])
def test_public_pages_answer_in_three_languages(client, version, name):
    path = reverse(name)
    for prefix in ("", "/ar", "/en"):
        assert client.get(prefix + path).status_code == 200


@pytest.mark.parametrize(
    ("accept", "said", "wanted", "offered"),
    [
        (["pdf"], "PDF, 5 Mo au plus.", "Ajoutez un PDF.", "application/pdf"),
        (["png", "jpeg"], "Photo, 5 Mo au plus.", "Ajoutez une photo.", "image/jpeg,image/png"),
        (
            ["pdf", "jpeg", "png"],
            "Photo ou PDF, 5 Mo au plus.",
            "Ajoutez une photo ou un PDF.",
            "image/jpeg,image/png,application/pdf",
        ),
    ],
)
def test_a_piece_asks_only_for_what_it_takes(client, db, accept, said, wanted, offered):
    make_office("test-office")
    piece = sample_definition()["pieces"][0] | {"accept": accept, "max_mb": 5, "max_files": 1}
    catalog.publish(sample_definition(pieces=[piece], fees=[]))
    draft = start(client)
    for step, data in (("person", PERSON), ("request", REQUEST)):
        client.post(reverse("filing:step", args=[draft.pk, step]), data)
    url = reverse("filing:pieces", args=[draft.pk])
    page = client.get(url).content.decode()
    assert said in page
    assert f'accept="{offered}"' in page
    assert ("Ajoutez une photo de chacune" in page) == (len(accept) == 3)
    refused = client.post(url, {"_continue": "1"})
    assert (refused.status_code, wanted in refused.content.decode()) == (422, True)

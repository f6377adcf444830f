"""The sitting at the desk, without JavaScript: prepared, frozen, read, decided, passed on."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from eservices.sittings.models import Sitting
from tests.people import sign_in
from tests.sittings.conftest import member


def browser(user):
    client = Client()
    sign_in(client, user)
    return client


def url(name, *args):
    return reverse(f"backoffice:{name}", args=args)


def test_a_council_is_held_from_the_desk(bring, clerk, head):
    case, other = bring(), bring(title="Projet de décret portant B")
    desk, chief = browser(clerk), browser(head)
    start = timezone.localtime() - timedelta(hours=2)
    typed = {
        "body": "Conseil des ministres", "office": str(clerk.office_memberships.get().office_id),
        "starts_at": f"{start:%Y-%m-%dT%H:%M}", "place": "Ouagadougou",
        "chair": "Le Président du Faso",
    }  # fmt: skip
    assert desk.post(url("sittings"), {**typed, "starts_at": "hier"}).status_code == 422
    assert desk.post(url("sittings"), typed).status_code == 302
    sitting = Sitting.objects.get()

    def act(client, name, **data):
        return client.post(url("sitting_action", sitting.pk, name), data, follow=True)

    page = desk.get(url("sitting", sitting.pk)).content.decode()
    assert case.reference in page
    assert other.reference in page
    act(desk, "add", case=case.reference)
    act(desk, "add", case=other.reference)
    act(desk, "move", item=str(sitting.items.last().pk), up="1")
    assert sitting.items.first().case == other
    assert "agent" in act(desk, "invite", email="personne@guichet.example").content.decode()
    minister = member("bf-sante", "chief", email="ministre@guichet.example")
    act(desk, "invite", email="ministre@guichet.example")
    assert browser(minister).get(url("sitting", sitting.pk)).status_code == 404
    act(desk, "freeze")
    sitting.refresh_from_db()
    assert sitting.is_draft  # an agent may not
    act(chief, "freeze")
    seat = browser(minister)
    assert seat.get(url("sitting", sitting.pk)).status_code == 200
    assert seat.post(url("sitting_action", sitting.pk, "close")).status_code == 404
    assert seat.post(url("sitting_pack", sitting.pk), {"password": "court"}).status_code == 302
    made = seat.post(url("sitting_pack", sitting.pk), {"password": "karité et mil"})
    assert made.content.startswith(b"PK")
    for item in sitting.items.all():
        address = url("sitting_decision", sitting.pk, item.pk)
        assert seat.get(address).status_code == 404
        assert desk.post(address, {"verdict": "reserved"}).status_code == 422
        assert desk.post(address, {"verdict": "adopted", "text": "Adopté."}).status_code == 302
    end = timezone.localtime()
    act(chief, "close", ends_at=f"{end:%Y-%m-%d %H:%M}")
    assert chief.get(url("sitting_minutes", sitting.pk))["Content-Type"] == "application/pdf"
    act(chief, "publish")
    sitting.refresh_from_db()
    assert sitting.status == "published"
    follow = desk.get(url("follow_up"), {"q": case.reference}).content.decode()
    assert case.reference in follow
    assert other.reference not in follow
    done = {"item": str(sitting.items.last().pk), "state": "done"}
    assert desk.post(url("follow_up"), done).status_code == 302
    assert desk.post(url("follow_up"), {"item": "x"}).status_code == 404


def test_a_stranger_finds_no_sitting(sitting):
    stranger = browser(member("bf-economie"))
    for name in ("sitting", "sitting_pack", "sitting_minutes"):
        answer = stranger.post if name == "sitting_pack" else stranger.get
        assert answer(url(name, sitting.pk)).status_code == 404
    assert "Conseil des ministres" not in stranger.get(url("sittings")).content.decode()

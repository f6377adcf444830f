"""What a form sees of the world: slots are kept, booked and moved; earlier documents are one's own."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from eservices.appointments import services as appointments
from eservices.appointments.models import Booking, BookingStatus, Resource
from eservices.cases import services as cases
from eservices.catalog import services as catalog
from eservices.filing import services
from eservices.filing.errors import NotReady
from eservices.filing.models import Draft
from eservices.filing.sources import DraftSource
from eservices.formdefs import engine, sources
from tests.documents.samples import letters, read
from tests.factories import AgentFactory, CaseFactory, UserFactory
from tests.formdefs.builders import field
from tests.people import make_office, sign_in
from tests.sample_spec import sample_definition

DJIBOUTI = ZoneInfo("Africa/Djibouti")
PERSON = {"last_name": "Abdi", "first_names": "Hawa", "phone": "+25377123456"}


@pytest.fixture
def counter(db):
    office = make_office("test-office")
    return Resource.objects.create(code="desk", office=office, hours="8:00-10:00", minutes=60)


def published(*fields, **first):
    definition = sample_definition()
    step = {"key": "extra", "title": {"fr": "Suite"}, "fields": list(fields), **first}
    steps = [step, *definition["steps"]] if first else [*definition["steps"], step]
    return catalog.publish({**definition, "steps": steps, "pieces": []})


@pytest.fixture
def version(counter):
    return published(field("slot", "appointment", resource="desk"))


def begun(client, version):
    client.post(reverse("filing:start", args=[version.eservice.slug]))
    return Draft.objects.latest("created_at")


def free(counter):
    zone_free = appointments.free_slots(counter)
    return [slot.starts_at.strftime("%Y-%m-%dT%H:%M") for slot in zone_free]


def choose(client, draft, slot):
    return client.post(reverse("filing:step", args=[draft.pk, "extra"]), {"slot": slot})


def finish(draft, version):
    answers = {**PERSON, "copies": 1, "reason": "school"}
    for step in version.spec["steps"]:
        services.save_step(draft, step=step["key"], answers={}, is_done=True)
    services.save_step(draft, step="extra", answers=answers, is_done=True)
    draft.refresh_from_db()


def test_the_last_place_is_kept_then_booked_and_moved(client, counter, version):
    slot, other = free(counter)[:2]
    draft = begun(client, version)
    assert slot in client.get(reverse("filing:step", args=[draft.pk, "extra"])).text
    assert choose(client, draft, slot).status_code == 302
    assert Booking.objects.get().status == BookingStatus.HELD
    second = begun(type(client)(), version)
    assert slot not in free(counter)
    draft.refresh_from_db()
    finish(draft, version)
    with sources.using(DraftSource(draft, services.attachment_owner(draft))):
        case = services.submit(draft)
    booking = Booking.objects.get()
    assert (booking.status, booking.holder) == (BookingStatus.BOOKED, cases.attachment_owner(case))
    assert second.answers == {}
    address = reverse("tracking:appointment", args=[case.reference])
    assert client.get(address).status_code == 200
    assert type(client)().get(address).status_code == 404
    wanted = next(
        one for one in appointments.free_slots(counter) if other in one.starts_at.isoformat()
    )
    assert client.post(address, {"slot": wanted.starts_at.isoformat()}).status_code in {302, 409}
    assert client.post(address, {"slot": "nonsense"}).status_code == 409
    summons = reverse("tracking:summons", args=[case.reference])
    assert client.get(summons).status_code == 404  # the fee is not paid
    cases.confirm_payment(case)
    said = letters(read(client.get(summons).content))
    day = Booking.objects.get(status=BookingStatus.BOOKED).starts_at.astimezone(DJIBOUTI)
    assert [one for one in (case.reference, f"{day:%H:%M}", f"{day:%Y}") if one not in said] == []
    assert type(client)().get(summons).status_code == 404
    agent = type(client)()
    sign_in(agent, AgentFactory(office=case.office))
    page = agent.get(reverse("backoffice:case", args=[case.reference])).text
    assert (at_the_desk := reverse("backoffice:summons", args=[case.reference])) in page
    assert case.reference in letters(read(agent.get(at_the_desk).content))
    assert summons in client.get(reverse("tracking:case", args=[case.reference])).text
    Booking.objects.update(status=BookingStatus.MISSED)  # and the person did not come
    assert client.get(summons).status_code == 404
    assert "Prendre ce rendez-vous" in client.get(address).text
    assert client.post(address, {"slot": "nonsense"}).status_code == 409
    later = appointments.free_slots(counter)[-1].starts_at.isoformat()
    assert client.post(address, {"slot": later}).status_code == 302
    assert appointments.booked_for(booking.holder).starts_at.isoformat() >= later[:10]
    Booking.objects.update(status=BookingStatus.MISSED)
    assert client.get(address).status_code == 404


def test_a_slot_lost_meanwhile_brings_the_person_back(client, counter, version):
    slot = free(counter)[0]
    draft = begun(client, version)
    choose(client, draft, slot)
    draft.refresh_from_db()
    finish(draft, version)
    Booking.objects.update(status=BookingStatus.RELEASED)
    moment = next(one.starts_at for one in appointments.free_slots(counter))
    appointments.hold("desk", moment, holder="draft:other")
    with (
        pytest.raises(NotReady),
        sources.using(DraftSource(draft, services.attachment_owner(draft))),
    ):
        services.submit(draft)
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_a_draft_thrown_away_gives_its_slot_back(client, counter, version):
    slot = free(counter)[0]
    draft = begun(client, version)
    choose(client, draft, slot)
    services.discard(draft)
    assert slot in free(counter)


def test_only_ones_own_requests_are_offered(client, counter):
    version = published(field("before", "link", of="case"))
    person = UserFactory()
    mine, other = CaseFactory(applicant=person), CaseFactory(applicant=UserFactory())
    client.force_login(person)
    draft = begun(client, version)
    html = client.get(reverse("filing:step", args=[draft.pk, "extra"])).text
    assert mine.reference in html
    assert other.reference not in html
    client.post(reverse("filing:step", args=[draft.pk, "extra"]), {"before": other.reference})
    draft.refresh_from_db()
    assert draft.answers["before"] == {"reference": other.reference, "own": False}


def test_who_may_not_ask_is_told_before_a_draft_exists(client, counter):
    rule = {
        "require": {"eq": [{"var": "adult"}, True]},
        "field": "adult",
        "message": {"fr": "Réservé aux adultes."},
    }
    version = published(field("adult", "yes_no"), eligibility=True, rules=[rule])
    start = reverse("filing:start", args=[version.eservice.slug])
    assert 'name="adult"' in client.get(start).text
    refused = client.post(start, {"adult": "no"})
    assert refused.status_code == 422
    assert "Réservé aux adultes." in refused.text
    assert not Draft.objects.exists()
    assert client.post(start, {"adult": "yes"}).status_code == 302
    draft = Draft.objects.get()
    assert (draft.answers["adult"], draft.steps_done) == (True, ["extra"])


def test_a_campaign_opens_and_closes_the_service(counter):
    definition = sample_definition() | {"window": {"opens": "2020-01-01", "closes": "2020-02-01"}}
    eservice = catalog.publish(definition).eservice
    zone = eservice.closes_at.tzinfo
    assert eservice.opening().state == "closed"
    inside = datetime.datetime(2020, 2, 1, 12, tzinfo=zone)
    assert eservice.opening(inside).is_open
    assert "window" in catalog.check(definition | {"window": {"opens": "demain"}})[0]


def test_searches_are_counted(client, counter, version):
    draft = begun(client, version)
    world = DraftSource(draft, "x")
    assert [world.may_look_up("demo_civil") for _ in range(21)] == [True] * 20 + [False]
    assert engine.lint(version.spec) == []

"""Appointments of the day: one's own offices only, who came, who did not, and the places."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from eservices.appointments.models import Booking, BookingStatus, Resource
from eservices.cases.services import attachment_owner
from tests.factories import AgentFactory, CaseFactory, OfficeFactory

ZONE = ZoneInfo("Africa/Djibouti")
NINE = datetime(2026, 11, 22, 9, 0, tzinfo=ZONE)  # a working Sunday
LIST = "/agent/rendez-vous/"


@pytest.fixture
def counter(office):
    return Resource.objects.create(
        code="desk", office=office, hours="8:00-10:00", minutes=60, capacity=2
    )


@pytest.fixture
def case(office):
    return CaseFactory(
        submitted=True, office=office, applicant_name="FARAH Ali", beneficiary="ABDI Hodan"
    )


@pytest.fixture
def booking(counter, case):
    return Booking.objects.create(
        resource=counter, starts_at=NINE, seat=0, status="booked", holder=attachment_owner(case)
    )


@time_machine.travel(NINE, tick=False)
def test_the_list_of_the_day_tells_people_and_places(desk, agent, case, booking):
    browser = desk(agent)
    page = browser.get(LIST).text
    assert "Rendez-vous du jour" in page
    assert case.reference in page
    assert "ABDI Hodan" in page
    assert "demandé par FARAH Ali" in page
    assert "Places prises : 1 sur 4. Libres : 3." in page.replace("\u202f", " ").replace(
        "\xa0", " "
    )
    assert case.reference not in browser.get(LIST, {"jour": "2026-11-23"}).text
    assert browser.get(LIST, {"jour": "hier"}).status_code == 200


@time_machine.travel(NINE, tick=False)
@pytest.mark.parametrize(
    ("word", "status"), [("came", BookingStatus.HONOURED), ("missed", BookingStatus.MISSED)]
)
def test_presence_is_noted_and_may_be_corrected(desk, agent, booking, word, status):
    browser, address = desk(agent), reverse("backoffice:presence", args=[booking.pk])
    assert browser.post(address, {"presence": word}).status_code == 302
    booking.refresh_from_db()
    assert booking.status == status
    browser.post(address, {"presence": "undo"})
    booking.refresh_from_db()
    assert booking.status == BookingStatus.BOOKED
    assert browser.post(address, {"presence": "late"}).status_code == 404


@time_machine.travel("2026-11-21 09:00+03:00", tick=False)
def test_nobody_can_be_missing_before_the_day(desk, agent, booking):
    desk(agent).post(reverse("backoffice:presence", args=[booking.pk]), {"presence": "missed"})
    booking.refresh_from_db()
    assert booking.status == BookingStatus.BOOKED


@time_machine.travel(NINE, tick=False)
def test_another_office_sees_and_changes_nothing(desk, case, booking):
    stranger = desk(AgentFactory(office=OfficeFactory()))
    page = stranger.get(LIST).text
    assert case.reference not in page
    assert "Aucun guichet de vos services ne donne de rendez-vous." in page
    address = reverse("backoffice:presence", args=[booking.pk])
    assert stranger.post(address, {"presence": "came"}).status_code == 404


@time_machine.travel(NINE, tick=False)
def test_the_list_costs_the_same_for_many(
    desk, agent, counter, booking, django_assert_max_num_queries
):
    for seat in range(8):
        case = CaseFactory(submitted=True, office=counter.office)
        Booking.objects.create(
            resource=counter, starts_at=NINE, seat=seat + 1, status="booked",
            holder=attachment_owner(case),
        )  # fmt: skip
    browser = desk(agent)
    with django_assert_max_num_queries(15):
        browser.get(LIST)

"""Slots: what is free, who has them, and that nobody gets the last one twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, close_old_connections, connection, transaction

from eservices.appointments import services as appointments
from eservices.appointments.errors import SlotTaken, TooLate
from eservices.appointments.models import Booking, BookingStatus, Resource
from portal.core.models import Holiday
from tests.factories import OfficeFactory

ZONE = ZoneInfo("Africa/Djibouti")
SUNDAY = datetime(2026, 11, 22, 7, 0, tzinfo=ZONE)  # Djibouti works from Sunday to Thursday
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)


@pytest.fixture
def counter(db):
    return Resource.objects.create(
        code="passports", office=OfficeFactory(), hours="8:00-10:00", minutes=60, capacity=2,
        days_ahead=7, notice_hours=4,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _sunday_morning():
    with time_machine.travel(SUNDAY, tick=False):
        yield


def moments(counter):
    return [
        (slot.starts_at.strftime("%d %H:%M"), slot.free)
        for slot in appointments.free_slots(counter)
    ]


def test_working_hours_holidays_and_notice_make_the_slots(counter):
    Holiday.objects.create(calendar=counter.office.calendar, day="2026-11-24", name="Fête")
    found = [text for text, _free in moments(counter)]
    assert found[:3] == ["23 08:00", "23 09:00", "25 08:00"]  # today is too soon, the 24th closed
    assert not [text for text in found if text.startswith(("27", "28"))]  # Friday and Saturday
    assert len(found) == 8


def test_the_hours_of_the_office_count_when_the_counter_has_none(counter):
    counter.office.hours.create(weekday=0, opens="14:00", closes="16:00")
    counter.hours = ""
    assert [text for text, _free in moments(counter)] == ["23 14:00", "23 15:00"]


def test_a_slot_is_kept_then_free_again(counter):
    appointments.hold("passports", NINE, holder="draft:1")
    assert dict(moments(counter))["23 09:00"] == 1
    appointments.hold("passports", NINE, holder="draft:2")
    with pytest.raises(SlotTaken):
        appointments.hold("passports", NINE, holder="draft:3")
    assert not appointments.is_available("passports", NINE, holder="draft:3")
    with time_machine.travel(SUNDAY + timedelta(minutes=21), tick=False):
        assert appointments.is_available("passports", NINE, holder="draft:3")
        appointments.hold("passports", NINE, holder="draft:3")
        assert Booking.objects.active().count() == 1


def test_who_chooses_again_frees_the_first_slot(counter):
    appointments.hold("passports", NINE, holder="draft:1")
    appointments.hold("passports", NINE - timedelta(hours=1), holder="draft:1")
    assert dict(moments(counter)) | {"23 08:00": 1, "23 09:00": 2} == dict(moments(counter))


def test_what_is_no_slot_cannot_be_held(counter):
    for moment in (
        NINE + timedelta(minutes=7),
        NINE - timedelta(days=3),
        SUNDAY,
        NINE + timedelta(days=60),
    ):
        with pytest.raises(SlotTaken):
            appointments.hold("passports", moment, holder="draft:1")
    with pytest.raises(SlotTaken):
        appointments.hold("nowhere", NINE, holder="draft:1")


def test_booked_when_sent_even_late_if_it_is_still_free(counter):
    appointments.hold("passports", NINE, holder="draft:1")
    with time_machine.travel(SUNDAY + timedelta(hours=2), tick=False):
        (booking,) = appointments.book(
            holder="draft:1", to="case:1", wanted=[("passports", NINE, "NPI1")]
        )
    assert (booking.status, booking.holder) == (BookingStatus.BOOKED, "case:1")


def test_one_active_appointment_for_each_person(counter):
    appointments.book(holder="draft:1", to="case:1", wanted=[("passports", NINE, "NPI1")])
    with pytest.raises(SlotTaken, match="a déjà un rendez-vous"):
        appointments.hold("passports", NINE, holder="draft:2", person="NPI1")
    appointments.release("case:1")
    appointments.hold("passports", NINE, holder="draft:2", person="NPI1")


def test_moved_twice_and_never_at_the_last_moment(counter):
    (booking,) = appointments.book(holder="d", to="case:1", wanted=[("passports", NINE, "")])
    later = NINE + timedelta(days=1)
    booking = appointments.move(booking, later)
    booking = appointments.move(booking, later - timedelta(hours=1))
    assert (booking.moves, booking.status) == (2, BookingStatus.BOOKED)
    with pytest.raises(TooLate):
        appointments.move(booking, NINE)
    with time_machine.travel(later - timedelta(hours=5), tick=False), pytest.raises(TooLate):
        appointments.cancel(booking)
    appointments.cancel(booking)
    assert not Booking.objects.active().exists()


def test_who_did_not_come_books_once_more_and_no_oftener(counter):
    (first,) = appointments.book(holder="d", to="case:1", wanted=[("passports", NINE, "NPI1")])
    assert appointments.missed_by("case:1") is None
    with time_machine.travel(NINE, tick=False):
        appointments.note_presence(first, came=False)
        again = appointments.book_again(appointments.missed_by("case:1"), NINE + timedelta(days=2))
        assert (again.status, again.person) == (BookingStatus.BOOKED, "NPI1")
        with pytest.raises(SlotTaken, match="un autre rendez-vous"):
            appointments.note_presence(first, came=None)
        with pytest.raises(TooLate):
            appointments.book_again(first, NINE + timedelta(days=2, hours=-1))
    with time_machine.travel(NINE + timedelta(days=2), tick=False):
        appointments.note_presence(again, came=False)
        assert appointments.missed_by("case:1") is None


def test_the_database_itself_refuses_a_second_holder_of_a_seat(counter):
    values = {"resource": counter, "starts_at": NINE, "seat": 0, "status": BookingStatus.BOOKED}
    Booking.objects.create(holder="case:1", **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.create(holder="case:2", **values)
    Booking.objects.create(holder="case:3", **values | {"status": BookingStatus.MISSED})


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_twelve_people_at_once_two_get_the_two_places(counter):
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    barrier = Barrier(12)

    def ask(number: int) -> bool:
        close_old_connections()
        try:
            barrier.wait(timeout=10)
            appointments.hold("passports", NINE, holder=f"draft:{number}")
        except SlotTaken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(12) as pool:
        won = list(pool.map(ask, range(12)))
    assert sum(won) == 2
    assert sorted(Booking.objects.active().values_list("seat", flat=True)) == [0, 1]

"""Legal delays: working weeks, holidays, hours, pauses."""

from datetime import UTC, date, datetime, timedelta

import pytest

from eservices.cases import clock

THURSDAY = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)


def test_djibouti_works_from_sunday_to_thursday(office):
    due = clock.due_at({"delay": {"working_days": 3}}, office, THURSDAY)
    assert due.date() == date(2026, 11, 24)  # Sunday, Monday, Tuesday
    assert due.utcoffset() == timedelta(hours=3)


def test_holidays_do_not_count(office):
    office.calendar.holidays.create(day=date(2026, 11, 22), name="Fête")
    due = clock.due_at({"delay": {"working_days": 3}}, office, THURSDAY)
    assert due.date() == date(2026, 11, 25)


def test_hours_are_plain_hours(office):
    due = clock.due_at({"delay": {"hours": 72}}, office, THURSDAY)
    assert due == THURSDAY + timedelta(hours=72)


def test_no_delay_no_deadline(office):
    assert clock.due_at({}, office, THURSDAY) is None


@pytest.mark.parametrize("delay", [{"hours": 72}, {"working_days": 3}])
def test_pause_gives_back_what_was_left(office, delay):
    spec = {"delay": delay}
    due = clock.due_at(spec, office, THURSDAY)
    paused = THURSDAY + timedelta(hours=1)
    resumed = clock.resumed_due_at(
        spec, office, due_at=due, paused_at=paused, now=paused + timedelta(days=14)
    )
    assert resumed == due + timedelta(days=14)


def test_deadline_already_passed_stays_passed(office):
    due = THURSDAY
    late = clock.resumed_due_at(
        {"delay": {"hours": 72}},
        office,
        due_at=due,
        paused_at=due + timedelta(1),
        now=due + timedelta(9),
    )
    assert late == due

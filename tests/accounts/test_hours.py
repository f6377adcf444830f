"""When a counter is open, as people type it and as they read it."""

from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.accounts import directory, hours, services
from portal.accounts.admin_forms import OfficeForm
from portal.accounts.models import Office, Territory
from tests import people

WEEK = {day: [(time(8), time(12, 30)), (time(15), time(18))] for day in (6, 0, 1, 2, 3)}


@pytest.fixture
def office(db) -> Office:
    office = people.make_office()  # Djibouti: UTC+3, Sunday to Thursday
    services.save_hours(office, WEEK)
    return office


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("8:00-12:30, 15:00-18:00", WEEK[0]),
        ("8h-12h30; 15h00 – 18h", WEEK[0]),
    ],
)
def test_hours_are_read_as_people_write_them(text, expected):
    assert hours.parse(text) == expected


@pytest.mark.parametrize("text", ["tomorrow", "25:00-26:00", "12:00-8:00", "8-12,11-14", "8:00"])
def test_hours_that_mean_nothing_are_refused(text):
    with pytest.raises(hours.BadHours):
        hours.parse(text)


@pytest.mark.parametrize(
    ("now", "is_open", "words", "until"),
    [
        # 23 November 2026 is a Monday; 5:00 UTC is 8:00 in Djibouti.
        (datetime(2026, 11, 23, 5, 0, tzinfo=UTC), True, "12:30", (23, 9, 30)),
        (datetime(2026, 11, 23, 9, 30, tzinfo=UTC), False, "aujourd", (23, 12, 0)),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), False, "demain", (23, 21, 0)),
        (datetime(2026, 11, 26, 16, 0, tzinfo=UTC), False, "dimanche", (26, 21, 0)),
    ],
)
def test_open_or_not_on_the_clock_of_the_office(office, now, is_open, words, until):
    opening = hours.opening(office, now)
    assert opening is not None
    assert opening.is_open is is_open
    assert words in opening.text
    assert opening.until is not None
    end = opening.until.astimezone(UTC)
    assert (end.day, end.hour, end.minute) == until


def test_closed_days_and_holidays_are_skipped(office):
    services.close_office(office, first=date(2026, 11, 23), last=date(2026, 11, 23), reason="Deuil")
    services.save_calendar("dj", name="D", weekdays="60123", holidays={date(2026, 11, 24): "Fête"})
    now = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

    opening = hours.opening(office, now)

    assert opening is not None
    assert not opening.is_open
    assert "mercredi" in opening.text
    days = hours.closed_days(office, now)
    assert [("Deuil" in day, "Fête" in day) for day in days] == [(True, False), (False, True)]


def test_the_table_begins_with_the_first_working_day(office):
    table = hours.table(office, datetime(2026, 11, 23, 6, tzinfo=UTC))
    assert [day.name for day in table][:2] == ["Dimanche", "Lundi"]
    assert [day.is_today for day in table].index(True) == 1
    assert table[5].text == "Fermé"


def test_an_office_without_hours_promises_nothing(db):
    office = people.make_office("dj-other")
    assert hours.opening(office) is None
    assert hours.table(office) == []


def test_a_place_is_whole_or_absent(office):
    office.latitude = 11.5
    with pytest.raises(ValidationError, match="latitude"):
        office.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        office.save()


def test_the_administrator_types_hours_and_closed_days(office):
    data = {
        "code": office.code,
        "name_fr": "État civil",
        "country": "DJ",
        "time_zone": office.time_zone,
        "calendar": office.calendar_id,
        "is_active": "on",
        "hours_0": "8:00-12:00",
        "hours_1": "midi",
        "closures": "2026-12-24 2026-12-26 Fêtes\n2027-01-01 Jour de l'an",
    }
    form = OfficeForm(data, instance=office)
    assert not form.is_valid()
    assert set(form.errors) == {"hours_1"}
    assert 'value="midi"' in str(form["hours_1"])

    form = OfficeForm(data | {"hours_1": ""}, instance=office)
    assert form.is_valid(), form.errors
    form.save()
    assert [str(row) for row in office.hours.all()] == ["0 08:00-12:00"]
    assert [(c.first.day, c.last.day, c.reason) for c in office.closures.all()] == [
        (24, 26, "Fêtes"),
        (1, 1, "Jour de l'an"),
    ]
    assert "2026-12-24 2026-12-26 Fêtes" in str(OfficeForm(instance=office)["closures"])


def test_territories_form_a_tree_with_their_offices(office):
    save = services.save_territory
    borgou = save("bj-borgou", name={"fr": "Borgou"}, kind="department", country="BJ")
    parakou = save(
        "bj-parakou", name={"fr": "Parakou"}, kind="commune", country="BJ", parent=borgou
    )
    office.territory = parakou
    office.save()

    (root,) = directory.places({parakou.pk: "/p/"})

    (child,) = root.children
    assert (child.name, child.url, [o.code for o in child.offices]) == (
        "Parakou",
        "/p/",
        ["dj-test"],
    )
    assert directory.tree() == []


def test_a_commune_is_part_of_a_department(db):
    with pytest.raises(ValidationError, match=r"department|département"):
        Territory(code="x", name={"fr": "X"}, kind="commune", country="BJ").full_clean()

"""The directory and the page of each counter."""

from datetime import UTC, datetime, time

import pytest
import time_machine

from portal.accounts import services as accounts
from portal.accounts.models import Office

pytestmark = pytest.mark.django_db
ADDRESS = "/annuaire/dj-djibouti-central/"


@pytest.fixture
def counter(site) -> Office:
    calendar = accounts.save_calendar("dj", name="Djibouti", weekdays="60123")
    office = accounts.save_office(
        "dj-djibouti-central",
        name={"fr": "État civil central"},
        calendar=calendar,
        country="DJ",
        time_zone="Africa/Djibouti",
        phone="+253 21 35 00 00",
        other_phones="+253 77 00 00 00",
        email="etat-civil@exemple.dj",
        latitude="11.58901",
        longitude="43.14503",
    )
    accounts.save_hours(office, {0: [(time(8), time(12))]})
    return office


def test_a_counter_shows_how_to_reach_it(counter, visitor):
    page = visitor.get(ADDRESS).content.decode()
    assert 'href="geo:11.58901,43.14503?q=11.58901,43.14503"' in page
    assert 'href="tel:+25377000000"' in page
    assert "etat-civil@exemple.dj" in page
    assert "https://schema.org/Monday" in page
    assert ADDRESS in visitor.get("/annuaire/").content.decode()


def test_open_now_is_true_at_every_moment_although_the_page_is_kept(counter, visitor):
    with time_machine.travel(datetime(2026, 11, 23, 8, 59, tzinfo=UTC), tick=False) as clock:
        assert "Ouvert, jusqu" in visitor.get(ADDRESS).content.decode()
        assert "Ouvert, jusqu" in visitor.get(ADDRESS).content.decode()
        clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
        assert "Ouvert, jusqu" not in visitor.get(ADDRESS).content.decode()


def test_closed_and_unknown_offices_have_no_page(counter, visitor):
    assert visitor.get("/annuaire/nowhere/").status_code == 404
    Office.objects.update(is_active=False)
    assert visitor.get(ADDRESS).status_code == 404

"""The directory of offices: a tree that is true on the next request."""

import re

import pytest
from django.utils import translation

from portal.accounts.models import Office
from portal.core.calendars import days_in_words
from portal.core.models import WorkCalendar

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices(site):
    week = WorkCalendar.objects.create(code="week", name="Semaine", weekdays="60123")
    common = {"calendar": week, "country": "DJ"}
    hall = Office.objects.create(code="hall", name={"fr": "Mairie", "ar": "بلدية"}, **common)
    Office.objects.create(
        code="desk", name={"fr": "Guichet 4"}, parent=hall, phone="+253 21 35 00 00", **common
    )
    return week


def test_the_tree_is_read_in_few_queries_and_kept(visitor, offices, django_assert_max_num_queries):
    visitor.get("/annuaire/")
    Office.objects.filter(code="desk").update(address="Rue 5")
    visitor.get("/")
    with django_assert_max_num_queries(5):
        html = visitor.get("/annuaire/").content.decode()
    assert html.index("Mairie") < html.index("Guichet 4") < html.index("Rue 5")
    assert 'href="tel:+25321350000"' in html
    assert re.search("dimanche .* jeudi", html)
    with django_assert_max_num_queries(1):
        visitor.get("/annuaire/")


def test_a_closed_office_leaves_and_a_new_week_shows(visitor, offices):
    visitor.get("/annuaire/")
    Office.objects.filter(code="hall").update(is_active=False)
    offices.weekdays = "02"
    offices.save()
    html = visitor.get("/annuaire/").content.decode()
    assert "Mairie" not in html
    assert "Guichet 4" in html
    assert "lundi, mercredi" in html.lower()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([0, 1, 2, 3, 4], "Monday to Friday"),
        ([6, 0, 1, 2, 3], "Sunday to Thursday"),
        ([5, 6], "Saturday, Sunday"),
        ([0, 2, 4], "Monday, Wednesday, Friday"),
        ([], ""),
    ],
)
def test_working_days_are_told_as_people_say_them(days, words):
    with translation.override("en"):
        assert days_in_words(days) == words


@pytest.mark.parametrize(
    ("typed", "found"), [("guichet", "desk"), ("MAIRIE guichét", "desk"), ("rue 5 mairie", "desk")]
)
def test_an_office_is_found_by_a_part_of_its_name(visitor, offices, typed, found):
    Office.objects.filter(code="desk").update(address="Rue 5")
    html = visitor.get("/annuaire/", {"q": typed}).content.decode()
    assert f'href="/annuaire/{found}/"' in html.partition('id="administrations"')[0]
    none = visitor.get("/annuaire/", {"q": "\x00 xylophone" * 900})
    assert none.status_code == 200
    assert "Essayez avec une partie du nom" in none.content.decode()


def test_a_french_name_on_an_arabic_page_says_its_language(visitor, offices):
    html = visitor.get("/ar/annuaire/").content.decode()
    assert '<span lang="fr" dir="ltr">Guichet 4</span>' in html
    assert "بلدية</h3>" in html
    assert 'lang="fr" dir="ltr">Guichet' not in visitor.get("/annuaire/").content.decode()

"""Consultations and open data: what people give, and what anybody may take."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from cms_pages.datasets import figures
from cms_pages.datasets.privacy import protected
from cms_pages.models import (
    ConsultationIndexPage,
    ConsultationPage,
    Contribution,
    Dataset,
    HomePage,
    MeasuredDelay,
)
from eservices.catalog.models import EService
from eservices.figures.models import Tally
from portal.accounts import services as accounts
from portal.accounts.models import Office
from tests import people
from tests.cms_pages.conftest import GUIDE

pytestmark = pytest.mark.django_db
ADDRESS = "/consultations/horaires/"


@pytest.fixture
def consultation(site) -> ConsultationPage:
    home = HomePage.objects.get(locale__language_code="fr")
    index = home.add_child(
        instance=ConsultationIndexPage(
            title="Consultations", slug="consultations", locale=home.locale
        )
    )
    now = timezone.now()
    page = ConsultationPage(
        title="Horaires des guichets",
        slug="horaires",
        summary="Quand voulez-vous venir ?",
        questions="Quel jour ?\nQuelle heure ?",
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=1),
        locale=home.locale,
    )
    return index.add_child(instance=page)


def test_a_contribution_is_shown_once_a_moderator_has_read_it(consultation, visitor):
    address = f"/contribuer/{consultation.pk}/"
    assert address in visitor.get(ADDRESS).content.decode()
    response = visitor.post(address, {"answer_0": "Le samedi", "signature": ""})

    assert response.status_code == 302
    assert not response.cookies
    assert visitor.get(response["Location"]).status_code == 200
    assert "Le samedi" not in visitor.get(ADDRESS).content.decode()
    Contribution.objects.update(status="published")
    page = visitor.get(ADDRESS).content.decode()
    assert "Le samedi" in page
    assert "Anonyme" in page


@pytest.mark.parametrize("data", [{}, {"answer_0": "x" * 5000}, {"signature": "x" * 200}])
def test_a_contribution_that_cannot_be_taken_stays_on_the_screen(consultation, visitor, data):
    response = visitor.post(f"/contribuer/{consultation.pk}/", data)
    assert response.status_code == 422
    assert "g-error" in response.content.decode()
    assert not Contribution.objects.exists()


def test_robots_and_late_comers_add_nothing(consultation, visitor):
    address = f"/contribuer/{consultation.pk}/"
    assert visitor.post(address, {"answer_0": "a", "website": "x"}).status_code == 302
    visitor.get(ADDRESS)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert visitor.post(address, {"answer_0": "a"}).status_code == 409
        # The kept page changed by itself when the consultation ended.
        assert address not in visitor.get(ADDRESS).content.decode()
    assert not Contribution.objects.exists()


def test_what_was_decided_comes_first(consultation, visitor):
    consultation.decision = [("text", "<p>Les guichets ouvrent le samedi.</p>")]
    consultation.save()
    page = visitor.get(ADDRESS).content.decode()
    assert page.index("Les guichets ouvrent le samedi.") < page.index("Quel jour ?")


def test_the_published_table_names_nobody(consultation, visitor):
    for status, words in (("published", "=1+1"), ("waiting", "secret")):
        Contribution.objects.create(
            page=consultation, answers=[["Q", words]], signature="Hodan", status=status
        )
    text = visitor.get(f"/contribuer/{consultation.pk}/contributions.csv").content.decode()
    assert "'=1+1" in text
    assert "Hodan" not in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("cells", "groups", "shown"),
    [
        ({("a",): 5, ("b",): 4}, [], {("a",): 5, ("b",): None}),
        # The sum is published: a second cell goes, or 4 could be worked out.
        ({("a",): 50, ("b",): 4, ("c",): 9}, [[("a",), ("b",), ("c",)]], {("a",): 50}),
        # Two hidden cells that stand for three people together are not enough.
        ({("a",): 50, ("b",): 1, ("c",): 2, ("d",): 6}, [[("a",), ("b",), ("c",), ("d",)]],
         {("a",): 50}),
        ({("a",): 0, ("b",): 0, ("c",): 7}, [[("a",), ("b",), ("c",)]], {("c",): 7}),
        ({}, [], {}),
    ],
)  # fmt: skip
def test_no_cell_under_five_even_by_subtraction(cells, groups, shown):
    found = protected(cells, groups)
    assert {key: n for key, n in found.items() if n is not None} == {
        key: n for key, n in shown.items() if n is not None
    }


@pytest.fixture
def tallies(site):
    """Seven decisions of SV-01 in October 2026, and three of SV-02."""
    office = people.make_office("dj-djibouti-central")
    for code, number in (("SV-01", 7), ("SV-02", 3)):
        common = {
            "office": office,
            "eservice": EService.objects.get(code=code),
            "day": date(2026, 10, 6),
        }
        Tally.objects.create(**common, kind="received", n=number)
        Tally.objects.create(**common, kind="granted", n=number, bin=30, seconds=number * 108_000)
        Tally.objects.create(**common, kind="dated", n=number)
        Tally.objects.create(**common, kind="kept", n=number)
    figures.publish_figures(date(2026, 11, 22))


def test_figures_are_published_without_small_numbers(tallies, visitor):
    rows = visitor.get("/donnees/delais.json").json()["rows"]
    assert rows == [
        {
            "procedure": "SV-01",
            "decided": 7,
            "median_hours": 30,
            "slowest_hours": 30,
            "share_on_time": 100,
        }
    ]
    text = visitor.get("/donnees/demandes.csv").content.decode()
    found = list(csv.DictReader(io.StringIO(text)))
    assert {row["procedure"] for row in found} == {"SV-01"}
    assert (found[0]["month"], found[0]["received"], found[0]["refused"]) == ("2026-10", "7", "")


def test_a_guide_shows_the_measured_delay_and_forgets_it_when_too_few_remain(tallies, visitor):
    assert "30 heures" in visitor.get(GUIDE).content.decode()
    Tally.objects.filter(eservice__code="SV-01").delete()
    figures.publish_figures(date(2026, 11, 22))
    assert "30 heures" not in visitor.get(GUIDE).content.decode()
    assert not MeasuredDelay.objects.exists()


def test_the_league_of_communes_names_those_with_enough_decisions(tallies, visitor):
    department = accounts.save_territory("n", name={"fr": "N"}, kind="department", country="DJ")
    Office.objects.filter(code="dj-djibouti-central").update(territory=department)
    figures.publish_figures(date(2026, 11, 22))
    (row,) = visitor.get("/donnees/communes.json").json()["rows"]
    assert (row["territory"], row["decided"], row["share_on_time"]) == ("n", 10, 100)


def test_every_dataset_has_files_a_dictionary_a_licence_and_a_date(tallies, visitor):
    front = visitor.get("/donnees/").content.decode()
    for code in ("procedures", "services", "demandes", "delais", "communes", "plaintes"):
        assert f'href="/donnees/{code}/"' in front
        data = visitor.get(f"/donnees/{code}.json").json()
        assert data["licence"].startswith("https://creativecommons.org/")
        assert data["updated"]
        header = visitor.get(f"/donnees/{code}.csv").content.decode().splitlines()[0]
        names = [column["name"] for column in data["dictionary"]]
        assert header.split(",") == names
        assert all(list(row) == names for row in data["rows"])
        assert "creativecommons" in visitor.get(f"/ar/donnees/{code}/").content.decode()
    catalogue = visitor.get("/donnees/catalogue.jsonld").json()
    assert len(catalogue["dcat:dataset"]) == 6
    assert all(len(one["dcat:distribution"]) == 2 for one in catalogue["dcat:dataset"])


def test_unknown_and_unmade_datasets_are_not_found(site, visitor):
    assert visitor.get("/donnees/secrets/").status_code == 404
    assert visitor.get("/donnees/delais.csv").status_code == 404
    assert not Dataset.objects.exists()


def test_maturity_is_worked_out_from_what_is_configured(visitor):
    rows = visitor.get("/donnees/procedures.json").json()["rows"]
    levels = {row["identifier"]: row["maturity"] for row in rows}
    assert levels["SV-01"] == "3"
    assert levels["SV-09"] == "1"

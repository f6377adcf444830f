"""The public figures of a procedure: true, shown month by month, never about fewer than five."""

import csv
import io
from datetime import date

import pytest

from cms_pages.datasets import figures
from cms_pages.models import Dataset
from eservices.catalog.models import EService
from eservices.figures import services as counting
from eservices.figures.models import Tally
from portal.accounts.models import Office
from tests import people
from tests.cms_pages.conftest import GUIDE
from tests.factories import CaseFactory

pytestmark = pytest.mark.django_db
PAGE = "/chiffres/sv-01/"
TODAY = date(2026, 11, 22)


def tally(month: int, *, granted: int, refused: int = 0, late: int = 0, hours: int = 30) -> None:
    """Put decisions of SV-01 into the figures of one month of 2026, as the worker counts them."""
    number = granted + refused
    amounts = {"granted": granted, "refused": refused, "received": number, "dated": number}
    amounts["kept"] = number - late
    common = {
        "office": Office.objects.get(code="dj-djibouti-central"),
        "eservice": EService.objects.get(code="SV-01"),
        "day": date(2026, month, 6),
    }
    for kind, n in amounts.items():
        is_decision = kind in ("granted", "refused")
        Tally.objects.create(**common, kind=kind, n=n, bin=hours if is_decision else 0)


@pytest.fixture
def office(site):
    return people.make_office("dj-djibouti-central")


def rows(visitor) -> dict[str, dict[str, str]]:
    text = visitor.get("/chiffres/sv-01.csv").content.decode()
    return {row["month"]: row for row in csv.DictReader(io.StringIO(text))}


def test_months_are_drawn_told_and_given_as_a_file(office, visitor):
    for month in range(1, 11):
        tally(month, granted=20 + month, refused=6, late=5 if month == 3 else 0, hours=20 + month)
    tally(9, granted=1)  # joins the 35 of September
    figures.publish_figures(TODAY)
    page = visitor.get(PAGE).content.decode()
    assert page.count('<figure class="g-months"') == 2
    assert "30 heures" in page  # of October
    assert "3 jours ouvrables" in page  # as the e-service announces
    march, september = rows(visitor)["2026-03"], rows(visitor)["2026-09"]
    assert (march["received"], march["decided"], march["granted"]) == ("29", "29", "23")
    assert (march["refused"], march["median_hours"], march["share_on_time"]) == ("6", "23", "82")
    assert (september["decided"], september["share_on_time"]) == ("36", "100")
    assert "شهرًا بشهر" in visitor.get("/ar" + PAGE).content.decode()
    assert PAGE in visitor.get(GUIDE).content.decode()
    assert PAGE in visitor.get("/chiffres/").content.decode()


def test_no_number_of_a_month_lets_another_be_worked_out(office, visitor):
    tally(6, granted=30, refused=2)  # two were refused: neither side, or the sum would tell
    tally(7, granted=40, refused=9, late=3)  # three were late
    tally(8, granted=25, refused=5, late=8)
    tally(9, granted=4)
    tally(10, granted=12, refused=5)
    figures.publish_figures(TODAY)
    found = rows(visitor)
    assert (found["2026-06"]["decided"], found["2026-06"]["granted"]) == ("32", "")
    assert found["2026-06"]["refused"] == ""
    # The late of the whole year are published: three are hidden only together with the eight.
    assert [found[f"2026-{m}"]["share_on_time"] for m in ("06", "07", "08")] == ["100", "", ""]
    # Four decided in September: so that the sum of the year does not tell, October goes too.
    assert "2026-09" not in found
    assert "2026-10" not in found


def test_too_few_decisions_and_rows_of_before_are_no_error(office, visitor):
    assert "Pas encore de chiffre" in visitor.get(PAGE).content.decode()
    Dataset.objects.create(
        code="demandes", rows=[["SV-01", "2026-10", 7, None, None]], updated_at="2026-11-01T00:00Z"
    )
    assert "octobre 2026" in visitor.get(PAGE).content.decode()
    assert visitor.get("/donnees/demandes.json").json()["rows"][0]["decided"] is None
    assert rows(visitor)["2026-10"]["decided"] == ""
    assert visitor.get("/chiffres/inconnu/").status_code == 404


def test_practice_is_not_counted(office, visitor):
    school = people.make_office("dj-formation")
    Office.objects.filter(pk=school.pk).update(is_training=True)
    for _ in range(6):
        CaseFactory(office=Office.objects.get(pk=school.pk), granted=True)
    counting.rebuild()
    assert not Tally.objects.exists()

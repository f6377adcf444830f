"""Opinions, feed, open data: what readers give and what machines take."""

import csv
import io

import pytest

from cms_pages.models import PageVote, ProcedurePage
from tests.cms_pages.conftest import GUIDE

pytestmark = pytest.mark.django_db


def test_a_reader_says_that_a_page_helped_without_cookie_or_script(visitor, guide):
    address = f"/avis/{guide.pk}/"
    assert address in visitor.get(GUIDE).content.decode()

    response = visitor.post(address, {"helpful": "no", "comment": "Le prix ?\x00 " + "x" * 900})

    assert response.status_code == 302
    assert not response.cookies
    vote = PageVote.objects.get()
    assert (vote.page_id, vote.is_helpful, len(vote.comment)) == (guide.pk, False, 500)
    assert visitor.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    "data", [{}, {"helpful": "perhaps"}, {"helpful": "yes", "website": "spam"}]
)
def test_nonsense_and_robots_are_not_counted(visitor, guide, data):
    assert visitor.post(f"/avis/{guide.pk}/", data).status_code == 302
    assert not PageVote.objects.exists()


def test_an_opinion_on_no_page_is_a_404(visitor):
    assert visitor.post("/avis/999999/", {"helpful": "yes"}).status_code == 404


def test_the_news_feed_is_in_the_language_of_its_address(visitor):
    assert "Trois démarches" in visitor.get("/actualites/flux.xml").content.decode()
    assert "Three procedures" in visitor.get("/en/actualites/flux.xml").content.decode()


def test_the_catalogue_says_every_guide_in_cpsv_ap(visitor, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        graph = visitor.get("/donnees-ouvertes/procedures.jsonld").json()["@graph"]

    services = {s["dct:identifier"]: s for s in graph if s["@type"] == "cpsv:PublicService"}
    guides = ProcedurePage.objects.filter(locale__language_code="fr")
    assert services.keys() == set(guides.values_list("identifier", flat=True))
    known = {node["@id"] for node in graph}
    for service in services.values():
        for name in ("dct:title", "dct:description", "cv:hasCompetentAuthority"):
            assert service[name]
        assert service["cv:hasCompetentAuthority"]["@id"] in known
        assert all(ref["@id"] in known for ref in service["cpsv:hasInput"])
    assert services["SV-02"]["cv:processingTime"]["@value"] == "PT72H"
    for node in graph:
        if node["@type"] == "cv:Cost":
            assert node["cv:currency"]["@id"].startswith("http://publications.europa.eu/")
            assert node.get("dct:description", {}).keys() <= {"@language", "@value"}
        if node["@type"] == "cv:PublicOrganisation":
            assert node["dct:spatial"]["@id"]


def test_the_table_never_runs_in_a_spreadsheet(visitor, guide):
    guide.title = "=HYPERLINK(1)"
    guide.save()

    text = visitor.get("/donnees-ouvertes/procedures.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))

    assert {"SV-01", "SV-02", "SV-09"} < {row["identifier"] for row in rows}
    assert "'=HYPERLINK(1)" in [row["title"] for row in rows]

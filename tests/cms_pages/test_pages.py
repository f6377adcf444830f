"""What anonymous readers get: every page type, its cost, its languages, no cookie."""

import json
import re

import pytest
from wagtail.models import Locale, Page

from cms_pages.models import Alert, ProcedurePage
from cms_pages.sample import load_sample_pages
from eservices.catalog.models import EService
from tests.cms_pages.conftest import GUIDE, publish

pytestmark = pytest.mark.django_db
PATHS = [
    "/",
    "/themes/",
    "/themes/etat-civil/",
    GUIDE,
    "/themes/justice/casier-judiciaire/",
    "/evenements/",
    "/evenements/un-enfant-est-ne/",
    "/actualites/",
    "/actualites/trois-demarches-en-ligne/",
    "/faq/",
    "/aide/",
    "/accessibilite/",
    "/donnees-personnelles/",
    "/recherche/?q=naissance",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["", "/ar", "/en"])
def test_every_page_answers_in_every_language_without_a_cookie(visitor, path, language):
    response = visitor.get(language + path)

    assert response.status_code == 200
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()
    direction = "rtl" if language == "/ar" else "ltr"
    assert f'dir="{direction}"' in response.content.decode()


@pytest.mark.parametrize(("path", "most"), [(GUIDE, 12), ("/", 15), ("/themes/etat-civil/", 8)])
def test_a_page_that_is_not_kept_costs_few_queries(
    visitor, path, most, django_assert_max_num_queries
):
    with django_assert_max_num_queries(most):
        visitor.get(path)


def test_the_guide_gives_the_price_and_delay_of_its_eservice(visitor):
    html = visitor.get(GUIDE).content.decode()

    assert "500\u00a0FDJ" in html
    assert EService.objects.get(code="SV-01").start_url in html


def test_a_new_tariff_shows_on_the_next_request(visitor):
    publish(EService.objects.get(code="SV-01"), unit=750)

    assert "750\u00a0FDJ" in visitor.get(GUIDE).content.decode()


def test_a_suspended_eservice_says_so_and_has_no_start_button(visitor):
    eservice = EService.objects.get(code="SV-01")
    eservice.is_suspended = True
    eservice.suspended_message = {"fr": "Retour lundi."}
    eservice.save()

    html = visitor.get(GUIDE).content.decode()

    assert "Retour lundi." in html
    assert "g-button--start" not in html


def test_the_guide_carries_readable_linked_data_and_alternates(visitor):
    html = visitor.get(GUIDE).content.decode()
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', html, re.DOTALL)[1])

    assert data[0]["@type"] == "GovernmentService"
    assert data[0]["identifier"] == "SV-01"
    assert data[1]["@type"] == "BreadcrumbList"
    assert set(re.findall(r'rel="alternate" hreflang="(\w\w)"', html)) == {"fr", "ar", "en"}


def test_linked_data_cannot_close_its_element(visitor, guide):
    guide.title = "</script><b>x"
    guide.save()

    assert "</script><b>" not in visitor.get(GUIDE).content.decode()


def test_an_alert_shows_in_its_language_until_it_ends(visitor):
    french = Locale.objects.get(language_code="fr")
    alert = Alert.objects.create(title="Fermeture lundi", locale=french)
    assert "Fermeture lundi" in visitor.get("/").content.decode()
    assert "Fermeture lundi" not in visitor.get("/en/").content.decode()

    Alert.objects.filter(pk=alert.pk).update(is_active=False)
    assert "Fermeture lundi" not in visitor.get("/").content.decode()


def test_an_unpublished_or_unknown_page_is_a_404_in_the_look_of_the_site(visitor, guide):
    guide.unpublish()

    for path in (GUIDE, "/nulle-part/"):
        response = visitor.get(path)
        assert response.status_code == 404
        assert "g-header" in response.content.decode()


def test_a_restricted_page_is_not_shown_by_the_short_way(visitor, guide):
    guide.view_restrictions.create(restriction_type="password", password="secret")

    assert "Obtenez un extrait" not in visitor.get(GUIDE).content.decode()


def test_the_sitemap_lists_all_languages_with_alternates(visitor):
    xml = visitor.get("/sitemap.xml").content.decode()

    for language in ("", "/ar", "/en"):
        assert f"<loc>http://localhost{language}{GUIDE}</loc>" in xml
    assert 'hreflang="ar"' in xml


def test_loading_the_sample_twice_makes_nothing_and_keeps_what_editors_wrote(site):
    guide = ProcedurePage.objects.get(identifier="SV-02", locale__language_code="fr")
    guide.title = "Notre titre"
    guide.save()
    before = Page.objects.count()

    assert load_sample_pages() == 0
    assert Page.objects.count() == before
    assert ProcedurePage.objects.get(pk=guide.pk).title == "Notre titre"

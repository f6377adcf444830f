"""Step by step pages: numbered, with conditions, live prices, in every language; guides know them."""

import json
import re

import pytest
from django.urls import reverse
from wagtail.models import Page

from cms_pages.models import LifeEventIndexPage, PathStep, StepByStepPage
from tests.cms_pages.conftest import GUIDE, make_eservice
from tests.people import make_administrator, sign_in

pytestmark = pytest.mark.django_db
PATH = "/evenements/sans-acte-de-naissance/"


def linked_data(html: str) -> list[dict]:
    return json.loads(re.search(r'ld\+json">(.*?)</script>', html)[1])


def test_steps_are_numbered_in_order_with_their_conditions_and_guides(visitor):
    html = visitor.get(PATH).content.decode()
    titles = re.findall(r"Étape (\d)\s:\s*</span>(.*?)</h2>", html)
    assert titles == [
        ("1", "Faire chercher l&#x27;acte"),
        ("2", "Demander un acte de notoriété"),
        ("3", "Demander vos papiers"),
    ]
    assert "Seulement si</strong> l&#x27;acte n&#x27;a pas été trouvé" in html
    assert f'href="{GUIDE}"' in html
    assert "500\xa0FDJ" in html  # from the e-service itself


def test_lines_joined_by_or_and_and_share_a_number(visitor):
    html = visitor.get("/evenements/ouvrir-son-entreprise/").content.decode()
    assert html.count('class="g-path__joins"') == 3
    assert html.count('class="g-path__mark"') == 5


@pytest.mark.parametrize(
    ("language", "words"), [("", "Étape 1 sur 3"), ("/en", "Step 1 of 3"), ("/ar", "1 من 3")]
)
def test_a_guide_says_where_it_stands_without_a_query(visitor, language, words):
    html = visitor.get(language + GUIDE).content.decode()
    assert words in html
    assert f'href="{language}{PATH}#etape-2"' in html
    assert f'href="{language}/evenements/un-enfant-est-ne/"' in html


def test_a_step_that_moves_shows_on_the_next_request(visitor):
    page = StepByStepPage.objects.get(slug="sans-acte-de-naissance", locale__language_code="fr")
    assert "Étape 1 sur 3" in visitor.get(GUIDE).content.decode()
    PathStep.objects.create(page=page, locale=page.locale, title="Avant tout", sort_order=-1)
    assert "Étape 2 sur 4" in visitor.get(GUIDE).content.decode()


def test_an_eservice_without_guide_can_be_started_from_its_step(visitor):
    eservice = make_eservice("SV-77", unit=700, currency="XOF")
    page = StepByStepPage.objects.get(slug="sans-acte-de-naissance", locale__language_code="fr")
    PathStep.objects.create(
        page=page, locale=page.locale, title="Payer", eservice=eservice, sort_order=9
    )
    html = visitor.get(PATH).content.decode()
    assert eservice.start_url in html
    assert "700" in html


def test_it_is_found_and_told_to_machines(visitor):
    assert PATH in visitor.get("/recherche/?q=acte+de+naissance+jamais+fait").content.decode()
    how, trail = linked_data(visitor.get(PATH).content.decode())
    assert (how["@type"], trail["@type"]) == ("HowTo", "BreadcrumbList")
    assert [section["position"] for section in how["step"]] == [1, 2, 3]
    assert how["step"][0]["itemListElement"][0]["url"].endswith(GUIDE)


def test_an_editor_writes_one_in_the_administration(site, client):
    sign_in(client, make_administrator())
    index = LifeEventIndexPage.objects.get(locale__language_code="fr")
    address = reverse("wagtailadmin_pages:add", args=["cms_pages", "stepbysteppage", index.pk])
    assert client.get(address).status_code == 200
    form = {
        "title": "Construire sa maison", "slug": "construire", "summary": "Du terrain aux clés.",
        "keywords": "", "body-count": "0", "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0", "steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "0",
        "steps-0-joins": "then", "steps-0-title": "Trouver un terrain", "steps-0-ORDER": "1",
        "steps-1-joins": "or", "steps-1-title": "Louer une parcelle", "steps-1-ORDER": "2",
        "steps-1-condition": "vous n'achetez pas", "action-publish": "1",
    }  # fmt: skip
    client.post(address, form)
    page = Page.objects.get(slug="construire").specific
    assert [step.joins for step in page.steps.all()] == ["then", "or"]
    assert "vous n&#x27;achetez pas" in client.get("/evenements/construire/").content.decode()

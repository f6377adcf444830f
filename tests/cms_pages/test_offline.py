"""Without network a reader finds the guides already read, told as such, and nothing personal."""

import re

import pytest
from django.contrib.staticfiles import finders

from tests.cms_pages.conftest import GUIDE
from tests.conftest import PHONE

PRIVATE = ["demarches", "suivi", "compte", "agent", "accounts", "cms", "documents", "__dev__"]


@pytest.mark.django_db
def test_the_worker_rules_over_the_whole_site_and_is_never_stale(visitor):
    response = visitor.get("/sw.js")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("folder", [*PRIVATE, "sandbox", "paiement", "pieces"])
@pytest.mark.parametrize("language", ["", "ar/", "en/"])
def test_personal_addresses_are_left_to_the_network(folder, language):
    with open(finders.find("js/sw.js"), encoding="utf-8") as stream:
        source = stream.read()
    pattern = re.search(r"PRIVATE =\s*/(.*)/;", source)[1].replace("\\/", "/")
    assert re.match(pattern, f"/{language}{folder}/x/")
    assert not re.match(pattern, GUIDE)


@pytest.mark.journey
def test_a_guide_already_read_is_shown_as_a_saved_copy(portal, new_page):
    page = new_page(viewport=PHONE)
    page.goto(portal.url + GUIDE)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    assert page.locator("[data-saved-copy]").is_hidden()
    page.goto(portal.url + "/suivi/")

    page.context.set_offline(True)
    page.goto(portal.url + GUIDE)
    assert page.locator("[data-saved-copy]").is_visible()
    assert "500" in page.locator(".g-amount").first.inner_text()
    kept = page.evaluate(
        "caches.open('guichet-pages-v1').then(c => c.keys())"
        ".then(keys => keys.map(k => new URL(k.url).pathname))"
    )
    assert kept == [GUIDE]

    page.goto(portal.url + "/faq/")
    assert page.locator("h1").inner_text() in {"No network", "Pas de réseau"}
    page.context.set_offline(False)
    # The page of no network asks again by itself; two navigations at once would end one of them.
    page.locator("[data-retry]").wait_for(state="detached")
    page.goto(portal.url + GUIDE)
    assert page.locator("[data-saved-copy]").is_hidden()

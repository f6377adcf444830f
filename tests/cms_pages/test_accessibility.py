"""Every page type in every language, read by axe in a real browser; nothing wider than the screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.cms_pages.conftest import GUIDE
from tests.conftest import PHONE

pytestmark = pytest.mark.journey
PATHS = [
    "/",
    "/themes/",
    "/themes/etat-civil/",
    GUIDE,
    "/evenements/",
    "/evenements/un-enfant-est-ne/",
    "/actualites/",
    "/actualites/trois-demarches-en-ligne/",
    "/faq/",
    "/aide/",
    "/recherche/?q=casi%C3%A9+judiciere",
    "/recherche/?q=xylophone",
    "/avis/merci/",
    "/annuaire/",
    "/annuaire/bj-parakou/",
    "/communes/",
    "/communes/parakou/",
    "/communes/parakou" + GUIDE,
    "/donnees/",
    "/donnees/services/",
    "/suggestions-et-plaintes/?procedure=SV-01",
    "/suggestions-et-plaintes/suivre/",
    "/nulle-part/",
]


@pytest.mark.parametrize("language", ["", "/ar", "/en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_type_has_a_fault_that_axe_sees(portal, page, language, theme):
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme=theme)
    faults = []
    for path in PATHS:
        page.goto(portal.url + language + path)
        for opened in page.locator("main details").all():
            opened.evaluate("element => element.open = true")
        found = Axe().run(page).response["violations"]
        faults += [(path, v["id"], [n["html"][:90] for n in v["nodes"][:3]]) for v in found]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append((path, "wider than the screen", []))
    assert faults == []

"""Every public page type in every language, read by axe in a real browser, at its narrowest."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.cms_pages.public_pages import PAGES

pytestmark = pytest.mark.journey
NARROWEST = {"width": 320, "height": 640}
COLOURS = {"runOnly": ["color-contrast"]}  # all that the dark look changes
LOOKS: list[tuple[str, str, dict | None]] = [
    ("", "light", None), ("/ar", "light", None), ("/en", "light", None), ("", "dark", COLOURS),
]  # fmt: skip
CHOOSE = "localStorage.setItem('g-text', 'larger'); localStorage.setItem('g-theme', 'contrast')"


def test_no_page_type_has_a_fault_that_axe_sees(portal, page):
    page.set_viewport_size(NARROWEST)
    axe, faults = Axe(), []
    for language, theme, rules in LOOKS:
        page.emulate_media(color_scheme=theme)
        for name, path in PAGES.items():
            page.goto(portal.url + language + path)
            page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
            found = axe.run(page, options=rules).response["violations"]
            where = (name, language, theme)
            faults += [(where, v["id"], [n["html"][:90] for n in v["nodes"][:3]]) for v in found]
            if is_too_wide(page):
                faults.append((where, "wider than the screen", []))
    faults += [(name, "the largest letters do not fit") for name in too_wide_in_large(portal, page)]
    assert faults == []


def too_wide_in_large(portal, page) -> list[str]:
    """Return the pages that are too wide with the largest letters and the highest contrast."""
    page.evaluate(CHOOSE)
    found = []
    for name, path in PAGES.items():
        page.goto(portal.url + path)
        assert page.evaluate("document.documentElement.dataset.text") == "larger"
        if is_too_wide(page):
            found.append(name)
    return found


def is_too_wide(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")

"""form.js in a real browser: questions come and go at once, as the server would decide."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from eservices.formdefs import engine
from tests.formdefs.builders import sample

pytestmark = pytest.mark.journey
STATIC = Path(__file__).parents[2] / "static"
KINDS = {".css": "text/css", ".js": "text/javascript"}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    yield page
    page.close()


def show(page: Page, name: str, step: str, answers: dict) -> list[str]:
    """Open a step of a sample as a page with a strict CSP; return what goes wrong there."""
    fields = engine.form_for(engine.compile(sample(name)), step, answers, language="fr").as_fields()
    body = (
        '<!doctype html><html lang="fr"><meta charset="utf-8"><title>x</title>'
        '<link rel="stylesheet" href="/static/css/guichet.css">'
        f'<form>{fields}</form><script type="module" src="/static/js/form.js"></script></html>'
    )
    policy = {"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'"}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix("https://guichet.test/")
        if path.startswith("static/"):
            file = STATIC / path.removeprefix("static/")
            route.fulfill(
                body=file.read_bytes(), content_type=KINDS.get(file.suffix, "image/svg+xml")
            )
        else:
            route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=policy)

    wrong: list[str] = []
    page.unroute_all()
    page.route("https://guichet.test/**", answer)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("https://guichet.test/step")
    page.wait_for_function("document.readyState === 'complete'")
    page.wait_for_timeout(200)
    return wrong


def test_a_question_comes_and_goes(page: Page) -> None:
    wrong = show(page, "ordre-de-mission", "transport_step", {})
    plate = page.locator("[name=plate]")
    assert plate.is_hidden()
    assert plate.is_disabled()
    page.get_by_label("Véhicule de service").check()
    assert plate.is_visible()
    assert plate.is_enabled()
    assert page.locator("[name=_asked][value=plate]").is_enabled()
    page.get_by_label("Avion").check()
    assert plate.is_disabled()
    assert wrong == []


def test_a_dependent_list_follows(page: Page) -> None:
    wrong = show(page, "casier-judiciaire-b3", "birth", {})
    commune = page.locator("[name=birth_commune]")
    page.get_by_label("Non", exact=True).check()
    assert page.locator("[name=birth_department]").is_visible()
    assert commune.is_hidden()
    page.select_option("[name=birth_department]", "littoral")
    assert commune.is_visible()
    assert page.locator("[name=birth_commune] option:not([hidden])").all_text_contents()[1:] == [
        "Cotonou"
    ]
    page.select_option("[name=birth_commune]", "cotonou")
    page.select_option("[name=birth_department]", "zou")
    assert commune.input_value() == ""
    page.get_by_label("Oui", exact=True).check()
    assert commune.is_disabled()
    assert wrong == []


def test_rows_and_totals(page: Page) -> None:
    rows = [{"title": "Diplôme", "pages": 1, "language": "fr"}, {}]
    wrong = show(page, "legalisation", "documents", {"documents": rows})
    total = page.locator("output")
    assert total.text_content() == "500\u00a0F\u00a0CFA"
    page.fill("[name='documents.1.title']", "Procuration")
    assert total.text_content() == "1\u202f000\u00a0F\u00a0CFA"
    other = page.locator("[name='documents.1.language_other']")
    page.select_option("[name='documents.1.language']", "other")
    assert other.is_visible()
    assert page.locator("[name='documents.0.language_other']").is_hidden()
    assert wrong == []


def test_answers_of_earlier_steps_are_known(page: Page) -> None:
    wrong = show(page, "extrait-acte-naissance", "act", {"quality": "other"})
    assert (
        page.get_by_label("Copie intégrale").count() == 0
        or page.get_by_label("Copie intégrale").is_hidden()
    )
    assert page.get_by_label("Extrait sans filiation").is_visible()
    assert wrong == []

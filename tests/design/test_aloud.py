"""The telephone's own voice reads the text of a page, and only its text."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

PAGE = """<!doctype html><html lang="fr"><main><nav><p>Accueil</p></nav>
<p data-aloud hidden><button type="button" aria-pressed="false">Écouter</button></p>
<article><h1>Extrait de naissance</h1><p>Pour <b>vous</b>.</p>
<details><summary>Cas particulier</summary><p>Caché</p></details>
<p lang="ar">مرحبا</p><form><p>Utile ?</p></form></article></main>
<script type="module" src="/aloud.js"></script></html>"""
VOICE = """
window.said = [];
class Said { constructor(text) { this.text = text; } }
window.SpeechSynthesisUtterance = Said;
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ lang: LANGUAGE, name: "test" }],
  speak: (u) => { window.said.push([u.lang, u.text]); setTimeout(() => u.onend && u.onend(), 5); },
  cancel: () => {}, addEventListener: () => {},
}});
"""


def open_page(new_page, language: str):
    page = new_page()
    script = Path(str(finders.find("js/aloud.js"))).read_text()
    page.route("**/aloud.js", lambda r: r.fulfill(body=script, content_type="text/javascript"))
    page.route("**/page", lambda r: r.fulfill(body=PAGE, content_type="text/html; charset=utf-8"))
    page.add_init_script(VOICE.replace("LANGUAGE", f'"{language}"'))
    page.goto("/page")
    return page


@pytest.mark.journey
def test_the_text_is_read_in_order_each_part_in_its_language(new_page):
    page = open_page(new_page, "fr-FR")
    button = page.get_by_role("button", name="Écouter")
    button.click()
    page.wait_for_function("window.said.length >= 4")
    page.wait_for_selector("[aria-pressed=false]")
    assert page.evaluate("window.said") == [
        ["fr", "Extrait de naissance"],
        ["fr", "Pour vous."],
        ["fr", "Cas particulier"],
        ["ar", "مرحبا"],
    ]
    assert page.locator(".is-read-aloud").count() == 0


@pytest.mark.journey
def test_without_a_voice_for_the_language_nothing_is_offered(new_page):
    assert open_page(new_page, "de-DE").locator("[data-aloud]").is_hidden()

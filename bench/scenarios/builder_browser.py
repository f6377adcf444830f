"""Two hundred questions written by hand: a browser in the CMS, from “New e-service” on.

What an editor does: steps added, lists pasted, questions added one by one, conditions set without
syntax, a question dragged. Then, with the whole form there: how long a page takes to be loaded
(`p50_ms`, telephone included) and what the server spent on it (`cpu_ms`).
"""

import re
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.context import Context, Counts, _summary
from bench.scenarios.builder import _publisher, _session_of
from bench.server import Server, serving
from tests.conftest import CHROMIUM, CHROMIUM_FLAGS, DESKTOP

STEPS, PASTED = 10, 17  # and three more in each step: added one by one
SIZE = STEPS * (PASTED + 3)
ADDED = (
    ("Avez-vous un véhicule", "yes_no"),
    ("Immatriculation", "text"),
    ("Mis en service", "date"),
)
TRIES = 7


def run(ctx: Context) -> None:
    if not shutil.which(CHROMIUM):
        print("Chromium is not installed: the builder was not driven.", file=sys.stderr)
        return
    from playwright.sync_api import sync_playwright

    session = _session_of(_publisher("banc2@guichet.example"))["sessionid"].value
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        context = browser.new_context(base_url=server.url, viewport=DESKTOP, locale="fr-FR")
        context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        _Editor(ctx, server, page).work()
        browser.close()


class _Editor:
    def __init__(self, ctx: Context, server: Server, page: Any) -> None:
        self.ctx, self.server, self.page = ctx, server, page
        self.runs: dict[str, list[Counts]] = {}
        page.on("requestfinished", self.heard)

    def work(self) -> None:
        begun = time.perf_counter()
        self.begin()
        for number in range(STEPS):
            self.write_step(number)
        last = f"{self.service}step/{self.steps[-1]}/"
        for _ in range(TRIES):
            self.timed("browser: step of 20 among 200", lambda: self.page.goto(last))
            self.timed("browser: question, 199 before it", self.open_last)
            self.timed("browser: save a question, back on its step", self.save_last)
        for name in ("", "check/", "publish/", "translations/"):
            self.page.goto(self.service + name)
            assert self.page.locator(".b-app h1").count() == 1
        self.drag(last)
        self.note(time.perf_counter() - begun)

    def heard(self, request: Any) -> None:
        """Note how long the answer to a save took, without the screen that follows."""
        drawn = any(name in (request.post_data or "") for name in ("_preview", "_control"))
        if request.method == "POST" and not drawn:
            timing = request.timing
            counts = Counts(clock=[timing["responseStart"] - timing["requestStart"]])
            self.runs.setdefault("browser: any save, answered", []).append(counts)

    def begin(self) -> None:
        self.page.goto("/cms/eservices/new/")
        self.page.fill("#title", "Demander un permis du banc")
        self.page.fill("#code", "BANC-2")
        self.page.locator(".b-app form button").last.click()
        self.page.wait_for_url(re.compile(r"/eservices/\d+/$"))
        self.service = self.page.url
        self.steps: list[str] = ["request"]  # a blank form begins with one

    def write_step(self, number: int) -> None:
        if number:
            self.page.goto(self.service)
            self.page.fill("#new-step", f"Étape {number + 1}")
            self.timed("browser: add a step", self.click("[name=act][value=add]"))
            self.steps.append(self.page.url.split("/step/")[1].strip("/"))
        here = f"{self.service}step/{self.steps[-1]}/"
        self.page.goto(here + "paste/")
        self.page.fill("#text", "\n".join(_pasted(number)))
        self.click("[name=_preview]")()
        self.timed("browser: add 17 pasted questions", self.click("[name=_add]"))
        for label, kind in ADDED:
            self.page.goto(here + "add/-/")
            self.page.fill("#label", f"{label} ({number + 1})")
            self.page.check(f"[name=type][value={kind}]", force=True)
            self.timed("browser: add one question", self.click(".b-bar--sticky button"))
        self.condition()

    def condition(self) -> None:
        """The last question is asked of those who said yes two questions before."""
        box = self.page.locator("[data-condition=show_if]")
        box.locator(".b-segment").nth(1).click()
        box.locator(".b-line").wait_for()
        choice = box.locator(".b-line select").first
        wanted = choice.locator("option").filter(has_text=ADDED[0][0]).last.get_attribute("value")
        choice.select_option(wanted)
        box.locator("[name$='.op']").wait_for()
        self.timed("browser: save a condition, back on the step", self.click("[name=_back]"))
        assert self.page.locator(".b-row .b-words").count() >= 1

    def open_last(self) -> None:
        self.page.locator(".b-row__title a").last.click()
        self.page.locator("#id_label").wait_for()
        self.there()
        self.page.fill("#id_label", f"Mis en service, encore {time.time()}")

    def save_last(self) -> None:
        self.click("[name=_back]")()

    def drag(self, step: str) -> None:
        self.page.goto(step)
        rows = self.page.locator(".b-row[data-key]")
        moved = rows.nth(4).get_attribute("data-key")
        grip, target = rows.nth(4).locator("[data-grip]"), rows.nth(1)
        target.scroll_into_view_if_needed()
        start, end = grip.bounding_box(), target.bounding_box()
        self.page.mouse.move(start["x"] + 5, start["y"] + 5)
        self.page.mouse.down()
        self.page.mouse.move(end["x"] + 20, end["y"] + 2, steps=8)
        self.timed("browser: drag a question", self._drop)
        assert self.page.locator(".b-row[data-key]").nth(1).get_attribute("data-key") == moved

    def _drop(self) -> None:
        self.page.mouse.up()
        self.there()

    def click(self, selector: str) -> Callable[[], None]:
        def act() -> None:
            self.page.locator(selector).first.click()
            self.there()

        return act

    def there(self) -> None:
        """Wait until the screen is exchanged, and its telephone drawn."""
        self.page.locator(".b-app:not([aria-busy])").wait_for()
        if self.page.locator(".b-phone iframe").count():
            self.page.frame_locator(".b-phone iframe").locator("#main, main").first.wait_for()

    def timed(self, name: str, act: Callable[[], Any]) -> None:
        self.server.counts = Counts()
        begin = time.perf_counter()
        act()
        counts, self.server.counts = self.server.counts, Counts()
        counts.clock = [(time.perf_counter() - begin) * 1000]
        self.runs.setdefault(name, []).append(counts)

    def note(self, seconds: float) -> None:
        for name, runs in self.runs.items():
            row = {"name": name, "database": self.ctx.database, "size": SIZE, **_summary(runs)}
            self.ctx.results.append(row)
        print(f"{SIZE} questions written in the browser in {seconds:.0f} s", file=sys.stderr)


def _pasted(number: int) -> list[str]:
    """Seventeen questions as an editor has them in a letter, each name once in the form."""
    kinds = (
        "Nom de la personne {n}-{i}",
        "Date de naissance {n}-{i}",
        "Téléphone {n}-{i} (facultatif)",
        "A-t-elle déjà demandé {n}-{i} ? Oui/Non",
        "Nombre de copies {n}-{i}",
        "Motif {n}-{i}\n- École\n- Travail\n- Autre",
    )
    return [kinds[i % len(kinds)].format(n=number + 1, i=i + 1) for i in range(PASTED)]

"""A portal and a real browser in a network of their own that loses packets, then breaks off.

Started by test_line.py as `unshare -n python -m tests.faults.line_trial FOLDER`; needs root, nft and
ip. Prints one line of JSON: what the citizens saw, and what is in the database afterwards.
"""

import hashlib
import io
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Error, Page, sync_playwright

from tests.conftest import CHROMIUM, CHROMIUM_FLAGS
from tests.faults.portal_process import WholePortal

LOSS = 30  # of a hundred packets, each way
CUT_EVERY, CUT_LASTS = (9, 16), (4, 8)  # seconds
CITIZENS = 4
STATES = "[data-save-state], [data-send-state]"


def main(folder: Path) -> None:
    _run("ip", "link", "set", "lo", "up")
    portal = WholePortal(folder)
    try:
        told = _trial(portal)
    finally:
        portal.end()
    print(json.dumps(told | _in_database(portal, told.pop("photos"))))


def _trial(portal: WholePortal) -> dict[str, Any]:
    _run("nft", "add", "table", "ip", "line")
    _run("nft", "add chain ip line out { type filter hook output priority 0; }")
    line = Line(portal.port)
    saw: Counter[str] = Counter()
    photos = []
    started = time.monotonic()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        line.start()
        for number in range(CITIZENS):
            page = browser.new_context(base_url=f"http://localhost:{portal.port}").new_page()
            page.set_default_timeout(120_000)
            photos.append(file_request(page, number, saw))
        line.stop()
        browser.close()
    spent = time.monotonic() - started
    return {"photos": photos, "saw": dict(saw), "cuts": line.cuts, "seconds": round(spent)}


class Line(threading.Thread):
    """Loses packets all the time, and everything now and then."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port, self.cuts, self.is_over = port, 0, threading.Event()

    def run(self) -> None:
        random.seed(4)
        while not self.is_over.is_set():
            self._lose(LOSS)
            self.is_over.wait(random.uniform(*CUT_EVERY))
            self._lose(100)
            self.cuts += 1
            self.is_over.wait(random.uniform(*CUT_LASTS))
        _run("nft", "flush", "chain", "ip", "line", "out")

    def stop(self) -> None:
        self.is_over.set()
        self.join()

    def _lose(self, share: int) -> None:
        chance = f"numgen random mod 100 < {share} drop"
        rules = [
            f"add rule ip line out tcp {side} {self.port} {chance}" for side in ("dport", "sport")
        ]
        subprocess.run(
            ["nft", "-f", "-"],
            input="flush chain ip line out\n" + "\n".join(rules),
            text=True,
            check=True,
        )


def file_request(page: Page, number: int, saw: Counter[str]) -> str:
    """File one request as a person does who presses again when nothing comes; return the hash sent."""
    _until(page, saw, lambda: page.goto("/demarches/extrait-test/"), "button.g-button--start")
    _until(page, saw, lambda: page.click("button.g-button--start"), '[name="last_name"]')
    person = {
        "last_name": f"Essai{number}",
        "first_names": "Hawa",
        "phone": f"77 12 00 {number:02}",
    }
    _step(page, saw, person, '[name="copies"]')
    page.check('[name="reason"][value="school"]')
    _step(page, saw, {"copies": "2"}, "form[data-pieces]")
    photo = _photo(number)
    page.set_input_files(
        "input[type=file]", {"name": "cni.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    page.wait_for_selector(".g-given, [data-file]")
    _note(page, saw, ".g-sending span")
    _until(page, saw, lambda: page.click('button[name="_continue"]'), "#declaration")
    page.check("#declaration")
    _until(page, saw, lambda: page.click("form[data-send] button"), "h1 .g-reference")
    return hashlib.sha256(photo).hexdigest()


def _step(page: Page, saw: Counter[str], answers: dict[str, str], then: str) -> None:
    for name, value in answers.items():
        page.fill(f'[name="{name}"]', value)
        page.wait_for_timeout(1200)  # people write slowly: each answer has its own save
        _note(page, saw, STATES)
    _until(page, saw, lambda: page.click("main form button.g-button--primary"), then)


def _until(page: Page, saw: Counter[str], act: Any, wanted: str) -> None:
    """Act, and wait for what follows; after a page of the browser's own, load again."""
    end = time.monotonic() + 240
    is_done = False
    while time.monotonic() < end:
        try:
            if not is_done:
                act()
                is_done = True
            page.wait_for_selector(wanted, timeout=8_000)
            return
        except Error:
            _note(page, saw, STATES)
            if page.locator("[data-retry]").count():
                saw["our page “no network”, which tries again"] += 1
                is_done = False
                _after(page)
            elif page.url.startswith("chrome-error") or not page.locator("main.g-main").count():
                saw["page of the browser: reloaded"] += 1
                is_done = _reload(page)
    raise AssertionError(f"{wanted} does not come at {page.url}")


def _after(page: Page) -> None:
    """Wait until the page that stands in for another has found it."""
    try:
        page.wait_for_selector("[data-retry]", state="detached", timeout=60_000)
        page.wait_for_load_state()
    except Error:
        return


def _reload(page: Page) -> bool:
    try:
        page.reload()
        return page.locator("main form").count() == 0
    except Error:
        return True


def _note(page: Page, saw: Counter[str], selector: str) -> None:
    try:
        for text in page.locator(selector).all_inner_texts():
            if text:
                saw[
                    " ".join(word for word in text.split() if ":" not in word or len(word) == 1)
                ] += 1
    except Error:
        saw["nothing: the page was on its way"] += 1


def _photo(number: int) -> bytes:
    image = Image.effect_noise((900, 700), 60 + number).convert("RGB")
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=60)
    return stream.getvalue()


def _in_database(portal: WholePortal, photos: list[str]) -> dict[str, Any]:
    """Look at what is there: one request for each citizen, whole, and nothing else."""
    os.environ.update(portal.env)
    import django

    django.setup()
    from eservices.attachments.models import Attachment, Upload
    from eservices.cases.models import Case
    from eservices.filing.models import Draft

    names = Counter(case.answers["last_name"] for case in Case.objects.all())
    whole = {"first_names", "phone", "copies", "reason"}
    sent = Counter(Attachment.objects.values_list("sent_sha256", flat=True))
    return {
        "cases": dict(names),
        "incomplete": [c.reference for c in Case.objects.all() if not whole <= set(c.answers)],
        "pieces_right": sent == Counter(photos),
        "drafts_left": Draft.objects.exclude(answers={}).count(),
        "uploads_left": Upload.objects.count(),
    }


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""A person with a browser: when the page does not come, they load it again, which sends it again."""

import re
import time
import uuid
from typing import Any

import httpx

from tests.attachments.samples import pdf

PATIENCE = 90.0
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    def __init__(self, port: int, *, timeout: float = 30) -> None:
        self.http = httpx.Client(base_url=f"http://localhost:{port}", timeout=timeout)
        self.failures = 0  # pages that did not come

    def press(
        self, path: str, data: dict[str, Any], *, page: str = "", files: Any = None
    ) -> httpx.Response:
        """Send the form at `path`, shown on `page`, again and again until an answer comes."""
        shown = self.until_answered(lambda: self.http.get(page or path))
        if shown.is_redirect:
            return shown  # what was to be sent is sent
        token = TOKEN.search(shown.text)
        if token is None:
            return shown
        form = {**data, "csrfmiddlewaretoken": token[1]}
        return self.until_answered(lambda: self.http.post(path, data=form, files=files))

    def until_answered(self, ask: Any) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = ask()
            except httpx.TransportError:
                self.failures += 1
                assert time.monotonic() < deadline, "the portal does not answer"
                time.sleep(0.3)
                continue
            assert answer.status_code < 500, answer.text[:2000]
            return answer


class Citizen(Browser):
    def __init__(self, port: int, number: int) -> None:
        super().__init__(port)
        self.answers: dict[str, Any] = {
            "last_name": f"Essai{number}",
            "first_names": "Hawa",
            "phone": f"+25377{120000 + number}",
            "email": f"essai-{number}@guichet.example",
            "copies": 2,
            "reason": "school",
        }
        self.key = uuid.UUID(int=0)
        self.reference = ""
        self.sandbox = ""

    def write(self) -> None:
        """Begin a request and answer its two steps."""
        start = self.press("/demarches/extrait-test/", {})
        step = self._next(start)
        self.key = uuid.UUID(step.split("/")[3])
        person = ("last_name", "first_names", "phone", "email")
        step = self._next(self.press(step, {name: self.answers[name] for name in person}))
        self._next(self.press(step, {"copies": "2", "reason": "school"}))

    def give_piece(self) -> None:
        files = {"id_document": ("carte.pdf", pdf(), "application/pdf")}
        self._next(self.press(self._way("pieces"), {"_continue": "1"}, files=files))

    def send(self) -> None:
        page = self._next(self.press(self._way("envoi"), {"declaration": "1"}))
        assert page.startswith("/suivi/"), page
        self.reference = page.split("/")[2]

    def go_and_pay(self) -> None:
        """Press “pay”, as often as it takes to be sent to the provider's page."""
        deadline = time.monotonic() + PATIENCE
        while not self.sandbox:
            assert time.monotonic() < deadline, "the way to the provider stays closed"
            answer = self.press(f"{self._follow()}payer/", {}, page=self._follow())
            target = answer.headers["location"]
            if "/sandbox/" in target:
                self.sandbox = httpx.URL(target).raw_path.decode()
            else:
                time.sleep(1)

    def pay(self, action: str = "accept") -> str:
        """Pay on the provider's page; return where it sends the browser."""
        answer = self.press(self.sandbox, {"action": action, "method": "card"})
        found = answer.headers.get("location") or self._follow() + "retour/"
        return httpx.URL(found).raw_path.decode()

    def look(self, path: str = "") -> httpx.Response:
        return self.until_answered(lambda: self.http.get(path or self._follow()))

    def _next(self, answer: httpx.Response) -> str:
        assert answer.is_redirect, f"{answer.status_code} {answer.url}: {_problems(answer.text)}"
        return answer.headers["location"]

    def _way(self, page: str) -> str:
        return f"/demarches/d/{self.key}/{page}/"

    def _follow(self) -> str:
        return f"/suivi/{self.reference}/"


def _problems(page: str) -> str:
    found = re.findall(r'class="g-err[^>]*>(.*?)</(?:p|div)>', page, re.DOTALL)
    return " | ".join(found) or page[:1500]

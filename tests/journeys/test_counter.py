"""The person at the counter: no account, no mail; keyed by keyboard, paid in cash, receipt printed."""

import re
from dataclasses import dataclass
from typing import Any

import pytest

from eservices.cases.models import Case, CaseStatus
from portal.notifications.models import Delivery
from tests.conftest import DESKTOP
from tests.journeys.actors import photo, sign_in_staff

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# Keystroke-level model: one key, one pointing with its click, one decision before an answer.
KEY, POINT, THINK = 0.28, 1.1, 1.35
TWO_MINUTES = 120
FOCUSED = "document.activeElement.name || ''"

# What the agent keys, in the order of the page; the rest is passed over with Tab.
ANSWERS = {
    "_identity_kind": "c", "_identity_number": "DJ-123456", "quality": " ",
    "last_name": "ROBLEH", "first_names": "Hodan Ali", "sex": " ",
    "birth_date.d": "1", "birth_date.m": "5", "birth_date.y": "1990", "birth_region": "dj",
    "birth_place": "Balbala", "document_kind": " ", "copies": "1", "purpose": " ",
    "phone": "77831234", "spoken_language": " ", "channel": " ", "delivery": " ",
}  # fmt: skip


@dataclass
class Hand:
    """The agent's hands: counts what they do."""

    page: Any
    keys: int = 0
    points: int = 0
    answers: int = 0

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)
        self.answers += 1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def go_to(self, name: str) -> None:
        for _tab in range(12):
            if self.page.evaluate(FOCUSED) == name:
                return
            self.press("Tab")
        raise AssertionError(f"{name} is not reached with the keyboard")

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()
        self.points += 1

    @property
    def seconds(self) -> float:
        return self.keys * KEY + self.points * POINT + (self.answers + self.points) * THINK


def test_request_is_opened_paid_and_printed_in_under_two_minutes(new_page, portal, password, work):
    page = new_page(viewport=DESKTOP)
    sign_in_staff(page, "guichet.dj@guichet.example", password)
    page.goto("/agent/guichet/")
    hand = Hand(page)
    hand.type("extrait")
    hand.press("Enter")
    page.wait_for_url(re.compile(r"/guichet/[0-9a-f]{8}-"))
    for name, keyed in ANSWERS.items():
        hand.go_to(name)
        hand.type(keyed)
    page.set_input_files("#file-id_document", photo("carte.jpg"))
    hand.points += 2  # the camera, and its shutter
    page.locator("#slot-id_document a").wait_for()
    # A power cut here costs nothing: what was keyed is on the server.
    page.reload()
    assert page.input_value("[name=birth_place]") == "Balbala"
    assert "500" in page.locator("[data-fee]").inner_text()
    hand.click(".g-keying__bar button[name=_open]")
    assert "/ouvert/" in page.url, page.locator(".g-errors li").all_inner_texts()
    case = Case.objects.get()
    assert case.status == CaseStatus.AWAITING_PAYMENT
    assert case.applicant is None
    assert re.fullmatch(r"DJ\d\d-[0-9A-Z]{8}-[0-9A-Z]", case.reference)  # as online
    hand.click("form.g-panel button")
    receipt = page.context.request.get(page.locator('a[href$="recu.pdf"]').get_attribute("href"))
    hand.points += 1
    assert receipt.body().startswith(b"%PDF")
    assert hand.seconds < TWO_MINUTES, hand
    work()
    case.refresh_from_db()
    assert (case.status, case.office.code) == (CaseStatus.SUBMITTED, "dj-djibouti-central")
    assert case.intake.identity_number == "DJ-123456"
    assert Delivery.objects.filter(to=case.phone, body__contains=case.reference).exists()

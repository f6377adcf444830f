"""SV-11 in a real browser (J7): refused at entry, the order in hand, recovered when no report came."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pypdf import PdfReader

from eservices.cases import services as cases
from eservices.catalog.models import EService
from eservices.duties import services as duties
from eservices.filing import services as filing
from portal.accounts.models import User
from tests.conftest import DESKTOP
from tests.journeys.actors import answer, press_main, sign_in_staff
from tests.registers.test_mission import answers, fill

pytestmark = pytest.mark.journey

REQUESTER = "agent.dgpv@guichet.example"
DRIVER, OTHER_DRIVER = "131290 D", "131291 E"
VISAS = (
    ("chef.dgpv@guichet.example", "favourable", {}),
    ("agent.daf@guichet.example", "available", {"commitment": "ENG-1"}),
    ("validation@guichet.example", "validated", {}),
)
RETURN = 12  # the day, from today, when the first mission is back


def person(email):
    return User.objects.get(email=email)


def ready_to_sign(mission):
    """File a mission as the department does; only the signature is missing."""
    case = filing.submit(fill(mission, person(REQUESTER)))
    for email, outcome, values in VISAS:
        cases.take(case, actor=person(email))
        cases.complete(case, actor=person(email), outcome=outcome, values=values)
    return case


def without_team(mission):
    """Begin a second mission that leaves on the day when the first is back."""
    draft = filing.begin(mission, owner=person(REQUESTER), language="fr")
    for step in ("mission", "itinerary"):
        filing.save_step(draft, step=step, answers=answers(first=12, last=13), is_done=True)
    return draft


def sign_order(desk, case):
    desk.goto(f"/agent/dossiers/{case.reference}/")
    with desk.expect_navigation():
        desk.locator('form[action*="/prendre/"] button').first.click()
    desk.goto(f"/agent/dossiers/{case.reference}/accorder/")
    with desk.expect_navigation():
        desk.locator("main .g-actions button").last.click()


def downloaded(page, selector):
    with page.expect_download() as download:
        page.locator(selector).first.click()
    return download.value.path().read_bytes()


def test_a_driver_is_not_sent_twice_and_a_report_that_never_comes_is_recovered(
    portal, work, new_page, password
):
    mission = EService.objects.select_related("current").get(slug="ordre-de-mission")
    first = ready_to_sign(mission)
    secretary = new_page(viewport=DESKTOP)
    sign_in_staff(secretary, "sg.agri@guichet.example", password)
    sign_order(secretary, first)
    work()

    page = new_page(viewport=DESKTOP)
    sign_in_staff(page, REQUESTER, password)
    page.goto(f"/suivi/{first.reference}/")
    paper = PdfReader(io.BytesIO(downloaded(page, 'a[href$="/acte.pdf"]')))
    text = " ".join(sheet.extract_text() for sheet in paper.pages)
    assert "ORDRE DE MISSION" in text
    assert DRIVER in text

    draft = without_team(mission)
    page.goto(f"/demarches/d/{draft.pk}/etape/team/")
    with page.expect_navigation():
        page.locator('button[name^="_add:members"]').click()
    team = {"0.number": "118834 B", "0.role": "lead", "1.number": DRIVER, "1.role": "driver"}
    for name, value in team.items():
        answer(page, f"members.{name}", value)
    press_main(page)
    refusal = " ".join(page.locator(".g-error").all_inner_texts())
    assert "TRAORÉ Salif" in refusal
    assert first.reference in refusal
    assert page.locator('[name="members.1.number"]').input_value() == DRIVER
    lead = page.locator("main .g-card").first.inner_text()
    for told in ("SAWADOGO Aminata", "Oui", "40\u202f000"):  # two days, worked out here
        assert told in lead
    answer(page, "members.1.number", OTHER_DRIVER)
    press_main(page)
    assert page.url.endswith("/etape/transport_step/"), page.locator(".g-error").all_inner_texts()

    with time_machine.travel(timezone.now() + timedelta(days=RETURN + 16), tick=True):
        finance = new_page(viewport=DESKTOP)
        sign_in_staff(finance, "agent.daf@guichet.example", password)
        finance.goto("/agent/registres/attendus/")
        awaited = finance.locator("main").inner_text()
        assert first.reference in awaited
        assert "En retard" in awaited
        assert duties.sweep() == (1, 1)
        finance.goto("/agent/registres/ordres-de-recette-agriculture/")
        line = finance.locator("tbody tr").inner_text()
        for told in (first.reference, "OUÉDRAOGO Alassane", "87\u202f000"):
            assert told in line

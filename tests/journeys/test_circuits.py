"""Circuits in a real browser: an opinion by link (J2), several bodies at the same time (J5)."""

import pytest

from eservices.cases import services as cases
from eservices.cases.models import CaseStatus, TaskStatus
from eservices.cases.services import Applicant
from eservices.catalog.models import EService
from portal.accounts.models import User
from portal.notifications.models import Delivery
from tests.conftest import DESKTOP, PHONE
from tests.journeys.actors import sign_in_staff

pytestmark = pytest.mark.journey

RESIDENT = {
    "last_name": "ADJOVI", "first_names": "Sena", "national_id": "1234567890", "purpose": "candidate",
    "birth_date": "1994-07-12", "commune": "bj-cotonou", "district": "12e", "quarter": "Fidjrossè",
    "landmark": "Derrière la mosquée", "since": "2019-03", "housing": "tenant", "proxy": False,
    "delivery": "pdf", "phone": "+2290197000001",
}  # fmt: skip
COMPANY = {
    "form": "EI", "name_1": "Akwaba Négoce", "activity": "trade", "purpose": "Tissus",
    "employees": 2, "seat_title": "owner", "turnover": 4000000, "phone": "+2250700000001",
}  # fmt: skip


def open_case(slug, answers, name, phone):
    eservice = EService.objects.select_related("current").get(slug=slug)
    applicant = Applicant(name=name, phone=phone)
    case = cases.open_case(version=eservice.current, applicant=applicant, answers=answers)
    if case.status == CaseStatus.AWAITING_PAYMENT:
        cases.confirm_payment(case)
    return case


def press(page, text):
    click(page, page.get_by_role("button", name=text).first)


def click(page, target):
    """Press and wait for the page that follows: going elsewhere meanwhile would cut the form off."""
    with page.expect_navigation():
        target.click()


def test_chief_of_quarter_answers_by_link_and_three_bodies_work_at_once(
    portal, work, new_page, password
):
    case = open_case("certificat-residence", RESIDENT, "ADJOVI Sena", "+2290197000001")
    desk = new_page(viewport=DESKTOP)
    desk.set_default_timeout(40_000)  # its first page compiles every template of the desk
    sign_in_staff(desk, "agent2.bj@guichet.example", password)
    desk.goto(f"/agent/dossiers/{case.reference}/")
    click(desk, desk.locator('form[action*="/prendre/"] button').first)
    desk.goto(f"/agent/dossiers/{case.reference}/etape/quarter/")
    desk.fill('[name="outside-name"]', "Chef Koffi")
    desk.fill('[name="outside-phone"]', "+2290197000009")
    press(desk, "Envoyer le lien")
    work()
    text = Delivery.objects.get(kind="stage.outside", to="+2290197000009").body
    chief = new_page(viewport=PHONE, javascript=False)
    chief.goto(text[text.index("/avis/") :].split()[0])
    assert "Fidjrossè" in chief.locator("main").inner_text()
    press(chief, "Oui, elle habite là")
    assert "Merci" in chief.locator("h1").inner_text()
    case.refresh_from_db()
    assert case.stage == "identity"
    desk.goto(f"/agent/dossiers/{case.reference}/")
    click(desk, desk.locator('form[action*="/prendre/"] button').first)
    desk.goto(f"/agent/dossiers/{case.reference}/etape/identity/")
    press(desk, "Vérifier auprès du registre")
    assert "Concordant" in desk.locator("main").inner_text()
    desk.fill('[name="record_number"]', "F-12")
    desk.check('[name="stage-outcome"][value="granted"]')
    press(desk, "Terminer cette étape")
    case.refresh_from_db()
    assert (case.stage, case.decision.outcome) == ("signature", "granted")

    company = open_case("creation-entreprise", COMPANY, "KOUASSI Aya", "+2250700000001")
    agent = User.objects.get(email="agent3.ci@guichet.example")
    cases.take(company, actor=agent)
    cases.complete(
        company, actor=agent, outcome="admissible", values={"kept_name": "Akwaba Négoce"}
    )
    taxes = new_page(viewport=DESKTOP)
    sign_in_staff(taxes, "impots.ci@guichet.example", password)
    taxes.goto("/agent/bureau/demandes-des-autres/")
    taxes.set_default_timeout(40_000)
    click(taxes, taxes.get_by_text(company.reference).first)
    click(taxes, taxes.locator('form[action*="stage=taxes"] button').first)
    assert "Cette demande est à vous" in taxes.locator("main").inner_text()
    taxes.goto(f"/agent/dossiers/{company.reference}/etape/taxes/")
    taxes.check('[name="stage-outcome"][value="returned"]')
    taxes.fill('[name="stage-reason"]', "Le siège déclaré ne correspond pas au bail.")
    taxes.fill('[name="ncc"]', "N-1")
    press(taxes, "Terminer cette étape")
    open_stages = company.tasks.filter(status=TaskStatus.OPEN).values_list("stage", flat=True)
    assert list(open_stages) == ["admissibility"]
    company.refresh_from_db()
    assert company.events.get(action="step_back").is_public

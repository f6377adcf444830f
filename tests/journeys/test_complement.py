"""J4: the wrong situation and a scan nobody can read; corrected by the citizen, signed by the judge."""

import pytest

from eservices.attachments import services as attachments
from eservices.cases import services as cases
from eservices.cases.models import Case, CaseStatus
from eservices.cases.services import Applicant
from eservices.catalog.models import EService
from eservices.payments import services as payments
from portal.accounts.models import User
from tests.conftest import DESKTOP, PHONE
from tests.journeys.actors import photo, press_main, sign_in_staff
from tests.journeys.test_main_job import press_main_of_desk

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ANSWERS = {
    "mode": "born_of_born", "last_name": "SAWADOGO", "first_names": "Wendkuni", "sex": "F",
    "birth_date": "1994-03-02", "birth_country": "BF", "birth_place": "Kaya", "father_known": False,
    "mother_last_name": "OUEDRAOGO", "mother_first_names": "Awa", "mother_birth_country": "CI",
    "mother_nationality": "BF", "court": "bf-tgi-ouagadougou", "delivery": "pdf",
    "phone": "+22670000001",
}  # fmt: skip


def test_wrong_situation_and_illegible_scan_are_corrected_and_signed(new_page, portal, password):
    case = _filed()
    desk = new_page(viewport=DESKTOP)
    sign_in_staff(desk, "agent.bf@guichet.example", password)
    desk.goto(f"/agent/dossiers/{case.reference}/")
    desk.locator('form[action$="/prendre/"] button').first.click()
    desk.goto(f"/agent/dossiers/{case.reference}/complement/")
    for key, reason in (("field:mode", "wrong_mode"), ("piece:birth_record", "unreadable")):
        desk.check(f'[name=ask][value="{key}"]')
        desk.select_option(f'[name="reason-{key}"]', reason)
    press_main_of_desk(desk)
    case.refresh_from_db()
    assert case.status == CaseStatus.AWAITING_APPLICANT

    _correct(new_page(viewport=PHONE, javascript=False), case, password)
    case.refresh_from_db()
    assert (case.status, case.answers["mode"]) == (CaseStatus.IN_REVIEW, "parent")
    slots = attachments.for_owner(cases.attachment_owner(case)).values_list("slot", flat=True)
    assert {"birth_record", "parent_certificate"} <= set(slots)

    desk.goto(f"/agent/dossiers/{case.reference}/etape/registry/")
    desk.check('[name="genuine"][value="seen"]')
    desk.check('[name$="outcome"][value="granted"]')
    press_main_of_desk(desk)
    judge = new_page(viewport=DESKTOP)
    sign_in_staff(judge, "chef.bf@guichet.example", password)
    judge.goto(f"/agent/dossiers/{case.reference}/")
    judge.locator('form[action$="/prendre/"] button').first.click()
    judge.goto(f"/agent/dossiers/{case.reference}/accorder/")
    press_main_of_desk(judge)
    case.refresh_from_db()
    assert (case.status, case.decision.decided_by.email) == (
        CaseStatus.GRANTED, "chef.bf@guichet.example",
    )  # fmt: skip


def _filed():
    """A request that came in; its fee does not matter here."""
    citizen = User.objects.get(email="wendkuni@guichet.example")
    person = Applicant("SAWADOGO Wendkuni", phone=citizen.phone, user=citizen)
    version = EService.objects.get(code="SV-03").current
    case = cases.open_case(version=version, applicant=person, answers=ANSWERS)
    payment = case.payment
    Case.objects.filter(pk=case.pk).update(payment=None)
    payments.cancel(payment)
    cases.confirm_payment(case)
    return case


def _correct(page, case, password):
    page.goto("/accounts/login/")
    page.fill('[name="login"]', "wendkuni@guichet.example")
    page.fill('[name="password"]', password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    page.goto(f"/suivi/{case.reference}/complement/")
    assert page.locator('[name="last_name"]').count() == 0  # only what was asked
    page.check('[name="mode"][value="parent"]')
    page.set_input_files('[name="birth_record"]', photo("acte.jpg"))
    press_main(page)
    page.locator("[name=parent_certificate]").wait_for()
    # The right situation asks for a piece that the wrong one did not.
    page.check('[name="mode"][value="parent"]')
    page.set_input_files('[name="birth_record"]', photo("acte.jpg"))
    page.set_input_files('[name="parent_certificate"]', photo("certificat.jpg"))
    press_main(page)

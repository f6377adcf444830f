"""The main job, in a real browser: three real procedures from guide to verified act."""

import re

import pytest

from eservices.cases.models import Case, CaseStatus
from eservices.documents.models import IssuedDocument
from portal.notifications.models import Delivery
from tests.conftest import DESKTOP, PHONE
from tests.journeys.actors import (
    answer,
    check_and_send,
    code_in,
    fill_step,
    give_pieces,
    pay,
    press_main,
    sign_in_staff,
)

pytestmark = pytest.mark.journey

BIRTH_EXTRACT = [
    {"applicant_last_name": "Abdi", "applicant_first_names": "Hawa"},
    {
        "last_name": "Abdi Omar", "first_names": "Ismaël", "sex": "M", "birth_date.y": "2019",
        "birth_date.m": "3", "birth_date.d": "5", "birth_region": "djibouti",
        "mother_name": "Hawa Abdi",
    },
    {
        "document_kind": "full_copy", "centre_declaration": "dj-djibouti-central", "copies": "2",
        "purpose": "school",
    },
    {"phone": "77 12 34 56", "spoken_language": "fr", "channel": "sms", "delivery": "pdf"},
]  # fmt: skip

CRIMINAL_RECORD = [
    {
        "beninese": "yes", "npi": "1234567890", "last_name": "Dossou", "first_names": "Sèna",
        "sex": "F", "marital_status": "single",
    },
    {
        "birth_date.d": "12", "birth_date.m": "7", "birth_date.y": "1994", "born_abroad": "no",
        "birth_department": "borgou", "birth_commune": "parakou", "father_name": "Dossou Koffi",
        "mother_name": "Adjovi Afi",
    },
    {
        "purpose": "job", "phone": "+229 01 97 00 00 00", "channel": "sms", "personal_request": "yes",
    },
]  # fmt: skip


def begin(page, guide_words, slug, quality):
    """Find the guide by its words, read it, say for whom, start."""
    page.goto("/")
    page.fill('main input[type="search"]', guide_words)
    page.locator('main form[role="search"] button, main form button[type="submit"]').first.click()
    page.wait_for_load_state()
    page.locator("main ol li a, main ul li a").first.click()
    page.wait_for_load_state()
    page.locator(f'a[href*="{slug}"].g-button--start').first.click()
    page.wait_for_load_state()
    answer(page, "quality", quality)
    page.locator("main form .g-button--start").click()
    page.wait_for_load_state()


def file_request(page, steps, pieces):
    for answers in steps:
        fill_step(page, answers)
    give_pieces(page, *pieces)
    return check_and_send(page)


def decide(new_page, password, case, agent, chief):
    """An agent proposes to grant, the chief reads the preview and signs."""
    desk = new_page(viewport=DESKTOP)
    sign_in_staff(desk, agent, password)
    desk.goto(f"/agent/dossiers/{case.reference}/")
    desk.locator('form[action$="/prendre/"] button').first.click()
    if case.eservice.code == "SV-01":  # its stage asks what the register said
        desk.goto(f"/agent/dossiers/{case.reference}/etape/search/")
        desk.check('[name="search_result"][value="found"]')
        desk.fill('[name="found_number"]', "1204")
        desk.fill('[name="found_year"]', "2019")
    else:
        desk.goto(f"/agent/dossiers/{case.reference}/proposer/")
    desk.check('[name$="outcome"][value="granted"]')
    press_main_of_desk(desk)
    office = new_page(viewport=DESKTOP)
    sign_in_staff(office, chief, password)
    office.goto(f"/agent/dossiers/{case.reference}/")
    office.locator('form[action$="/prendre/"] button').first.click()
    office.goto(f"/agent/dossiers/{case.reference}/accorder/")
    press_main_of_desk(office)
    return desk


def press_main_of_desk(desk):
    desk.locator("main .g-actions button:not([name=_save])").last.click()
    desk.wait_for_load_state()
    problems = desk.locator("main .g-error, main .g-errors").all_inner_texts()
    assert not problems, f"{desk.url}: {problems}"


def verify(page, document):
    page.goto(f"/documents/verifier/{document.code}/")
    text = page.locator("main").inner_text()
    assert document.number in text
    assert "Ismaël" not in text
    return text


@pytest.mark.parametrize("javascript", [False, True], ids=["no-js", "js"])
def test_birth_extract_from_guide_to_verified_act(portal, work, new_page, password, javascript):
    page = new_page(viewport=PHONE, javascript=javascript)
    begin(page, "extrait de naissance", "extrait-acte-naissance", "minor_child")
    reference = file_request(page, BIRTH_EXTRACT, ["id_document", "parental_proof"])
    case = Case.objects.get(reference=reference)
    assert (case.status, case.payment.amount, case.applicant_name) == (
        CaseStatus.AWAITING_PAYMENT, 1000, "ABDI Hawa",
    )  # fmt: skip

    pay(page, "decline")
    page.goto(f"/suivi/{reference}/")
    pay(page, "accept")
    work()
    case.refresh_from_db()
    assert case.status == CaseStatus.SUBMITTED
    assert case.office.code == "dj-djibouti-central"
    assert Delivery.objects.filter(kind="case.submitted", to="+25377123456").count() == 1

    decide(new_page, password, case, "agent.dj@guichet.example", "chef.dj@guichet.example")
    work()
    page.goto(f"/suivi/{reference}/")
    document = IssuedDocument.objects.get()
    with page.expect_download() as download:
        page.locator('a[href$="/acte.pdf"]').click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    verify(new_page(viewport=PHONE), document)
    page.goto(f"/suivi/{reference}/lectures/")
    assert page.locator("tbody tr").count() >= 2


def test_criminal_record_late_payment_and_tracking_by_code(portal, work, new_page, password):
    page = new_page(viewport=PHONE)
    begin(page, "casié judiciere", "casier-judiciaire-b3", "self")
    pieces = ["civil_status_document", "id_document"]
    reference = file_request(page, CRIMINAL_RECORD, pieces)
    case = Case.objects.get(reference=reference)
    assert case.payment.amount == 1900
    pay(page, "late")
    assert Case.objects.get(reference=reference).status == CaseStatus.AWAITING_PAYMENT

    from datetime import timedelta

    import time_machine
    from django.utils import timezone

    from eservices.payments import services as payments

    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=True):
        work()
        payments.sweep_pending()
        work()
    case.refresh_from_db()
    assert case.status == CaseStatus.SUBMITTED
    assert (case.due_at - case.filed_at).total_seconds() == 72 * 3600

    elsewhere = new_page(viewport=PHONE)
    elsewhere.goto(f"/suivi/{reference}/")
    assert "404" in elsewhere.title() or elsewhere.locator(".g-reference").count() == 0
    elsewhere.goto("/suivi/")
    elsewhere.fill('[name="reference"]', reference.lower())
    elsewhere.fill('[name="phone"]', "+229 01 97 00 00 00")
    press_main(elsewhere)
    work()
    sms = Delivery.objects.filter(kind="tracking.code").latest("pk")
    elsewhere.fill('[name="code"]', code_in(sms.body))
    press_main(elsewhere)
    assert elsewhere.locator("h1 .g-reference").inner_text().strip() == reference


def test_legalisation_with_repeated_documents_complement_and_refusal(
    portal, work, new_page, password
):
    page = new_page(viewport=PHONE, javascript=False)
    page.goto("/demarches/legalisation/")
    page.locator("main form .g-button--start").click()
    page.locator('button[name^="_add:documents"]').click()
    page.wait_for_load_state()
    first = {"nature": "copy"}
    for row, title in ((0, "Diplôme"), (1, "Relevé de notes")):
        first |= {
            f"documents.{row}.title": title, f"documents.{row}.pages": "2",
            f"documents.{row}.language": "fr",
        }  # fmt: skip
    fill_step(page, first)
    fill_step(page, {})
    fill_step(page, {
        "last_name": "Kouassi", "first_names": "Aya", "sex": "F", "birth_date.d": "1",
        "birth_date.m": "2", "birth_date.y": "1990", "nationality": "CI", "id_kind": "id_card",
        "id_number": "CI001234567", "phone": "+225 07 07 00 00 00",
    })  # fmt: skip
    give_pieces(page, "id_document")
    reference = check_and_send(page)
    case = Case.objects.get(reference=reference)
    assert case.payment.amount == 1000
    pay(page)
    work()

    desk = new_page(viewport=DESKTOP)
    sign_in_staff(desk, "agent.ci@guichet.example", password)
    desk.goto(f"/agent/dossiers/{reference}/")
    desk.locator('form[action$="/prendre/"] button').first.click()
    desk.goto(f"/agent/dossiers/{reference}/complement/")
    for what in ("last_name", "id_document"):
        desk.locator(
            f'input[type=checkbox][name*="{what}"], input[type=checkbox][value*="{what}"]'
        ).first.check()
        desk.locator(f'select[name*="{what}"]').first.select_option("unreadable")
    desk.locator('[name="message"]').fill("Votre carte est coupée.")
    press_main_of_desk(desk)
    work()
    case.refresh_from_db()
    assert case.status == CaseStatus.AWAITING_APPLICANT

    page.goto(f"/suivi/{reference}/complement/")
    assert page.locator('[name="first_names"]').count() == 0
    page.fill('[name="last_name"]', "Kouassi Yao")
    page.set_input_files('[name="id_document"]', files=[_photo()])
    press_main(page)
    case.refresh_from_db()
    assert case.status == CaseStatus.IN_REVIEW
    assert re.search("yao", case.answers["last_name"], re.IGNORECASE)


def _photo():
    from tests.journeys.actors import photo

    return photo("cni-2.jpg")

"""The page of a stage: its questions, its outcomes, and what an office that is asked may read."""

import pytest
from django.urls import reverse

from eservices.cases import services as cases
from eservices.cases.models import Case, CaseTask, TaskStatus
from eservices.cases.services import Applicant
from eservices.casework import canned
from eservices.casework.models import CannedText
from eservices.casework.sample import load_sample_texts
from tests.factories import ANSWERS, AgentFactory, EServiceVersionFactory, OfficeFactory
from tests.sample_circuit import parallel_circuit


@pytest.fixture
def tax(office):
    return OfficeFactory(code="tax-office")


@pytest.fixture
def case(office, tax):
    version = EServiceVersionFactory(offices=[office.code], circuit=parallel_circuit())
    applicant = Applicant(name="Hodan Ali", phone="+25377831234")
    return cases.open_case(version=version, applicant=applicant, answers=ANSWERS)


def at(case, name, *more):
    return reverse(f"backoffice:{name}", args=[case.reference, *more])


def test_agent_fills_in_a_stage_keeps_it_and_finishes_it(desk, case, agent):
    browser = desk(agent)
    browser.post(at(case, "take"))
    page = at(case, "stage", "admissibility")
    assert page in browser.get(at(case, "case")).text
    shown = browser.get(page).text
    assert "Dossier sensible" in shown
    assert "Irrecevable" in shown
    answer = browser.post(page, {"stage-outcome": "accepted", "stage-reason": "Texte gardé"})
    assert answer.status_code == 422
    assert "Texte gardé" in answer.text
    browser.post(page, {"sensitive": "no", "_save": "1"})
    case.refresh_from_db()
    assert case.facts == {"sensitive": False}
    browser.post(page, {"sensitive": "no", "stage-outcome": "accepted"})
    assert case.tasks.filter(status=TaskStatus.OPEN).count() == 2


def test_canned_texts_end_a_stage_without_judging_what_is_typed(desk, case, agent):
    """A refusal speaks the applicant's language, an opinion that of the desk."""
    assert load_sample_texts() > 12
    assert load_sample_texts() == 0
    for text in CannedText.objects.all():
        assert set(text.text) == {"fr", "ar"}
        assert canned.unknown_places(text.text) == []
    case.language = "ar"
    case.save()
    browser, page = desk(agent), at(case, "stage", "admissibility")
    browser.post(at(case, "take"))
    shown = browser.get(page).text
    assert shown.count("<optgroup") == 2
    opinion = CannedText.objects.get(name="Avis : défavorable")
    refusal = CannedText.objects.get(name__startswith="Refus : demande déjà")
    typed = {"_insert": "1", "canned": opinion.pk, "stage-reason": "Vu.", "sensitive": "yes"}
    answer = browser.post(page, typed)
    reason = answer.context["form"].initial["reason"]
    assert reason.startswith(f"Vu.\n\nAvis défavorable au dossier {case.reference}")
    assert "g-error" not in answer.text
    assert 'value="yes" checked' in " ".join(answer.text.split())
    answer = browser.post(page, {"_insert": "1", "canned": refusal.pk})
    assert "عولج طلب مماثل" in answer.context["form"].initial["reason"]
    assert answer.context["form"].initial["outcome"] == "rejected"
    assert "g-error" not in answer.text  # the question is not answered: not yet a fault
    case.refresh_from_db()
    assert (case.facts, case.stage) == ({}, "admissibility")


def test_outcome_that_goes_back_needs_a_reason(desk, case, agent, tax):
    _to_bodies(case, agent)
    body = AgentFactory(office=tax)
    browser = desk(body)
    browser.post(at(case, "take") + "?stage=tax")
    answer = browser.post(at(case, "stage", "tax"), {"ncc": "N1", "stage-outcome": "returned"})
    assert answer.status_code == 422
    browser.post(
        at(case, "stage", "tax"),
        {"ncc": "N1", "stage-outcome": "returned", "stage-reason": "Le bail manque."},
    )
    assert case.tasks.get(status=TaskStatus.OPEN).stage == "admissibility"


def test_body_reads_only_what_its_stage_needs(desk, case, agent, tax, add_piece):
    piece = add_piece(case)
    _to_bodies(case, agent)
    browser = desk(AgentFactory(office=tax))
    shown = browser.get(at(case, "case")).text
    assert "Robleh" in shown
    assert "École" not in shown
    assert "carte.jpg" not in shown
    assert browser.get(at(case, "piece", piece.pk)).status_code == 404
    at_home = desk(agent).get(at(case, "case")).text
    assert "École" in at_home
    assert "carte.jpg" in at_home


def test_parallel_stages_stand_side_by_side_at_the_desk(
    desk, case, agent, chief, assert_max_queries
):
    _to_bodies(case, agent)
    browser = desk(agent)
    with assert_max_queries(18):
        shown = browser.get(at(case, "case")).text
    assert "Greffe" in shown
    assert "Impôts" in shown
    assert f"{at(case, 'take')}?stage=registry" in shown


def test_stage_that_is_over_leads_back_with_a_word(desk, case, agent):
    _to_bodies(case, agent)
    answer = desk(agent).get(at(case, "stage", "admissibility"), follow=True)
    assert "g-notice--warning" in answer.text


def test_stage_filled_in_too_late_gives_back_what_was_typed(desk, case, agent, chief):
    cases.take(case, actor=agent)
    browser, address = desk(agent), at(case, "stage", "admissibility")
    browser.get(address)
    typed = {"sensitive": "no", "stage-outcome": "accepted", "stage-reason": "Vu au registre 12"}
    cases.assign(case, to=AgentFactory(office=case.office), actor=chief, reason="Mission")
    lost = browser.post(address, typed)
    assert lost.status_code == 409
    assert "Vu au registre 12" in lost.text
    Case.objects.filter(pk=case.pk).update(office=OfficeFactory())
    CaseTask.objects.filter(case=case).update(office=OfficeFactory(), assignee=None)
    gone = browser.post(address, typed)
    assert gone.status_code == 404
    assert "Vu au registre 12" in gone.text
    assert "accepted" not in gone.text  # what only a machine reads is left out


def test_stranger_finds_nothing(desk, case, agent):
    stranger = AgentFactory(office=OfficeFactory())
    assert desk(stranger).get(at(case, "stage", "admissibility")).status_code == 404


def _to_bodies(case, agent):
    cases.take(case, actor=agent)
    cases.complete(case, actor=agent, outcome="accepted", values={"sensitive": False})

"""What may be done with a case, by whom, and what follows."""

import copy
import io

import pytest
from django.utils.formats import date_format
from pypdf import PdfReader

from eservices.cases import issuing, papers, tracking
from eservices.cases import services as cases
from eservices.cases.errors import BadRequest, NoOffice, NotAllowed, TransitionNotAllowed
from eservices.cases.models import Case, CaseStatus, CaseTask, Decision
from eservices.catalog import services as catalog
from portal.notifications.models import Delivery
from tests.sample_spec import sample_definition


def status_of(case):
    return Case.objects.get(pk=case.pk).status


def test_free_case_is_filed_at_once_with_task_and_deadline(open_case, deliver_all):
    case = open_case()
    assert case.status == CaseStatus.SUBMITTED
    assert case.due_at > case.filed_at
    assert case.tasks.get().stage == "review"
    deliver_all()
    assert Delivery.objects.filter(kind="case.submitted").count() == 1


def test_whole_life_until_the_act_is_handed_over(proposed, deliver_all):
    case, agent, chief = proposed
    cases.grant(case, actor=chief)
    deliver_all()
    decision = Decision.objects.get(case=case)
    assert decision.document.number.endswith("/ESSAI/000001")
    assert (decision.proposed_by, decision.decided_by) == (agent, chief)
    assert Delivery.objects.filter(kind="case.granted").count() == 1
    cases.hand_over(case, actor=agent, recipient="Hawa Abdi", identity="CNI 123")
    assert status_of(case) == CaseStatus.CLOSED
    actions = list(case.events.values_list("action", flat=True))
    assert actions == ["open", "take", "propose", "take", "grant", "document", "hand_over"]


@pytest.mark.parametrize("show_if", [None, False])
def test_a_request_that_gives_no_document_promises_none(open_case, person, deliver_all, show_if):
    documents = sample_definition()["documents"]
    documents = [] if show_if is None else [{**documents[0], "show_if": show_if}]
    case, agent, chief = open_case(documents=documents), person(), person("chief")
    cases.take(case, actor=agent)
    cases.propose(case, actor=agent, outcome="granted")
    cases.take(case, actor=chief)
    cases.grant(case, actor=chief)
    case.refresh_from_db()
    assert tracking.overview(case, "fr")["is_document_coming"] is (show_if is False)
    deliver_all()
    page = tracking.overview(tracking.find(case.reference), "fr")
    assert not page["is_document_coming"]
    assert [entry.title for entry in page["timeline"]][-1] == "Accordée"
    assert case.reference in Delivery.objects.get(kind="case.accepted").body
    assert not Delivery.objects.filter(kind="case.granted").exists()


def test_act_is_produced_once_however_often_the_job_runs(proposed, deliver_all):
    case, _agent, chief = proposed
    cases.grant(case, actor=chief)
    case.refresh_from_db()
    first = issuing.issue_document(case)
    assert issuing.issue_document(case) == first
    deliver_all()
    assert case.events.filter(action="document").count() == 1


def test_a_document_on_paper_says_where_it_waits_until_it_is_handed_over(
    open_case, person, deliver_all
):
    circuit = copy.deepcopy(sample_definition()["circuit"])
    circuit["stages"].append(
        {"key": "counter", "kind": "delivery", "role": "agent", "title": {"fr": "Remise"}}
    )
    case, agent, chief = open_case(circuit=circuit), person(), person("chief")
    cases.take(case, actor=agent)
    cases.propose(case, actor=agent, outcome="granted")
    cases.take(case, actor=chief)
    cases.grant(case, actor=chief)
    deliver_all()
    office = case.office.name_in("fr")
    told = Delivery.objects.get(kind="case.granted").body
    assert "Retirez-le avec une pièce d" in told
    assert office in told
    assert office in tracking.overview(tracking.find(case.reference), "fr")["explanation"]
    cases.hand_over(case, actor=agent, recipient="Hawa Abdi", identity="CNI 123")
    page = tracking.overview(tracking.find(case.reference), "fr")
    assert page["counter"] is None
    assert "remis" in page["explanation"]


def test_preview_has_no_number(proposed):
    case, _agent, chief = proposed
    assert issuing.preview(case, signer=chief).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("first", "last"), [("review", "signature"), ("review", "review"), ("visa", "signature")]
)
def test_who_examined_or_alone_has_seen_it_never_decides(open_case, person, first, last):
    circuit = copy.deepcopy(sample_definition()["circuit"])
    circuit["stages"][0]["kind"], circuit["stages"][1]["kind"] = first, last
    case, both = open_case(circuit=circuit), person()
    both.office_memberships.create(office=case.office, role="chief")
    cases.take(case, actor=both)
    if first == "visa":
        cases.complete(case, actor=both, stage="review", outcome="favourable")
    else:
        cases.propose(case, actor=both, outcome="granted")
    with pytest.raises(NotAllowed):
        cases.take(case, actor=both)
    CaseTask.objects.filter(case=case, stage="signature").update(assignee=both)
    with pytest.raises(NotAllowed):
        cases.grant(case, actor=both)
    assert status_of(case) == CaseStatus.IN_REVIEW


def test_a_circuit_in_which_one_person_would_do_all_is_not_published(office):
    definition = sample_definition()
    review, signature = definition["circuit"]["stages"]

    def told(stages, **more):
        return " ".join(catalog.check({**definition, "circuit": {"stages": stages, **more}}))

    assert told([review, signature], same_person=False) == told([review, signature])
    refused = told([review, signature], same_person=True)
    assert "who examined never signs" in refused
    assert "relative: parent" in refused
    for alone in (
        [signature],
        [review],
        [{**review, "show_if": {"eq": [{"var": "copies"}, 2]}}, signature],
    ):
        assert "one person alone" in told(alone)


def test_only_the_last_stage_decides(open_case, person):
    case, agent = open_case(), person()
    cases.take(case, actor=agent)
    with pytest.raises(NotAllowed):
        cases.grant(case, actor=agent)


def test_second_taker_is_told(open_case, person):
    case = open_case()
    cases.take(case, actor=person())
    with pytest.raises(NotAllowed):
        cases.take(case, actor=person())


def test_agent_of_another_office_may_nothing(open_case, office, person):
    from portal.accounts import services as accounts

    elsewhere = accounts.save_office(
        "elsewhere",
        name={"fr": "Ailleurs"},
        calendar=office.calendar,
        country="DJ",
        time_zone="UTC",
    )
    stranger = person(where=elsewhere)
    case = open_case()
    assert not Case.objects.for_agent(stranger).exists()
    with pytest.raises(NotAllowed):
        cases.take(case, actor=stranger)


def test_refusal_needs_a_motive_of_the_list(proposed, deliver_all):
    case, _agent, chief = proposed
    with pytest.raises(BadRequest):
        cases.refuse(case, actor=chief, motive="because")
    assert status_of(case) == CaseStatus.IN_REVIEW
    cases.refuse(case, actor=chief, motive="not_found", reason="Registre 1975 détruit.")
    assert_told_on_paper(case.reference, "Registre 1975 détruit.")
    deliver_all()
    assert status_of(case) == CaseStatus.REFUSED
    assert not Decision.objects.get(case=case).document


def test_chief_sends_back_to_the_same_agent(proposed):
    case, agent, chief = proposed
    cases.send_back(case, actor=chief, reason="Relire le nom de la mère.")
    case.refresh_from_db()
    assert (case.stage, case.assignee) == ("review", agent)
    assert not Decision.objects.exists()


def test_complement_stops_the_clock_and_takes_only_what_was_asked(open_case, person):
    case, agent = open_case(), person()
    cases.take(case, actor=agent)
    with pytest.raises(BadRequest):
        cases.ask(case, actor=agent, items=[], message="")
    items = [{"kind": "field", "key": "last_name", "reason": "unreadable", "note": ""}]
    cases.ask(case, actor=agent, items=items, message="Corrigez le nom.")
    case.refresh_from_db()
    assert case.paused_at
    with pytest.raises(NotAllowed):
        cases.reply(case, answers={"copies": 1})
    due_before = case.due_at
    cases.reply(case, answers={"last_name": "ABDI OMAR"})
    case.refresh_from_db()
    assert case.answers["last_name"] == "ABDI OMAR"
    assert case.complements.get().previous == {"last_name": "ABDI"}
    assert (case.paused_at, case.assignee) == (None, agent)
    assert case.due_at >= due_before


def test_transfer_restarts_the_circuit_in_the_other_office(open_case, office, person):
    from portal.accounts import services as accounts

    other = accounts.save_office(
        "other-office",
        name={"fr": "Autre"},
        calendar=office.calendar,
        country="DJ",
        time_zone="UTC",
    )
    case = open_case(offices=["test-office", "other-office"])
    agent = person()
    cases.transfer(case, actor=agent, office=other, reason="Acte dressé là-bas.")
    case.refresh_from_db()
    assert (case.office, case.status, case.stage) == (other, CaseStatus.SUBMITTED, "review")
    with pytest.raises(NotAllowed):
        cases.take(case, actor=agent)


def test_withdrawn_case_cannot_be_taken(open_case, person):
    case = open_case()
    cases.withdraw(case, reason="Erreur")
    with pytest.raises(TransitionNotAllowed):
        cases.take(case, actor=person())


def test_closed_office_receives_nothing(open_case, office):
    office.is_active = False
    office.save()
    with pytest.raises(NoOffice):
        open_case()


def test_routing_follows_the_answers(open_case, office):
    from portal.accounts import services as accounts

    accounts.save_office(
        "second", name={"fr": "Second"}, calendar=office.calendar, country="DJ", time_zone="UTC"
    )
    definition = sample_definition()
    rule = {"if": [{"eq": [{"var": "reason"}, "school"]}, "second", "test-office"]}
    case = open_case(offices=["test-office", "second"], routing=rule, steps=definition["steps"])
    assert case.office.code == "second"


def assert_told_on_paper(reference, reason):
    """The refusal is printed with why, and the last day to contest it."""
    case = tracking.find(reference)
    sheet = PdfReader(io.BytesIO(papers.refusal(case, "fr"))).pages[0]
    text = " ".join(sheet.extract_text().split())
    last = cases.appeal_deadline(case)
    assert reason in text
    assert f"jusqu’au {date_format(last, 'DATE_FORMAT')}" in text

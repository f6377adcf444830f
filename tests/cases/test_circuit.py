"""Circuits as data: branches at the same time, joins, conditions, questions for agents, steps back."""

import pytest

from eservices.cases import services as cases
from eservices.cases.errors import BadRequest, NotAllowed
from eservices.cases.models import Case, CaseStatus, TaskStatus
from portal.notifications.models import Delivery
from tests.sample_circuit import parallel_circuit


def open_stages(case):
    return set(case.tasks.filter(status=TaskStatus.OPEN).values_list("stage", flat=True))


def do(case, who, stage, outcome, **more):
    cases.take(case, actor=who, stage=stage)
    cases.complete(case, actor=who, stage=stage, outcome=outcome, **more)


@pytest.fixture
def in_bodies(open_case, staff):
    """A case admitted as sensitive or not, its bodies at work."""

    def make(*, sensitive=True, **changes):
        case = open_case(circuit=parallel_circuit(**changes))
        values = {"sensitive": sensitive}
        do(case, staff["agent"], "admissibility", "accepted", values=values)
        case.refresh_from_db()
        return case

    return make


def test_branches_open_together_each_in_its_office(in_bodies, offices):
    case = in_bodies()
    assert open_stages(case) == {"registry", "tax", "police"}
    assert case.stage == "bodies"
    where = dict(case.tasks.values_list("stage", "office__code"))
    assert (where["tax"], where["police"]) == ("tax-office", "ministry")


def test_what_a_determinant_excludes_is_skipped(in_bodies):
    assert open_stages(in_bodies(sensitive=False)) == {"registry", "tax"}


def test_join_waits_for_all_and_then_goes_on_once(in_bodies, staff):
    case = in_bodies()
    do(case, staff["tax"], "tax", "done", values={"ncc": "N1"})
    assert open_stages(case) == {"registry", "tax_chief", "police"}
    do(case, staff["tax_chief"], "tax_chief", "favourable")
    do(case, staff["ministry"], "police", "favourable")
    assert open_stages(case) == {"registry"}
    do(case, staff["second"], "registry", "done", values={"rccm": "CI-1"})
    assert open_stages(case) == {"synthesis"}
    case.refresh_from_db()
    assert case.facts == {"sensitive": True, "ncc": "N1", "rccm": "CI-1"}


@pytest.mark.parametrize(("join", "left"), [("any", set()), (2, {"tax_chief"})])
def test_join_any_or_quorum_closes_what_is_not_needed(in_bodies, staff, join, left):
    case = in_bodies(join=join)
    if join == 2:
        do(case, staff["tax"], "tax", "done", values={"ncc": "N1"})
        do(case, staff["ministry"], "police", "favourable")
        assert open_stages(case) == {"registry", "tax_chief"}
    do(case, staff["second"], "registry", "done", values={"rccm": "CI-1"})
    assert open_stages(case) == {"synthesis"}
    cancelled = case.tasks.filter(status=TaskStatus.CANCELLED).values_list("stage", flat=True)
    assert left <= set(cancelled)


def test_questions_of_a_stage_are_answered_before_leaving_it(in_bodies, staff):
    case = in_bodies()
    cases.take(case, actor=staff["tax"], stage="tax")
    with pytest.raises(BadRequest, match="NCC"):
        cases.complete(case, actor=staff["tax"], stage="tax", outcome="done")
    with pytest.raises(BadRequest):
        cases.fill(case, actor=staff["tax"], stage="tax", values={"rccm": "not mine"})
    cases.fill(case, actor=staff["tax"], stage="tax", values={"ncc": "N1"})
    cases.complete(case, actor=staff["tax"], stage="tax", outcome="done")
    assert case.tasks.get(stage="tax").data == {"ncc": "N1"}


def test_step_back_tells_the_applicant_why_and_keeps_finished_branches(
    in_bodies, staff, deliver_all
):
    case = in_bodies()
    do(case, staff["second"], "registry", "done", values={"rccm": "CI-1"})
    with pytest.raises(BadRequest):
        do(case, staff["tax"], "tax", "returned")
    cases.complete(
        case, actor=staff["tax"], stage="tax", outcome="returned", reason="Le siège manque."
    )
    assert open_stages(case) == {"admissibility"}
    event = case.events.get(action="step_back")
    assert (event.note, event.is_public) == ("Le siège manque.", True)
    deliver_all()
    assert Delivery.objects.filter(kind="case.stepped_back").count() == 1
    cases.complete(case, actor=staff["agent"], outcome="accepted")
    assert open_stages(case) == {"tax", "police"}


def test_all_branches_work_again_when_the_block_says_so(in_bodies, staff):
    case = in_bodies(again="all")
    do(case, staff["second"], "registry", "done", values={"rccm": "CI-1"})
    do(case, staff["ministry"], "police", "unfavourable", reason="Non")
    do(case, staff["tax"], "tax", "returned", reason="Le siège manque.")
    cases.complete(case, actor=staff["agent"], outcome="accepted")
    assert open_stages(case) == {"registry", "tax", "police"}


def test_rejection_goes_to_whoever_signs_with_its_motive(open_case, staff):
    case = open_case(circuit=parallel_circuit())
    cases.take(case, actor=staff["agent"])
    wrong = {"actor": staff["agent"], "outcome": "rejected", "values": {"sensitive": False}}
    with pytest.raises(BadRequest):
        cases.complete(case, **wrong, reason="Rien.")
    cases.complete(case, **wrong, reason="Rien.", motive="not_found")
    assert open_stages(case) == {"signature"}
    case.refresh_from_db()
    assert (case.decision.outcome, case.decision.motive) == ("refused", "not_found")
    cases.take(case, actor=staff["chief"])
    cases.refuse(case, actor=staff["chief"], motive="not_found")
    case.refresh_from_db()
    assert case.status == CaseStatus.REFUSED


def test_one_body_asks_the_applicant_while_the_others_go_on(in_bodies, staff):
    case = in_bodies()
    cases.take(case, actor=staff["tax"], stage="tax")
    items = [{"kind": "field", "key": "last_name", "reason": "unreadable", "note": ""}]
    cases.ask(case, actor=staff["tax"], stage="tax", items=items, message="Le nom ?")
    with pytest.raises(NotAllowed):
        cases.complete(case, actor=staff["tax"], stage="tax", outcome="done", values={"ncc": "N1"})
    do(case, staff["second"], "registry", "done", values={"rccm": "CI-1"})
    case.refresh_from_db()
    assert case.status == CaseStatus.AWAITING_APPLICANT
    cases.reply(case, answers={"last_name": "ABDI"})
    cases.complete(case, actor=staff["tax"], stage="tax", outcome="done", values={"ncc": "N1"})
    assert open_stages(case) == {"tax_chief", "police"}


def test_office_asked_for_a_stage_sees_the_case_and_another_does_not(in_bodies, staff, offices):
    case = in_bodies(sensitive=False)
    assert Case.objects.for_agent(staff["tax"]).get() == case
    assert not Case.objects.for_agent(staff["ministry"]).exists()
    with pytest.raises(NotAllowed):
        cases.take(case, actor=staff["ministry"])
    assert cases.take_next(actor=staff["tax"], office_ids=[offices["tax"].pk]) == case
    assert case.tasks.get(stage="tax").assignee == staff["tax"]


def test_stage_without_open_office_is_kept_with_its_problem(open_case, staff, offices):
    offices["tax"].is_active = False
    offices["tax"].save()
    case = open_case(circuit=parallel_circuit())
    do(case, staff["agent"], "admissibility", "accepted", values={"sensitive": False})
    assert case.tasks.get(stage="tax").problem == "office_closed"


def test_values_found_by_agents_are_printed_on_the_act(in_bodies, staff):
    from eservices.cases import issuing

    case = in_bodies(sensitive=False)
    do(case, staff["second"], "registry", "done", values={"rccm": "CI-ABJ-77"})
    case.refresh_from_db()
    texts, _rows = issuing._texts(case, "fr")
    assert texts["rccm"] == "CI-ABJ-77"

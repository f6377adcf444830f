"""How a stage ends and a case is decided: given its outcome, proposed, sent back, granted, refused."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from eservices.cases.circuit import Circuit, Stage, StageOutcome
from eservices.cases.errors import BadRequest
from eservices.cases.models import (
    Case,
    CaseTask,
    Decision,
    HearingItem,
    HearingStatus,
    Outcome,
)
from eservices.cases.scope import scope
from eservices.cases.services import contesting, flow
from eservices.cases.services.stages import (
    finish_task,
    open_stage,
    open_task,
    require_complete,
    store,
)
from eservices.cases.services.transitions import transition
from eservices.cases.workflow import Action
from portal.accounts.models import User
from portal.core.expressions import truthy
from portal.core.texts import pick


def fill(case: Case, *, actor: User, values: Mapping[str, Any], stage: str = "") -> None:
    """Keep what the stage asks of agents, without leaving it."""
    with transition(case, Action.FILL, actor=actor, stage=stage, is_public=False) as case:
        store(case, open_task(case, stage, actor=actor), values)


def complete(
    case: Case,
    *,
    actor: User,
    outcome: str,
    stage: str = "",
    reason: str = "",
    motive: str = "",
    values: Mapping[str, Any] | None = None,
) -> CaseTask:
    """End a stage with one of its outcomes, which says where the case goes next.

    `values` answer the stage's own questions. With several stages open, `stage` names which.
    :raises BadRequest: for an outcome it has not, a reason or a motive or an answer that is missing.
    """
    data: dict[str, Any] = {}
    with transition(
        case, Action.COMPLETE, actor=actor, stage=stage, note=reason, is_public=False, data=data
    ) as case:
        task = open_task(case, stage, actor=actor)
        if values is not None:
            store(case, task, values)
        node, choice = choice_of(case, task, outcome)
        if not choice.goes_back:
            require_complete(case, task.stage)
        _require_allowed(case, choice)
        _require_heard(task)
        data |= {"stage": node.key, "outcome": choice.key}
        return leave(case, task, choice, actor=actor, reason=reason, motive=motive)


def choice_of(case: Case, task: CaseTask, outcome: str) -> tuple[Stage, StageOutcome]:
    """Return the stage of `task` and its outcome. :raises BadRequest:"""
    stage = Circuit.of(case.version.spec).find(task.stage)
    choice = stage.outcome(outcome) if stage else None
    if stage is None or choice is None:
        raise BadRequest(_("Choose how this stage ends."))
    return stage, choice


def _require_allowed(case: Case, choice: StageOutcome) -> None:
    """:raises BadRequest: what was found does not allow this outcome; the message says why."""
    if not truthy(choice.require, scope(case)):
        raise BadRequest(pick(choice.message) or _("This outcome does not fit what was found."))


def _require_heard(task: CaseTask) -> None:
    """:raises BadRequest: the stage is a hearing, and people are called to it on a later day."""
    if task.kind != "hearing":
        return
    item = HearingItem.objects.filter(task=task, hearing__status=HearingStatus.PLANNED)
    listed = item.select_related("hearing__office").first()
    if listed is not None and listed.hearing.is_to_come:
        zone = ZoneInfo(listed.hearing.office.time_zone)
        raise BadRequest(
            _(
                "The hearing is on %(day)s: its result is entered from that day on."
                " If it is held earlier, move it first, so that everybody is called."
            )
            % {"day": date_format(listed.hearing.starts_at.astimezone(zone), "DATE_FORMAT")}
        )


def leave(
    case: Case,
    task: CaseTask,
    choice: StageOutcome,
    *,
    actor: User | None,
    reason: str = "",
    motive: str = "",
) -> CaseTask:
    """Go where `choice` leads; inside a transition."""
    if choice.needs_reason and not reason.strip():
        raise BadRequest(
            _("Say why: the applicant reads it.") if choice.goes_back else _("Say why.")
        )
    if choice.needs_motive or choice.proposal:
        proposal = choice.proposal or Outcome.REFUSED
        decision = _write_decision(case, outcome=proposal, motive=motive, reason=reason)
        decision.proposed_by = actor
        decision.save()
    finished = finish_task(case, actor=actor, outcome=choice.key, note=reason, stage=task.stage)
    match choice.to:
        case "next":
            flow.advance(case, finished)
        case "same":
            flow.repeat(case, finished, reason=reason)
        case "refuse":
            flow.jump_to_decision(case, before=finished.office_id)
        case _:
            circuit = Circuit.of(case.version.spec)
            target = circuit.first if choice.to == "back" else circuit.find(choice.to)
            assert target is not None
            _forget_proposal(case)
            flow.go_back(case, target, source=finished.stage, reason=reason)
    return finished


def propose(
    case: Case, *, actor: User, outcome: str, motive: str = "", reason: str = ""
) -> Decision:
    """End a stage before the last: say how the case should be decided, and pass it on."""
    with transition(case, Action.PROPOSE, actor=actor, note=reason, is_public=False) as case:
        decision = _write_decision(case, outcome=outcome, motive=motive, reason=reason)
        decision.proposed_by = actor
        decision.save()
        task = finish_task(case, actor=actor, outcome=outcome, note=reason)
        flow.advance(case, task)
        return decision


def send_back(case: Case, *, actor: User, reason: str, to: str = "") -> None:
    """Return a case to an earlier stage, by default the first; the applicant reads the reason."""
    with transition(case, Action.RETURN, actor=actor, note=reason) as case:
        circuit = Circuit.of(case.version.spec)
        here = open_task(case, actor=actor)
        target = circuit.find(to) if to else circuit.first
        if target is None or target not in circuit.earlier(here.stage):
            raise BadRequest(_("Choose an earlier stage."))
        task = finish_task(case, actor=actor, outcome="returned", note=reason)
        _forget_proposal(case)
        flow.go_back(case, target, source=task.stage, reason=reason)


def grant(case: Case, *, actor: User, reason: str = "", in_sitting: bool = False) -> Decision:
    """Decide in the applicant's favour and sign.

    `in_sitting`: a body decided, and its sitting applies it; where a body decides, nothing else
    does. :raises TransitionNotAllowed, NotAllowed:
    """
    with transition(case, Action.GRANT, actor=actor, note=reason, in_sitting=in_sitting) as case:
        decision = _decide(case, actor=actor, outcome=Outcome.GRANTED, reason=reason)
        contesting.overturned(case)
        delivery = Circuit.of(case.version.spec).delivery
        if delivery is not None and truthy(delivery.show_if, scope(case)):
            open_stage(case, delivery)
        return decision


def refuse(
    case: Case, *, actor: User, motive: str, reason: str = "", in_sitting: bool = False
) -> Decision:
    """Decide against the applicant, with a motive from the e-service's list; as `grant` otherwise.

    :raises TransitionNotAllowed, NotAllowed, BadRequest:
    """
    with transition(case, Action.REFUSE, actor=actor, note=reason, in_sitting=in_sitting) as case:
        decision = _decide(case, actor=actor, outcome=Outcome.REFUSED, motive=motive, reason=reason)
        contesting.upheld(case)
        return decision


def _decide(
    case: Case, *, actor: User, outcome: str, motive: str = "", reason: str = ""
) -> Decision:
    task = open_task(case, actor=actor)
    require_complete(case, task.stage)
    decision = _write_decision(case, outcome=outcome, motive=motive, reason=reason)
    decision.decided_by = actor
    decision.decided_at = case.decided_at = timezone.now()
    decision.save()
    finish_task(case, actor=actor, outcome=outcome, note=reason)
    return decision


def _forget_proposal(case: Case) -> None:
    Decision.objects.filter(case=case, decided_at=None).delete()


def _write_decision(case: Case, *, outcome: str, motive: str, reason: str) -> Decision:
    """Return the case's decision, unsaved, with this content; a proposal is overwritten."""
    decision = Decision.objects.filter(case=case).first() or Decision(case=case)
    motives = case.version.spec.get("refusal", {}).get("motives", [])
    labels = {entry["code"]: entry["label"] for entry in motives}
    if outcome not in Outcome.values:
        raise BadRequest(_("Choose whether to grant or to refuse."))
    if outcome == Outcome.REFUSED and motive not in labels:
        raise BadRequest(_("Choose a motive from the list."))
    decision.outcome = outcome
    decision.motive = motive if outcome == Outcome.REFUSED else ""
    decision.motive_label = labels.get(decision.motive, {})
    decision.reason = reason
    return decision

"""How a case is decided: proposed, sent back, granted, refused."""

from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases.circuit import Circuit
from eservices.cases.errors import BadRequest
from eservices.cases.models import Case, Decision, Outcome
from eservices.cases.services.stages import finish_task, open_stage
from eservices.cases.services.transitions import transition
from eservices.cases.workflow import Action
from portal.accounts.models import User


def propose(
    case: Case, *, actor: User, outcome: str, motive: str = "", reason: str = ""
) -> Decision:
    """End a stage before the last: say how the case should be decided, and pass it on."""
    with transition(case, Action.PROPOSE, actor=actor, note=reason, is_public=False) as case:
        decision = _write_decision(case, outcome=outcome, motive=motive, reason=reason)
        decision.proposed_by = actor
        decision.save()
        task = finish_task(case, actor=actor, outcome=outcome)
        following = Circuit.of(case.version.spec).after(task.stage)
        if following is None:
            raise BadRequest(_("The last stage decides; it does not propose."))
        open_stage(case, following)
        return decision


def send_back(case: Case, *, actor: User, reason: str) -> None:
    """Return a proposal to whoever made it, with the remark to take into account."""
    with transition(case, Action.RETURN, actor=actor, note=reason, is_public=False) as case:
        finish_task(case, actor=actor, outcome="returned")
        Decision.objects.filter(case=case, decided_at=None).delete()
        circuit = Circuit.of(case.version.spec)
        previous = case.tasks.filter(stage=circuit.first.key).order_by("-pk").first()
        open_stage(case, circuit.first, assignee=previous.done_by if previous else None)


def grant(case: Case, *, actor: User, reason: str = "") -> Decision:
    """Decide in the applicant's favour and sign. :raises TransitionNotAllowed, NotAllowed:"""
    with transition(case, Action.GRANT, actor=actor, note=reason) as case:
        return _decide(case, actor=actor, outcome=Outcome.GRANTED, reason=reason)


def refuse(case: Case, *, actor: User, motive: str, reason: str = "") -> Decision:
    """Decide against the applicant, with a motive from the e-service's list.

    :raises TransitionNotAllowed, NotAllowed, BadRequest:
    """
    with transition(case, Action.REFUSE, actor=actor, note=reason) as case:
        return _decide(case, actor=actor, outcome=Outcome.REFUSED, motive=motive, reason=reason)


def _decide(
    case: Case, *, actor: User, outcome: str, motive: str = "", reason: str = ""
) -> Decision:
    decision = _write_decision(case, outcome=outcome, motive=motive, reason=reason)
    decision.decided_by = actor
    decision.decided_at = case.decided_at = timezone.now()
    decision.save()
    finish_task(case, actor=actor, outcome=outcome)
    return decision


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

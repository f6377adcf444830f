"""What an office does with a case: takes it, asks, passes it on, hands the act over."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases import policies, routing
from eservices.cases.errors import BadRequest
from eservices.cases.models import CLOCK_RUNS, Case, CaseTask, Complement, Decision, TaskStatus
from eservices.cases.services import flow
from eservices.cases.services.stages import cancel_open, open_task
from eservices.cases.services.transitions import transition
from eservices.cases.workflow import Action
from eservices.catalog import local
from portal.accounts.models import Office, User

SKIPPED_COUNTED = 100  # beyond, the number says nothing more
NEXT_TRIED = 50  # a person's own proposals, which somebody else must sign, may come first
COMPLEMENT_DAYS = 30  # calendar days to answer, unless the e-service says otherwise


def take(case: Case, *, actor: User, reason: str = "", stage: str = "") -> None:
    """Make the open task `actor`'s. Of two agents, the second hears that it is taken.

    With several stages open at the same time, `stage` names which.
    `reason` says why older cases are passed over; it is kept, with their number, for the chief.
    """
    _take(case, actor=actor, reason=reason, stage=stage, is_chosen=True)


def _take(case: Case, *, actor: User, reason: str, stage: str, is_chosen: bool) -> None:
    data: dict[str, Any] = {}
    with transition(
        case, Action.TAKE, actor=actor, stage=stage, note=reason, is_public=not reason, data=data
    ) as case:
        task = open_task(case, stage, actor=actor)
        # The next one is chosen by the portal: whoever asks for it passes nothing over, and no more
        # does whoever begins what is asked of him or her by name.
        older = Case.objects.waiting_before(case, task, actor)[:SKIPPED_COUNTED]
        if is_chosen and not task.actor_only and (skipped := older.count()):
            data["skipped"] = skipped
        data["stage"] = task.stage
        if not task.actor_only:
            task.assignee = actor
            task.save(update_fields=["assignee"])
        flow.sync(case)


@transaction.atomic
def take_next(*, actor: User, office_ids: Sequence[int]) -> Case | None:
    """Take the oldest case that waits for `actor` in these offices; None when there is none.

    Two people who ask at the same time get two cases.
    """
    mine = CaseTask.objects.for_actor(actor).filter(case=OuterRef("pk"), assignee=None)
    waiting = Case.objects.for_agent(actor).filter(Exists(mine), office_id__in=office_ids).waiting()
    # What other offices ask of these comes after their own: there is little of it.
    asked = CaseTask.objects.for_actor(actor).filter(
        assignee=None, is_guest=True, office_id__in=office_ids, case__status__in=CLOCK_RUNS
    )
    own = list(waiting.oldest_first().values_list("pk", flat=True)[:NEXT_TRIED])
    others = asked.order_by("case__filed_at", "case_id").values_list("case_id", flat=True)
    for pk in [*own, *others[:NEXT_TRIED]]:
        # What somebody else is taking this instant is locked or gone, and so is skipped.
        case = (
            Case.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("version")
            .filter(Exists(mine), pk=pk)
            .first()
        )
        if case is not None and policies.may(actor, Action.TAKE, case):
            _take(case, actor=actor, reason="", stage="", is_chosen=False)
            return case
    return None


def release(case: Case, *, actor: User, reason: str, stage: str = "") -> None:
    """Give the open task back to the office, for somebody else to take."""
    with transition(
        case, Action.RELEASE, actor=actor, stage=stage, note=reason, is_public=False
    ) as case:
        task = open_task(case, stage, actor=actor)
        task.assignee = None
        task.save(update_fields=["assignee"])
        flow.sync(case)


def ask(
    case: Case,
    *,
    actor: User,
    items: Sequence[Mapping[str, Any]],
    message: str,
    stage: str = "",
) -> Complement:
    """Ask the applicant to correct `items`, and stop the clock. :raises BadRequest: if empty."""
    if not items:
        raise BadRequest(_("Choose at least one answer or one piece to correct."))
    with transition(case, Action.ASK, actor=actor, stage=stage, note=message) as case:
        days = case.version.spec.get("complement", {}).get("days", COMPLEMENT_DAYS)
        case.paused_at = timezone.now()
        return Complement.objects.create(
            case=case,
            items=[dict(item) for item in items],
            message=message,
            stage=open_task(case, stage, actor=actor).stage,
            asked_by=actor,
            answer_by=timezone.now() + timedelta(days=days),
        )


def transfer(case: Case, *, actor: User, office: Office, reason: str) -> None:
    """Hand the case to another office that may process this e-service; its work starts anew there."""
    with transition(case, Action.TRANSFER, actor=actor, note=reason) as case:
        is_competent = office.code in local.office_codes(case.version)
        if not (is_competent and office.is_active and routing.keeps_apart(case.office, office)):
            raise BadRequest(_("This office does not process this kind of request."))
        cancel_open(case, actor=actor)
        Decision.objects.filter(case=case, decided_at=None).delete()
        case.office = office
        case.tasks.update(counts=False)
        flow.start(case)


def hand_over(case: Case, *, actor: User, recipient: str, identity: str) -> None:
    """Record that the act was given to `recipient`, whose identity paper was seen; end the case."""
    data = {"recipient": recipient, "identity": identity}
    with transition(case, Action.HAND_OVER, actor=actor, data=data) as case:
        case.ended_at = timezone.now()
        case.tasks.filter(status=TaskStatus.OPEN, kind="delivery").update(
            status=TaskStatus.DONE, outcome="handed_over", done_at=case.ended_at, done_by=actor
        )

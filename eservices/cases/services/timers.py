"""What the clock does to open stages: reminds, escalates, takes silence for an answer. Each once."""

import logging

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases.circuit import Circuit, Stage, StageOutcome
from eservices.cases.models import CLOCK_RUNS, Case, CaseTask, TaskStatus, TaskTimer
from eservices.cases.services import decisions
from eservices.cases.services.transitions import record, transition
from eservices.cases.workflow import Action
from portal.core.errors import PortalError

logger = logging.getLogger(__name__)
AT_ONCE = 500


def run_due() -> int:
    """Do what is due and return how many were done. Running it twice, or by two workers, does no more."""
    due = TaskTimer.objects.filter(
        fired_at=None,
        due_at__lte=timezone.now(),
        task__status=TaskStatus.OPEN,
        task__case__status__in=CLOCK_RUNS,
    )
    count = 0
    for pk in list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE]):
        try:
            count += fire(pk)
        except DatabaseError:
            raise  # it passes: in a minute they are tried again
        except Exception as exc:
            # One case that cannot go on must not stop the others; the repair list shows it.
            logger.exception("timer %s failed", pk)
            code = exc.code if isinstance(exc, PortalError) else "failed"
            CaseTask.objects.filter(timers=pk).update(problem=f"timer_{code}"[:40])
            TaskTimer.objects.filter(pk=pk).update(fired_at=timezone.now())
    return count


def fire(timer_id: int) -> bool:
    """Do one timer's work unless it is done already, or the stage is over."""
    with transaction.atomic():
        timer = TaskTimer.objects.select_related("task").get(pk=timer_id)
        case = (
            Case.objects.select_for_update(of=("self",))
            .select_related("version", "office")
            .get(pk=timer.task.case_id)
        )
        # Under the lock: another worker may have been here since the list was read.
        timer = TaskTimer.objects.select_related("task__office").get(pk=timer_id)
        is_open = timer.task.status == TaskStatus.OPEN and case.status in CLOCK_RUNS
        if timer.fired_at is not None or not is_open:
            return False
        timer.fired_at = timezone.now()
        timer.save(update_fields=["fired_at"])
        match timer.do:
            case "remind":
                _tell(case, timer, "remind", event="stage_reminder")
            case "escalate":
                CaseTask.objects.filter(pk=timer.task_id).update(escalated_at=timer.fired_at)
                _tell(case, timer, "escalate", event="stage_escalated")
            case _:
                _silence(case, timer.task, timer.do)
    return True


def _tell(case: Case, timer: TaskTimer, action: str, *, event: str) -> None:
    data = {"stage": timer.task.stage, "task": timer.task_id, "timer": timer.pk}
    record(case, action, event=event, is_public=False, data=data)


def _silence(case: Case, task: CaseTask, do: str) -> None:
    stage = Circuit.of(case.version.spec).find(task.stage)
    assert stage is not None
    choice = silent_outcome(stage, do)
    motives = (case.version.spec.get("refusal") or {}).get("motives") or []
    motive = motives[0]["code"] if choice.needs_motive and motives else ""
    data = {"stage": stage.key, "outcome": choice.key}
    with transition(case, Action.SILENCE, stage=stage.key, is_public=True, data=data) as case:
        decisions.leave(
            case,
            task,
            choice,
            actor=None,
            reason=_("No answer within the delay of this stage."),
            motive=motive,
        )


def silent_outcome(stage: Stage, do: str) -> StageOutcome:
    """Return how the stage ends when nobody answered: recorded, accepted or refused."""
    if do == "refuse":
        return next(one for one in stage.outcomes if one.needs_motive)
    if do == "accept":
        return next(one for one in stage.outcomes if one.to == "next" and not one.needs_motive)
    return StageOutcome("silence", _("No answer in time"))

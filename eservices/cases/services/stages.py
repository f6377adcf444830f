"""The stages of a case and its clock; to be called inside a transition."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases import clock
from eservices.cases.circuit import Stage
from eservices.cases.errors import BadRequest
from eservices.cases.models import Case, CaseTask, TaskStatus
from portal.accounts.models import User


def open_task(case: Case) -> CaseTask:
    task = case.tasks.filter(status=TaskStatus.OPEN).first()
    if task is None:
        raise BadRequest(_("There is nothing to do on this case."))
    return task


def open_stage(case: Case, stage: Stage, *, assignee: User | None = None) -> None:
    CaseTask.objects.create(
        case=case,
        stage=stage.key,
        kind=stage.kind,
        role=stage.role,
        office_id=case.office_id,
        assignee=assignee,
    )
    case.stage, case.assignee = stage.key, assignee
    Case.objects.filter(pk=case.pk).update(stage=stage.key, assignee=assignee)


def finish_task(case: Case, *, actor: User, outcome: str) -> CaseTask:
    task = open_task(case)
    task.status, task.outcome = TaskStatus.DONE, outcome
    task.done_at, task.done_by = timezone.now(), actor
    task.save()
    case.assignee = None
    return task


def start_clock(case: Case) -> None:
    case.filed_at = timezone.now()
    case.due_at = clock.due_at(case.version.spec, case.office, case.filed_at)


def resume_clock(case: Case) -> None:
    now: datetime = timezone.now()
    if case.due_at and case.paused_at:
        case.due_at = clock.resumed_due_at(
            case.version.spec, case.office, due_at=case.due_at, paused_at=case.paused_at, now=now
        )
    case.paused_at = None

"""What people at work are told about their stages, by mail."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from eservices.cases.circuit import Circuit
from eservices.cases.models import CaseEvent, CaseTask, TaskStatus
from portal.accounts.models import Role, User
from portal.notifications.services import notify


def remind(event: CaseEvent) -> None:
    """Remind whoever has the stage, or everybody who could take it."""
    task = _task(event)
    if task is None:
        return
    people = [task.assignee] if task.assignee else _members(task, task.role)
    _tell("stage.reminder", task, people, event)


def escalate(event: CaseEvent) -> None:
    """Tell the chiefs that a stage is late and that they may do it."""
    task = _task(event)
    if task is not None:
        _tell("stage.escalated", task, _members(task, Role.CHIEF), event)


def _task(event: CaseEvent) -> CaseTask | None:
    """Return the stage if it still waits: the mail must not come after the work."""
    return (
        CaseTask.objects.with_people()
        .select_related("case__version", "case__eservice")
        .filter(pk=event.data.get("task"), status=TaskStatus.OPEN)
        .first()
    )


def _members(task: CaseTask, role: str) -> list[User]:
    return list(
        User.objects.filter(
            office_memberships__office=task.office_id,
            office_memberships__role=role,
            is_active=True,
        ).order_by("pk")[:20]
    )


def _tell(kind: str, task: CaseTask, people: list[User], event: CaseEvent) -> None:
    case = task.case
    stage = Circuit.of(case.version.spec).find(task.stage)
    with transaction.atomic():
        for person in people:
            notify(
                kind,
                to_phone="",
                to_email=person.email,
                language=person.language or settings.LANGUAGE_CODE,
                context={
                    "reference": case.reference,
                    "title": case.eservice.title,
                    "stage": stage.title if stage else task.stage,
                    "due": task.due_at or case.due_at,
                    "url": settings.BASE_URL + reverse("backoffice:case", args=[case.reference]),
                    "time_zone": task.office.time_zone,
                },
                key=f"{kind}:{event.pk}:{person.pk}",
                is_training=task.office.practises,
            )

"""What other offices ask of mine: stages of cases that are not my office's own."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from eservices.backoffice import wording
from eservices.backoffice.access import Agent
from eservices.cases.circuit import Circuit
from eservices.cases.models import OPEN, CaseTask, TaskStatus
from eservices.catalog import services as catalog

SHOWN = 100


@dataclass(frozen=True)
class Asked:
    """One line: the case, the stage, how old, whose."""

    task: CaseTask
    title: str
    age: str
    is_late: bool


def waiting(agent: Agent) -> QuerySet[CaseTask]:
    """Return the open stages that other offices ask of this agent's roles, and those held for them."""
    mine = Q(pk=None)
    for row in (*agent.memberships, *agent.replaced):
        mine |= Q(office_id=row.office_id, role=row.role)
    return CaseTask.objects.filter(
        mine, is_guest=True, status=TaskStatus.OPEN, case__status__in=OPEN
    )


def rows(agent: Agent) -> list[Asked]:
    found = (
        waiting(agent)
        .select_related("case__eservice", "case__version", "case__office", "assignee", "office")
        .defer("case__version__spec", "case__answers", "case__search_text")
        .order_by("opened_at", "pk")[:SHOWN]
    )
    return [_asked(task) for task in found]


def _asked(task: CaseTask) -> Asked:
    stage = Circuit.of(catalog.compiled(task.case.version).source).find(task.stage)
    age = wording.age(task.opened_at)
    late = bool(task.due_at and task.case.paused_at is None and wording.is_past(task.due_at))
    return Asked(task, stage.title_in() if stage else task.stage, age, late)

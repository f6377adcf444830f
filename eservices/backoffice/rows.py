"""Cases as lists show them: in words, read with what a list shows and nothing more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils import timezone

from eservices.backoffice import wording
from eservices.backoffice.models import CaseLabel
from eservices.cases.circuit import Circuit
from eservices.cases.models import CLOCK_RUNS, OPEN, Case, CaseTask
from eservices.catalog import services as catalog
from portal.core.texts import pick

Key = tuple[datetime, int]  # a place in the queue: filed when, and which


@dataclass(frozen=True)
class Row:
    """One line of the queue, in words."""

    case: Case
    stage: str
    age: str
    status: str
    kind: str
    late: str  # by how much the deadline has passed; empty when it has not
    labels: Sequence[str] = ()
    asked_by: str = ""  # the office whose case it is, when that is another one
    holders: Sequence[str] = ()  # who has it; several when branches go on at the same time
    due_at: datetime | None = None

    @classmethod
    def of(cls, case: Case, here: Collection[int] = ()) -> "Row":
        status, kind = wording.status(case)
        is_asked = bool(here) and case.office_id not in here
        tasks = [task for task in case.tasks.all() if not is_asked or task.office_id in here]
        due_at = min((task.due_at for task in tasks if is_asked and task.due_at), default=None)
        due_at = due_at or case.due_at
        is_late = case.status in CLOCK_RUNS and bool(due_at and due_at < timezone.now())
        return cls(
            case,
            stage_title(case, tasks[0].stage if is_asked and tasks else case.stage),
            wording.age(case.filed_at or case.created_at),
            status,
            kind,
            wording.age(due_at) if due_at and is_late else "",
            [row.label.name for row in case.desk_labels.all()],
            case.office.name_in() if is_asked else "",
            _holders(case, tasks),
            due_at,
        )


def list_rows(keys: list[Key], here: Collection[int] = ()) -> list[Row]:
    """Return the cases at these places, in this order, with what a list shows and nothing more."""
    tasks = CaseTask.objects.open().select_related("assignee")
    labels = CaseLabel.objects.select_related("label")
    cases = (
        Case.objects.filter(pk__in=[pk for _filed_at, pk in keys])
        .select_related("eservice", "version", "assignee", "office")
        .prefetch_related(Prefetch("desk_labels", labels), Prefetch("tasks", tasks))
        .only(
            "reference", "created_at", "applicant_name", "status", "stage", "filed_at", "due_at", "paused_at",
            "eservice", "version", "assignee", "eservice__slug", "eservice__title", "version__spec_sha256",
            "assignee__full_name",
            "assignee__email", "assignee__phone", "office__name",
        )
        .in_bulk()
    )  # fmt: skip
    return [Row.of(cases[pk], here) for _filed_at, pk in keys if pk in cases]


def stage_title(case: Case, stage: str) -> str:
    """Return the name of a stage, or of a block of stages, of an open case."""
    if case.status not in OPEN or not stage:
        return ""
    source = catalog.compiled(case.version).source
    return pick(Circuit.of(source).stage(stage).title) or stage


def _holders(case: Case, tasks: Sequence[CaseTask]) -> list[str]:
    """Return who has the stages that are open; of an ended case, who had the last."""
    if case.status not in OPEN:
        return [str(case.assignee)] if case.assignee else []
    return list(dict.fromkeys(str(task.assignee) for task in tasks if task.assignee))

"""What conditions of a circuit may read: answers, what agents found, how stages ended."""

from collections.abc import Iterable
from typing import Any

from eservices.cases.models import Case, CaseTask, TaskStatus


def scope(case: Case, tasks: Iterable[CaseTask] | None = None) -> dict[str, Any]:
    """Return the values by name: fields of the form and of stages, `stages`, `registry`, `is_appeal`."""
    done = [
        task
        for task in (case.tasks.order_by("pk") if tasks is None else tasks)
        if task.status == TaskStatus.DONE and task.counts
    ]
    return {
        **case.answers,
        **case.facts,
        "stages": {task.stage: task.outcome for task in done},
        "registry": dict(case.facts.get("registry") or {}),
        "is_appeal": case.appeal_of_id is not None,
        "office": case.office.code,
    }

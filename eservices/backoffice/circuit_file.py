"""Where a case stands in its circuit, as the agent sees it: stages open now, and what was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.backoffice import contested
from eservices.backoffice.contested import Contested
from eservices.cases.circuit import Stage
from eservices.cases.models import CaseTask, TaskStatus
from eservices.cases.policies import Standing
from eservices.cases.scope import scope
from eservices.cases.workflow import Action
from eservices.catalog import services as catalog
from eservices.catalog.circuits.model import STEP_PREFIX
from eservices.formdefs import engine
from portal.core.expressions import truthy
from portal.core.texts import with_function


@dataclass(frozen=True)
class StageMark:
    title: str
    state: str
    who: str


@dataclass(frozen=True)
class OpenStage:
    """One stage that waits: where, for whom, until when, and what this person may do with it."""

    key: str
    title: str
    office: str
    who: str
    due_at: datetime | None
    is_late: bool
    problem: str
    can: dict[str, bool]


@dataclass(frozen=True)
class DoneStage:
    """How a stage ended, and what its agent noted."""

    title: str
    office: str
    who: str
    at: datetime | None
    outcome: str
    note: str
    rows: list[Any]


PROBLEMS = {
    "no_office": gettext_lazy("No office was found for this stage."),
    "office_closed": gettext_lazy("The office of this stage is closed."),
    "no_amount": gettext_lazy("The amount to pay could not be worked out."),
    "no_person": gettext_lazy("The person of this stage was not found."),
    "nobody": gettext_lazy("Nobody in this office has the role that this stage asks for."),
    "own_work": gettext_lazy(
        "Who examined a request, or refused it the first time, does not do this stage. If nobody else of the office can, give it to another office."
    ),
    "own_request": gettext_lazy(
        "Nobody works on a request of his or her own. If nobody else of the office can, give it to another office."
    ),
    "registry_down": gettext_lazy(
        "The register did not answer: check again, or check by hand and say so."
    ),
    "failed": gettext_lazy("The clock could not end this stage."),
}


class CircuitFile:
    def __init__(self, standing: Standing, language: str) -> None:
        self.standing = standing
        self.case = standing.case
        self.language = language

    @cached_property
    def _values(self) -> Mapping[str, Any]:
        return scope(self.case, self.standing.tasks)

    @property
    def marks(self) -> list[StageMark]:
        """The circuit with how far the case has come; what these answers skip is left out."""
        done = {task.stage: task for task in self._done}
        here = {task.stage for task in self.standing.open_tasks}
        marks: list[StageMark] = []
        for stage in self.standing.circuit.stages:
            task = done.get(stage.key)
            if not (task or stage.key in here or self._is_to_come(stage)):
                continue
            state = "current" if stage.key in here else "done" if task else ""
            who = str(task.done_by or "") if task and state == "done" else ""
            marks.append(StageMark(stage.title_in(self.language), state, who))
        return marks

    def _is_to_come(self, stage: Stage) -> bool:
        """Whether the case may still get there: it was not enough without it, as in a quorum."""
        given_up = any(
            task.stage == stage.key and task.status == TaskStatus.CANCELLED
            for task in self.standing.tasks
        )
        if stage.block and given_up and self.case.stage != stage.block:
            return False
        return truthy(stage.show_if, self._values)

    @cached_property
    def open_stages(self) -> list[OpenStage]:
        """The stages that wait now; shown when there is more than the one of the head of the page."""
        return [self._open(task) for task in self.standing.open_tasks]

    @property
    def is_parallel(self) -> bool:
        return len(self.open_stages) > 1

    @property
    def is_stuck(self) -> bool:
        return any(one.problem for one in self.open_stages)

    @cached_property
    def refusal(self) -> Contested | None:
        """The decision that this case contests, unless this person sees part of the file only."""
        if seen_steps(self.standing):
            return None
        return contested.refusal(self.standing, self.language)

    @cached_property
    def appeal(self) -> tuple[str, str] | None:
        return contested.appeal(self.case)

    @cached_property
    def done_stages(self) -> list[DoneStage]:
        """What earlier stages found, for the agents who come after."""
        rows = self._rows()
        found = []
        for task in self._done:
            stage = self.standing.circuit.find(task.stage)
            if stage is None or self._hides(stage) or (stage.proposes and not task.data):
                continue
            outcome = stage.outcome(task.outcome)
            found.append(
                DoneStage(
                    title=stage.title_in(self.language),
                    office=task.office.name_in(self.language) if task.is_guest else "",
                    who=_doer(task),
                    at=task.done_at,
                    outcome=outcome.text if outcome else "",
                    note=task.note,
                    rows=rows.get(stage.step_key, []),
                )
            )
        return found

    @property
    def _done(self) -> list[CaseTask]:
        return [
            task for task in self.standing.tasks if task.status == TaskStatus.DONE and task.counts
        ]

    def _rows(self) -> dict[str, list[Any]]:
        if not self.case.facts:
            return {}
        form = catalog.desk_form(self.case.version)
        answers = {**self.case.answers, **self.case.facts}
        return {
            section.step_key: [row for row in section.rows if row.text or row.rows]
            for section in engine.summary(form, answers, self.language)
            if section.step_key.startswith(STEP_PREFIX)
        }

    def _hides(self, stage: Stage) -> bool:
        """Another office that reads only part of the file does not read the other bodies' work."""
        return bool(seen_steps(self.standing)) and stage.key not in (
            task.stage for task in self.standing.tasks if self.standing.fits(task)
        )

    def _open(self, task: CaseTask) -> OpenStage:
        stage = self.standing.circuit.find(task.stage)
        allowed = self.standing.allowed(task.stage)
        problem = task.problem or ("" if task.office.is_active else "office_closed")
        is_free = task.assignee_id in (None, self.standing.actor.pk)
        if not problem and is_free and self._is_own_work(task):
            problem = "own_request" if self.standing.is_own_request(task) else "own_work"
        return OpenStage(
            key=task.stage,
            title=stage.title_in(self.language) if stage else task.stage,
            office=task.office.name_in(self.language),
            who=str(task.assignee) if task.assignee else "",
            due_at=task.due_at,
            is_late=bool(task.due_at and self.case.paused_at is None and _passed(task.due_at)),
            problem=str(PROBLEMS.get(problem, "")),
            can={action.value: action in allowed for action in Action},
        )

    def _is_own_work(self, task: CaseTask) -> bool:
        return self.standing.fits(task) and self.standing.would_sign_own_work(task)


def seen_steps(standing: Standing) -> frozenset[str]:
    """Return what a person of another office may read of the file; empty when it is all of it."""
    if not standing.is_guest:
        return frozenset()
    seen: set[str] = set()
    for task in standing.tasks:
        stage = standing.circuit.find(task.stage)
        if stage is None or not standing.fits(task):
            continue
        if not stage.sees:
            return frozenset()
        seen |= set(stage.sees)
    return frozenset(seen)


def _doer(task: CaseTask) -> str:
    """Return who did it, with the function; "X for Y" when somebody was replaced."""
    if task.done_by is None and task.kind == "payment":
        return ""
    if task.done_by is None:
        answered = task.asked_outside.exclude(answered_at=None).first()
        return answered.name if answered is not None else _("No answer in time")
    name = with_function(task.done_by, task.signed_as)
    if task.done_for_id is None:
        return name
    return _("%(name)s for %(absent)s") % {"name": name, "absent": task.done_for}


def _passed(moment: datetime) -> bool:
    return moment < timezone.now()

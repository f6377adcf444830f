"""A case walked through the circuit of a draft: give the answers that matter, see the way it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.cases import simulation
from eservices.cases.circuit_screens.editor import CircuitBase
from eservices.catalog.circuits import drawing
from eservices.catalog.circuits.model import Block, Stage
from eservices.formdefs.subjects import Subject
from eservices.formdefs.trials import written_out

PROBLEMS = {
    "no_office": _("No office is found: check the rule."),
    "office_closed": _("This office is closed."),
    "nobody": _("Nobody there has this role."),
}


PERSONS = {
    "superior": _("The superior of the applicant"),
    "applicant": _("The applicant"),
    "": _("The person whom the answers name"),
}


@dataclass(frozen=True)
class Line:
    """One stage of the walk, in words."""

    step: simulation.Step
    title: str
    kind: str
    role: str
    problem: str
    timers: list[tuple[str, datetime]]
    person: str = ""  # whom the stage names by his place: the office is then his


@dataclass(frozen=True)
class Group:
    """One node of the circuit: a stage, or several at the same time and when they are enough."""

    lines: list[Line]
    title: str = ""
    goes_on: str = ""


class SimulationView(CircuitBase):
    """What each stage would be: who gets it, by when, and what these answers skip."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.circuit is None or not self.definition.get("offices"):
            return self.page("circuit_simulation", is_broken=True)
        asked = self._asked()
        answers = {one.path: self._answer(one) for one in asked}
        typed = {path: value for path, value in answers.items() if value not in (None, "")}
        given = {**self._saved(), **typed}
        walk = simulation.walk(self.definition, given, timezone.now())
        return self.page(
            "circuit_simulation",
            asked=[(one, request.GET.get(one.path, "")) for one in asked],
            tests=[str(test.get("name", "")) for test in self._tests],
            chosen=request.GET.get("_test", ""),
            walk=walk,
            groups=[
                self._group(node, steps)
                for node, steps in zip(self.circuit.nodes, walk.groups, strict=False)
            ],
            now=timezone.now(),
        )

    @property
    def _tests(self) -> list[dict[str, Any]]:
        """The answers saved with the form to try it."""
        tests = self.definition.get("tests")
        return written_out([one for one in tests or [] if isinstance(one, Mapping)])

    def _saved(self) -> Mapping[str, Any]:
        chosen = self.request.GET.get("_test", "")
        if not (chosen.isdecimal() and len(chosen) < 5 and int(chosen) < len(self._tests)):
            return {}
        answers: Mapping[str, Any] = self._tests[int(chosen)]["answers"]
        return answers

    def _asked(self) -> list[Subject]:
        wanted = simulation.wanted(self.definition)
        return [one for path, one in self.known_subjects.items() if path in wanted]

    def _answer(self, subject: Subject) -> Any:
        typed = self.request.GET.get(subject.path, "").strip()[:200]
        if subject.kind == "bool":
            return {"yes": True, "no": False}.get(typed)
        if subject.kind in ("number", "rows") and typed.lstrip("-").isdecimal():
            return int(typed)
        return typed or None

    def _group(self, node: Block | Stage, steps: list[simulation.Step]) -> Group:
        lines = [self._line(step) for step in steps]
        if not isinstance(node, Block):
            return Group(lines)
        title = node.title_in() if node.title else str(_("At the same time"))
        return Group(lines, title, drawing.join_words(node))

    def _line(self, step: simulation.Step) -> Line:
        stage = step.stage
        return Line(
            step,
            stage.title_in(),
            str(drawing.KINDS[stage.kind]),
            str(drawing.ROLES.get(stage.role, stage.role)),
            str(PROBLEMS.get(step.problem, "")),
            [(drawing.timer_words(timer), at) for timer, at in step.timers],
            "" if stage.actor is None else _person(stage.actor),
        )


def _person(actor: Any) -> str:
    return str(PERSONS.get(actor if isinstance(actor, str) else "", PERSONS[""]))

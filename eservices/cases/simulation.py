"""Walking a case through a circuit without making one: who would get it, when, what is skipped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from eservices.cases import clock, routing
from eservices.cases.circuit import Block, Circuit, Stage
from eservices.catalog.circuits.model import Timer
from portal.accounts.models import Office, OfficeMembership
from portal.core.expressions import evaluate, truthy, variables

PEOPLE = 3  # named for each stage; more are counted


@dataclass
class Step:
    """One stage of the walk. `problem` says why a case would stop there."""

    stage: Stage
    is_skipped: bool = False
    office: Office | None = None
    people: list[str] = field(default_factory=list)
    more: int = 0
    starts_at: datetime | None = None
    due_at: datetime | None = None
    timers: list[tuple[Timer, datetime]] = field(default_factory=list)
    problem: str = ""


@dataclass
class Walk:
    """The whole walk; steps of one list of several go on at the same time."""

    office: Office | None
    groups: list[list[Step]]
    due_at: datetime | None = None


def wanted(definition: Mapping[str, Any]) -> set[str]:
    """Return the answers that decide the way of a case: those that routing and conditions read."""
    circuit = Circuit.of(definition)
    found = set(variables(definition.get("routing")))
    for stage in circuit.stages:
        found |= variables(stage.show_if)
        if stage.office is not None and not _is_relative(stage):
            found |= variables(stage.office)
    roots = {path.partition(".")[0] for path in found}
    return roots - {"stages", "registry", "is_appeal", "office", "row"}


def walk(definition: Mapping[str, Any], answers: Mapping[str, Any], start: datetime) -> Walk:
    """Return the way of a case filed at `start` with these answers, every stage leading on."""
    circuit = Circuit.of(definition)
    home = _home(definition, answers)
    if home is None:
        return Walk(None, [])
    scope = {**answers, "stages": {}, "registry": {}, "is_appeal": False, "office": home.code}
    groups, now = [], start
    for node in circuit.nodes:
        group = [_step(stage, home, scope, now) for stage in node.stages]
        done = [step for step in group if not step.is_skipped]
        scope["stages"] = scope["stages"] | {
            step.stage.key: step.stage.outcomes[0].key for step in done if step.stage.outcomes
        }
        now = max([now, *(step.due_at for step in done if step.due_at)])
        groups.append(group if isinstance(node, Block) else group[:1])
    return Walk(home, groups, clock.due_at(definition, home, start))


def _step(stage: Stage, home: Office, scope: Mapping[str, Any], start: datetime) -> Step:
    if not truthy(stage.show_if, scope):
        return Step(stage, is_skipped=True)
    office = routing.stage_office(home, stage, scope)
    step = Step(stage, office=office, starts_at=start)
    if office is None:
        step.problem = "no_office"
        return step
    if stage.deadline:
        step.due_at = clock.due_at({"delay": stage.deadline}, office, start)
    step.timers = [
        (timer, clock.timer_due_at(timer, office, start, scope)) for timer in stage.timers
    ]
    if stage.actor is not None:
        return step
    names = [str(row.user) for row in _members(office, stage.role).select_related("user")]
    step.people, step.more = names[:PEOPLE], max(0, len(names) - PEOPLE)
    step.problem = "office_closed" if not office.is_active else "" if names else "nobody"
    return step


def _home(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> Office | None:
    """Return the open office that the routing rule of a draft names."""
    codes = definition.get("offices") or [""]
    code = evaluate(definition.get("routing", codes[0]), answers)
    offices = Office.objects.open().select_related("calendar", "parent")
    return offices.filter(code=code).first() if code in codes else None


def _members(office: Office, role: str) -> Any:
    return OfficeMembership.objects.filter(office=office, role=role, user__is_active=True).order_by(
        "user__full_name"
    )


def _is_relative(stage: Stage) -> bool:
    return isinstance(stage.office, Mapping) and "relative" in stage.office

"""The circuit as the applicant sees it: plain stages, those at the same time shown together."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from eservices.cases.circuit import Block, Circuit, Node, Stage
from eservices.cases.models import OPEN, Case, CaseEvent, CaseTask, Concordance, TaskStatus
from eservices.cases.scope import scope
from portal.accounts.models import Office
from portal.core.calendars import days_in_words
from portal.core.expressions import truthy
from portal.core.texts import pick


@dataclass(frozen=True)
class PublicStep:
    """One stage, or several at the same time (`parts`); state is done, current or empty."""

    title: str
    state: str
    office: str = ""
    is_taken: bool = False  # somebody has it in hand
    parts: list["PublicStep"] = field(default_factory=list)

    @property
    def state_text(self) -> str:
        if self.state == "current":
            is_taken = self.is_taken or any(part.is_taken for part in self.parts)
            return _("in progress") if is_taken else _("waits for its turn")
        return _("done") if self.state == "done" else _("later")


def steps(
    case: Case,
    source: Mapping[str, Any],
    language: str,
    tasks: list[CaseTask],
    in_hand: Container[int],
) -> list[PublicStep]:
    """Return the stages of an open case; nothing when there are fewer than two to tell apart.

    `in_hand` are the tasks that somebody has; the others wait for their turn.
    """
    if case.status not in OPEN:
        return []
    circuit = Circuit.of(source)
    values = scope(case, tasks)
    nodes = [_step(node, case, tasks, values, language, in_hand) for node in circuit.nodes]
    shown = [step for step in nodes if step]
    return shown if len(shown) > 2 or any(step.parts for step in shown) else []


def handed_over_at(tasks: Iterable[CaseTask]) -> Office | None:
    """Return the office where the document waits on paper, until it is handed over there."""
    waiting = (one for one in tasks if one.kind == "delivery" and one.status == TaskStatus.OPEN)
    return next((one.office for one in waiting), None)


def title(event: CaseEvent) -> str:
    """Return the words for an event whose meaning is in its data; empty when nothing is to be shown."""
    data = event.data
    if event.action == "consult" and data.get("hearing"):
        return _("Hearing")
    if event.action == "consult" and data.get("registry"):
        return _("Checked with a register: %(result)s") % {
            "result": Concordance(data["result"]).label
        }
    if event.action == "consult":
        return _("Opinion asked")
    return ""


def note(event: CaseEvent, language: str) -> str:
    """Return what the applicant reads under an event: the reason, the office, the stage."""
    data = event.data
    if event.action == "calendar":
        return moved_words(event)
    parts = [pick(data.get("title"), language) if event.action in _TITLED else ""]
    if event.action in {"forward", "reroute"}:
        parts.append(pick(data.get("office"), language))
    if data.get("hearing"):
        moment = timezone.localtime(datetime.fromisoformat(data["hearing"]))
        parts += [date_format(moment, "DATETIME_FORMAT"), str(data.get("room", ""))]
        if data.get("was"):
            was = timezone.localtime(datetime.fromisoformat(data["was"]))
            parts.append(_("instead of %(was)s") % {"was": date_format(was, "DATETIME_FORMAT")})
    elif event.action == "consult":
        parts.append(str(data.get("name", "")))
    if event.action == "reopen" and data.get("number"):
        parts.append(_("Document %(number)s is cancelled.") % {"number": data["number"]})
    text = " – ".join(part for part in parts if part)
    return "\n".join(part for part in (text, event.note if event.is_public else "") if part)


def moved_words(event: CaseEvent) -> str:
    """Return why a deadline moved: from when to when, and the days off that lie before it."""
    was, due = (
        date_format(timezone.localtime(datetime.fromisoformat(text)), "DATETIME_FORMAT")
        for text in (event.data["was"], event.data["due"])
    )
    words = _("The calendar of the office changed: %(was)s becomes %(due)s.") % {
        "was": was, "due": due,
    }  # fmt: skip
    days = [
        f"{date_format(date.fromisoformat(one['day']), 'MONTH_DAY_FORMAT')} ({one['name']})"
        for one in event.data["days"]
    ]
    if days:
        words += " " + _("Days off on the way: %(days)s.") % {"days": ", ".join(days)}
    for one in event.data.get("weeks", ()):
        words += " " + _("From %(day)s the office works: %(week)s.") % {
            "day": date_format(date.fromisoformat(one["day"]), "DATE_FORMAT"),
            "week": days_in_words(int(digit) for digit in one["weekdays"]),
        }
    return words


_TITLED = {"forward", "step_back"}


def _step(
    node: Node,
    case: Case,
    tasks: list[CaseTask],
    values: Mapping[str, Any],
    language: str,
    in_hand: Container[int],
) -> PublicStep | None:
    if isinstance(node, Block):
        stages = [_stage(stage, tasks, values, language, in_hand) for stage in node.stages]
        parts = [part for part in stages if part]
        if not parts:
            return None
        states = {part.state for part in parts}
        is_left = case.stage != node.key and "current" not in states
        state = "current" if "current" in states else "done" if is_left and "done" in states else ""
        if state == "done":  # enough had finished: the others were not needed
            parts = [part for part in parts if part.state]
        return PublicStep(pick(node.title, language) or _("At the same time"), state, parts=parts)
    return _stage(node, tasks, values, language, in_hand)


def _stage(
    stage: Stage,
    tasks: list[CaseTask],
    values: Mapping[str, Any],
    language: str,
    in_hand: Container[int],
) -> PublicStep | None:
    own = [task for task in tasks if task.stage == stage.key]
    task = next((one for one in reversed(own) if one.status == TaskStatus.OPEN), None)
    done = next(
        (one for one in reversed(own) if one.status == TaskStatus.DONE and one.counts), None
    )
    if task is None and done is None and not truthy(stage.show_if, values):
        return None
    last = task or done
    office = last.office.name_in(language) if last is not None and last.is_guest else ""
    state = "current" if task else "done" if done else ""
    is_taken = task is not None and task.pk in in_hand
    return PublicStep(stage.title_in(language), state, office, is_taken)

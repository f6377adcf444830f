"""Whose turn it is while a request is examined: said as it is, never that somebody is at work on it
when it only waits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from eservices.cases.circuit import Circuit
from eservices.cases.models import CaseEvent, CaseTask, OutsideRequest, TaskStatus

GIVEN = {"take", "assign"}
NOBODY_YET = {"no_office", "office_closed", "no_person"}


def in_hand(tasks: Iterable[CaseTask], events: Sequence[CaseEvent]) -> dict[int, datetime]:
    """Return the open stages that somebody took or was given, with the moment; the others wait."""
    todo = [task for task in tasks if task.status == TaskStatus.OPEN]
    return {task.pk: since for task in todo if (since := _since(task, events))}


def sentence(circuit: Circuit, tasks: Iterable[CaseTask], given: Mapping[int, datetime]) -> str:
    """Return what the applicant of a request that is filed or examined reads first.

    `given` are the stages in hand, as `in_hand` returns them.
    """
    todo = [task for task in tasks if task.status == TaskStatus.OPEN]
    if asked := _asked_outside(circuit, todo):
        return _(
            "An opinion was asked of %(name)s on %(day)s."
            " Your request goes on with the answer. You have nothing to do."
        ) % {"name": asked.name, "day": _day(asked.sent_at)}
    if held := [task for task in todo if task.pk in given]:
        since = min(given.values())
        return _(
            "An agent has your request in hand since %(day)s: %(office)s. You have nothing to do."
        ) % {"day": _day(since), "office": _offices(held)}
    if todo and all(task.problem in NOBODY_YET for task in todo):
        return _(
            "Nobody is named yet for the next stage. The office must see to it:"
            " you have nothing to do."
        )
    return _(
        "Your request waits for its turn: %(office)s."
        " Requests are taken in order of arrival. You have nothing to do."
    ) % {"office": _offices(todo)}


def _since(task: CaseTask, events: Sequence[CaseEvent]) -> datetime | None:
    """Return when somebody took `task`, or was given it; None while it only waits for its person."""
    if task.assignee_id is None:
        return None
    moments = [
        event.at
        for event in events
        if event.action in GIVEN
        and event.at >= task.opened_at
        and (event.data.get("stage") == task.stage or event.data.get("to") == task.assignee_id)
    ]
    return max(moments, default=None)


def _asked_outside(circuit: Circuit, todo: Sequence[CaseTask]) -> OutsideRequest | None:
    """Return the question to an outside person on which everything waits, while it can be answered."""
    stage = circuit.find(todo[0].stage) if len(todo) == 1 else None
    if stage is None or stage.outside is None:
        return None
    return OutsideRequest.objects.answerable().filter(task=todo[0]).exclude(name="").first()


def _offices(tasks: Iterable[CaseTask]) -> str:
    return ", ".join(dict.fromkeys(task.office.name_in() for task in tasks))


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")

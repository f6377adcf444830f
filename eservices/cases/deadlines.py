"""Deadlines follow the calendar: when holidays are entered, those of open cases are worked out anew."""

import hashlib
import json
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from eservices.cases import clock
from eservices.cases.circuit import Circuit
from eservices.cases.models import OPEN, CalendarMark, Case, CaseTask, TaskStatus, TaskTimer
from eservices.cases.scope import scope
from eservices.cases.services.transitions import record
from portal.accounts.models import Office
from portal.core.models import WorkCalendar

BATCH = 200
# A pause is noted an instant after it begins: what an hour's deadline differs by, it always did.
LEAST = timedelta(minutes=1)
# The queue ends a job after two minutes, and this one would begin anew for ever.
WORK_SECONDS = 60
LOOK_BACK = timedelta(days=400)  # older holidays move no open deadline


def follow_calendars() -> int:
    """Recompute the deadlines under every calendar that changed; return how many cases moved.

    What takes longer than a job may is left, batch by batch, to the next run, which goes on there.
    """
    moved = 0
    until = time.monotonic() + WORK_SECONDS
    is_first = not CalendarMark.objects.exists()  # nothing to compare with yet
    for calendar in WorkCalendar.objects.prefetch_related("holidays", "week_changes", "office_set"):
        fingerprint = _fingerprint(calendar)
        mark, is_new = CalendarMark.objects.get_or_create(
            calendar=calendar, defaults={"fingerprint": fingerprint if is_first else ""}
        )
        if (is_new and is_first) or mark.fingerprint == fingerprint:
            continue
        if mark.doing != fingerprint:  # changed again meanwhile: from the beginning
            mark.doing, mark.cases_done, mark.stages_done = fingerprint, 0, 0
        moved += _recompute(calendar, mark, until)
    return moved


def _recompute(calendar: WorkCalendar, mark: CalendarMark, until: float) -> int:
    """Write the deadlines of the open cases, stages and timers of this calendar's offices.

    How far it came is noted after each batch: a worker killed on the way leaves one to do again.
    """
    moved = 0
    while rows := list(_cases_after(mark.cases_done, calendar)):
        for case in rows:
            due = due_now(case)
            if due is not None and case.due_at is not None and abs(due - case.due_at) >= LEAST:
                moved += _move(case, due, calendar)
        mark.cases_done = rows[-1].pk
        mark.save()
        if time.monotonic() > until:
            return moved
    offices = {one.pk: one for one in Office.objects.filter(calendar=calendar)}
    for office in offices.values():
        office.calendar = calendar
    while tasks := list(_tasks_after(mark.stages_done, offices)):
        for task in tasks:
            _recompute_stage(task, offices[task.office_id])
        mark.stages_done = tasks[-1].pk
        mark.save()
        if time.monotonic() > until:
            return moved
    mark.fingerprint, mark.doing = mark.doing, ""
    mark.save()
    return moved


def _cases_after(last: int, calendar: WorkCalendar) -> QuerySet[Case]:
    return (
        Case.objects.filter(office__calendar=calendar, status__in=OPEN, pk__gt=last)
        .select_related("version", "office__calendar")
        .prefetch_related("complements")
        .order_by("pk")[:BATCH]
    )


def _tasks_after(last: int, offices: Iterable[int]) -> QuerySet[CaseTask]:
    return (
        CaseTask.objects.filter(office__in=offices, status=TaskStatus.OPEN, pk__gt=last)
        .select_related("case__version")
        .prefetch_related("case__complements")
        .order_by("pk")[:BATCH]
    )


@transaction.atomic
def _move(case: Case, due: datetime, calendar: WorkCalendar) -> int:
    """Write the new deadline, and in the file why it moved; whoever counts deadlines is told."""
    if not Case.objects.filter(pk=case.pk, due_at=case.due_at).update(due_at=due):
        return 0  # changed meanwhile by somebody at work
    assert case.due_at is not None
    assert case.filed_at is not None
    first, last = case.filed_at.date(), max(case.due_at, due).date()
    off = [day for day in calendar.holidays.all() if first <= day.day <= last]
    weeks = [one for one in calendar.week_changes.all() if first <= one.starts_on <= last]
    data = {
        "was": case.due_at.isoformat(),
        "due": due.isoformat(),
        "days": [{"day": day.day.isoformat(), "name": day.name} for day in off],
        "weeks": [{"day": one.starts_on.isoformat(), "weekdays": one.weekdays} for one in weeks],
    }
    record(case, "calendar", event="deadline_moved", data=data)
    return 1


def due_now(case: Case) -> datetime | None:
    """Return the deadline as the calendar stands: from the filing, the pauses given back."""
    start = _started_at(case)
    if start is None:
        return None
    spec, office = case.version.spec, case.office
    due = clock.due_at(spec, office, start)
    for paused_at, resumed_at in _pauses(case, start):
        if due is not None:
            due = clock.resumed_due_at(
                spec, office, due_at=due, paused_at=paused_at, now=resumed_at
            )
    return due


def _pauses(case: Case, start: datetime) -> list[tuple[datetime, datetime]]:
    """Return when the clock stood still since `start`; an answer and a payment may be owed at once."""
    spans = [
        (one.asked_at, one.answered_at)
        for one in case.complements.all()
        if one.answered_at is not None and one.asked_at >= start
    ]
    spans += [
        (one.made_at, one.task.done_at)
        for one in case.orders.select_related("task")
        if one.task.done_at is not None and one.made_at >= start
    ]
    merged: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(spans):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((begins, ends))
    return merged


def _started_at(case: Case) -> datetime | None:
    """A case that was opened again has its delay anew."""
    reopened = case.events.filter(action="reopen").order_by("-pk").values_list("at", flat=True)
    return reopened.first() or case.filed_at


def _recompute_stage(task: CaseTask, office: Office) -> None:
    """Only working days move; what a pause added to a stage is added again."""
    stage = Circuit.of(task.case.version.spec).find(task.stage)
    if stage is None:
        return
    pauses = _pauses(task.case, task.opened_at) if stage.deadline or stage.timers else []
    with transaction.atomic():
        if stage.deadline:
            due = clock.due_at({"delay": stage.deadline}, office, task.opened_at)
            assert due is not None
            CaseTask.objects.filter(pk=task.pk).update(due_at=_after(due, pauses))
        for number, timer in enumerate(stage.timers):
            due = clock.timer_due_at(timer, office, task.opened_at, scope(task.case))
            waiting = TaskTimer.objects.filter(task=task, number=number, fired_at=None)
            waiting.update(due_at=_after(due, pauses))


def _after(due: datetime, pauses: list[tuple[datetime, datetime]]) -> datetime:
    """Return `due` after what pauses took from it, as it is given back when the clock goes on."""
    for begins, ends in pauses:
        if due > begins:
            due += ends - begins
    return due


def _fingerprint(calendar: WorkCalendar) -> str:
    """What deadlines depend on: the week, the days off, and the offices that follow them."""
    since = timezone.localdate() - LOOK_BACK
    days = sorted(day.day.isoformat() for day in calendar.holidays.all() if day.day >= since)
    offices = sorted(office.code for office in calendar.office_set.all())
    parts: list[object] = [calendar.weekdays, days, offices]
    if changes := sorted(f"{one.starts_on} {one.weekdays}" for one in calendar.week_changes.all()):
        parts.append(changes)  # absent when there is none: what was kept before still compares
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

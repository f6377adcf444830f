"""Deadlines follow the calendar: when holidays are entered, those of open cases are worked out anew."""

import hashlib
import json
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from eservices.cases import clock
from eservices.cases.circuit import Circuit
from eservices.cases.models import OPEN, CalendarMark, Case, CaseTask, TaskStatus, TaskTimer
from eservices.cases.scope import scope
from portal.accounts.models import Office
from portal.core.models import WorkCalendar

BATCH = 500
LOOK_BACK = timedelta(days=400)  # older holidays move no open deadline


def follow_calendars() -> int:
    """Recompute the deadlines under every calendar that changed; return how many cases moved."""
    moved = 0
    for calendar in WorkCalendar.objects.prefetch_related("holidays"):
        fingerprint = _fingerprint(calendar)
        mark, is_new = CalendarMark.objects.get_or_create(
            calendar=calendar, defaults={"fingerprint": fingerprint}
        )
        if is_new or mark.fingerprint == fingerprint:
            continue
        moved += recompute(calendar)
        # Written last: a worker killed on the way leaves the work to be done again.
        mark.fingerprint = fingerprint
        mark.save()
    return moved


def recompute(calendar: WorkCalendar) -> int:
    """Write the deadlines of the open cases, stages and timers of this calendar's offices."""
    moved, last = 0, 0
    while True:
        cases = (
            Case.objects.filter(office__calendar=calendar, status__in=OPEN, pk__gt=last)
            .select_related("version", "office__calendar")
            .prefetch_related("complements")
            .order_by("pk")[:BATCH]
        )
        rows = list(cases)
        if not rows:
            break
        last = rows[-1].pk
        for case in rows:
            due = due_now(case)
            if due != case.due_at:
                moved += Case.objects.filter(pk=case.pk, due_at=case.due_at).update(due_at=due)
    _recompute_stages(calendar)
    return moved


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


def _recompute_stages(calendar: WorkCalendar) -> None:
    """Only working days move; what a pause added to a stage is kept as it is."""
    offices = list(Office.objects.filter(calendar=calendar).select_related("calendar"))
    by_pk = {office.pk: office for office in offices}
    tasks = CaseTask.objects.filter(
        office__in=by_pk, status=TaskStatus.OPEN, case__complements=None, case__orders=None
    ).select_related("case__version")
    for task in tasks.order_by("pk").iterator(chunk_size=BATCH):
        stage = Circuit.of(task.case.version.spec).find(task.stage)
        if stage is None:
            continue
        office = by_pk[task.office_id]
        with transaction.atomic():
            if stage.deadline:
                due = clock.due_at({"delay": stage.deadline}, office, task.opened_at)
                CaseTask.objects.filter(pk=task.pk).update(due_at=due)
            for number, timer in enumerate(stage.timers):
                due = clock.timer_due_at(timer, office, task.opened_at, scope(task.case))
                waiting = TaskTimer.objects.filter(task=task, number=number, fired_at=None)
                waiting.update(due_at=due)


def _fingerprint(calendar: WorkCalendar) -> str:
    since = timezone.localdate() - LOOK_BACK
    days = sorted(day.day.isoformat() for day in calendar.holidays.all() if day.day >= since)
    return hashlib.sha256(json.dumps([calendar.weekdays, days]).encode()).hexdigest()

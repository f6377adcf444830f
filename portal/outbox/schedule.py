"""What the worker's parent process does every few seconds, on however many machines."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from portal import jobs
from portal.outbox.models import OutboxMessage, ScheduledRun


def sweep() -> None:
    """Wake a worker for what is due and for every job whose time has come. Cheap when nothing is."""
    now = timezone.now()
    # Before the schedule's own jobs wait in the queue: they deliver nothing.
    if OutboxMessage.objects.due(now).exists() and not jobs.anything_waiting():
        jobs.enqueue("portal.outbox.services.drain")
    _start_due_jobs(now)


def _start_due_jobs(now: datetime) -> None:
    last = dict(ScheduledRun.objects.values_list("function", "started_at"))
    for function, seconds in jobs.SCHEDULE.items():
        if function not in last or last[function] <= now - timedelta(seconds=seconds):
            _start(function, last.get(function), now)


def _start(function: str, last: datetime | None, now: datetime) -> None:
    """Enqueue `function` unless another machine has just done so."""
    with transaction.atomic():
        if last is None:
            _row, ours = ScheduledRun.objects.get_or_create(
                function=function, defaults={"started_at": now}
            )
        else:
            rows = ScheduledRun.objects.filter(function=function, started_at=last)
            ours = bool(rows.update(started_at=now))
        if ours:
            jobs.enqueue(function)

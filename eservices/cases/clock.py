"""Legal delays: working days of the office's calendar, or plain hours."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from eservices.catalog.circuits.model import Timer
from portal.accounts.models import Office
from portal.core.expressions import evaluate


def due_at(spec: Mapping[str, Any], office: Office, start: datetime) -> datetime | None:
    """Return when a request filed at `start` must be decided; None if no delay is announced."""
    delay = spec.get("delay") or {}
    if hours := delay.get("hours"):
        return start + timedelta(hours=hours)
    if days := delay.get("working_days"):
        return office.calendar.deadline(start.astimezone(ZoneInfo(office.time_zone)), days)
    return None


def timer_due_at(
    timer: Timer, office: Office, start: datetime, values: Mapping[str, Any]
) -> datetime:
    """Return when a timer of a stage opened at `start` fires: the end of the day that it names.

    A day that had come before the stage was opened leaves nobody time: the delay holds instead.
    """
    end = due_at({"delay": timer.after}, office, start)
    assert end is not None
    day = _day(evaluate(timer.day, values)) if timer.day is not None else None
    zone = ZoneInfo(office.time_zone)
    if day is None or day <= start.astimezone(zone).date():
        return end
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone)


def _day(value: Any) -> date | None:
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value)
    return value if isinstance(value, date) else None


def resumed_due_at(
    spec: Mapping[str, Any], office: Office, *, due_at: datetime, paused_at: datetime, now: datetime
) -> datetime:
    """Return the deadline after a pause: what was left when the clock stopped is left again.

    A deadline that had passed already stays passed.
    """
    if due_at <= paused_at:
        return due_at
    if (spec.get("delay") or {}).get("hours"):
        return now + (due_at - paused_at)
    zone = ZoneInfo(office.time_zone)
    left = office.calendar.working_days_between(
        paused_at.astimezone(zone).date(), due_at.astimezone(zone).date()
    )
    return office.calendar.deadline(now.astimezone(zone), left)

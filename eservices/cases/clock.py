"""Legal delays: working days of the office's calendar, or plain hours."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.accounts.models import Office


def due_at(spec: Mapping[str, Any], office: Office, start: datetime) -> datetime | None:
    """Return when a request filed at `start` must be decided; None if no delay is announced."""
    delay = spec.get("delay") or {}
    if hours := delay.get("hours"):
        return start + timedelta(hours=hours)
    if days := delay.get("working_days"):
        return office.calendar.deadline(start.astimezone(ZoneInfo(office.time_zone)), days)
    return None


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

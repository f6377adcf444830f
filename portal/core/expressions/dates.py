"""Dates in expressions: ISO texts. `1964` and `1964-05` are dates whose end is meant.

A birth known by its year only ("né vers 1964") counts as the last day of that year, so that
nobody is taken for older than he may be.
"""

import re
from calendar import monthrange
from datetime import date, timedelta

DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::[0-9]{2})?)?)?)?"
)
TIME = re.compile(r"([0-9]{2}):([0-9]{2})")
MAX_DAYS = 4_000_000


def parse(value: object) -> date | None:
    """Return the date that `value` names, its last day when partial; None when it names none."""
    match = DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 12), match[3]
    if not (1 <= year <= 9999 and 1 <= month <= 12):
        return None
    last = monthrange(year, month)[1]
    number = int(day) if day else last
    return date(year, month, number) if 1 <= number <= last else None


def order_key(value: str) -> tuple[str, int] | None:
    """Return what two dates or two times of day are compared by; None for any other text."""
    if match := TIME.fullmatch(value):
        minutes = _minutes(match[1], match[2])
        return None if minutes is None else ("time", minutes)
    day = parse(value)
    if day is None:
        return None
    match = DATE.fullmatch(value)
    minutes = _minutes(match[4], match[5]) if match and match[4] else 0
    return None if minutes is None else ("date", day.toordinal() * 1440 + minutes)


def _minutes(hours: str, minutes: str) -> int | None:
    return int(hours) * 60 + int(minutes) if int(hours) < 24 and int(minutes) < 60 else None


def add_days(day: date, days: int) -> date | None:
    if abs(days) > MAX_DAYS or not 1 <= day.toordinal() + days <= date.max.toordinal():
        return None
    return day + timedelta(days=days)


def add_months(day: date, months: int) -> date | None:
    """31 January plus one month is the last day of February."""
    if abs(months) > MAX_DAYS:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def whole_months(start: date, end: date) -> int:
    """Complete months from `start` to `end`; negative when `end` comes first."""
    if end < start:
        return -whole_months(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (end.day < start.day)


def whole_years(start: date, end: date) -> int:
    """Birthdays passed: who is born on 29 February has his on 1 March of ordinary years."""
    if end < start:
        return -whole_years(end, start)
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))

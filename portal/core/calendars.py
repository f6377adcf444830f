"""Working days: weeks differ by country, holidays are entered by an administrator."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

SUNDAY_TO_THURSDAY = frozenset({6, 0, 1, 2, 3})  # Djibouti; Monday is 0
MONDAY_TO_FRIDAY = frozenset({0, 1, 2, 3, 4})


def is_working_day(day: date, weekdays: Collection[int], holidays: Collection[date]) -> bool:
    return day.weekday() in weekdays and day not in holidays


def add_working_days(
    start: datetime, days: int, *, weekdays: Collection[int], holidays: Collection[date] = ()
) -> datetime:
    """Return the end (23:59:59, in the time zone of `start`) of the `days`-th working day after `start`.

    The day of filing does not count. :raises ValueError: if the calendar has no working day.
    """
    if not weekdays:
        raise ValueError("a calendar needs at least one working day in the week")
    day, left = start.date(), days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day, weekdays, holidays)
    return start.replace(
        year=day.year, month=day.month, day=day.day, hour=23, minute=59, second=59, microsecond=0
    )


def working_days_between(
    start: date, end: date, *, weekdays: Collection[int], holidays: Collection[date] = ()
) -> int:
    """Count the working days after `start` up to and including `end`; 0 when `end` is not later."""
    day, count = start, 0
    while day < end:
        day += timedelta(days=1)
        count += is_working_day(day, weekdays, holidays)
    return count

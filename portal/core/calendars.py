"""Working days: weeks differ by country and may change on a day, holidays are entered."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

DAYS_IN_WEEK = 7
Week = tuple[date, frozenset[int]]  # the first day on which these days of the week are worked


def week(starts_on: date, digits: Iterable[str | int]) -> Week:
    return starts_on, frozenset(int(digit) for digit in digits)


def week_on(day: date, weeks: Sequence[Week]) -> frozenset[int]:
    """Return the week in force on `day`; `weeks` are in the order of their first days."""
    return next((days for starts_on, days in reversed(weeks) if starts_on <= day), frozenset())


def is_working_day(day: date, weeks: Sequence[Week], holidays: Collection[date]) -> bool:
    return day.weekday() in week_on(day, weeks) and day not in holidays


def add_working_days(
    start: datetime, days: int, *, weeks: Sequence[Week], holidays: Collection[date] = ()
) -> datetime:
    """Return the end (23:59:59, in the time zone of `start`) of the `days`-th working day after `start`.

    The day of filing does not count. :raises ValueError: if a week has no working day.
    """
    if not weeks or not all(weekdays for _starts_on, weekdays in weeks):
        raise ValueError("a calendar needs at least one working day in the week")
    day, left = start.date(), days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day, weeks, holidays)
    return start.replace(
        year=day.year, month=day.month, day=day.day, hour=23, minute=59, second=59, microsecond=0
    )


def working_days_between(
    start: date, end: date, *, weeks: Sequence[Week], holidays: Collection[date] = ()
) -> int:
    """Count the working days after `start` up to and including `end`; 0 when `end` is not later."""
    day, count = start, 0
    while day < end:
        day += timedelta(days=1)
        count += is_working_day(day, weeks, holidays)
    return count


def days_in_words(weekdays: Iterable[int]) -> str:
    """Return the working days in the active language: “Sunday to Thursday” when they follow on."""
    days = sorted(set(weekdays))
    firsts = [day for day in days if (day - 1) % DAYS_IN_WEEK not in days]
    if len(firsts) == 1 and len(days) > 2:
        last = (firsts[0] + len(days) - 1) % DAYS_IN_WEEK
        return _("%(first)s to %(last)s") % {"first": WEEKDAYS[firsts[0]], "last": WEEKDAYS[last]}
    return ", ".join(str(WEEKDAYS[day]) for day in days)

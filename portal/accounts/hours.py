"""When a counter is open: the week in words, and whether it is open at a moment."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.accounts.models import Office
from portal.core.models import Holiday

LOOK_AHEAD = 14  # days in which the next opening is looked for
MOST_STRETCHES = 4  # a day
_STRETCH = re.compile(r"^(\d{1,2})(?:[:hH.](\d{2})?)?\s*[-–—àa]\s*(\d{1,2})(?:[:hH.](\d{2})?)?$")

Stretch = tuple[time, time]
Week = Mapping[int, list[Stretch]]
Moments = tuple[datetime, datetime]


class BadHours(ValueError):
    """What was typed is no list of hours; the message says what is expected."""


@dataclass(frozen=True)
class Day:
    """A line of the table of hours."""

    name: str
    text: str
    is_today: bool


@dataclass(frozen=True)
class Opening:
    """Whether a counter is open, in words, and until when these words are true."""

    is_open: bool
    text: str
    until: datetime | None


def week_of(office: Office) -> Week:
    """Return the hours of each day of the week; `office.hours` may be prefetched."""
    week: dict[int, list[Stretch]] = {}
    for row in office.hours.all():
        week.setdefault(row.weekday, []).append((row.opens, row.closes))
    return week


def table(office: Office, now: datetime | None = None) -> list[Day]:
    """Return the seven days in the order of the office's own week; empty when nothing is known."""
    week = week_of(office)
    if not week:
        return []
    today = _local(office, now).weekday()
    first = min((int(digit) for digit in office.calendar.weekdays[:1]), default=0)
    days = [(first + offset) % 7 for offset in range(7)]
    return [
        Day(str(WEEKDAYS[day]).capitalize(), _in_words(week.get(day, [])), day == today)
        for day in days
    ]


def opening(office: Office, now: datetime | None = None) -> Opening | None:
    """Return whether the counter is open at `now`; None when its hours are not known."""
    week = week_of(office)
    if not week:
        return None
    moment = _local(office, now)
    closed = _closed_days(office, moment.date())
    stretches = _stretches(week, moment, closed)
    for opens, closes in stretches:
        if opens <= moment < closes:
            text = _("Open now, until %(time)s") % {"time": _clock(closes)}
            return Opening(True, text, closes)
        if moment < opens:
            return Opening(False, _next_text(moment, opens), _earlier(opens, moment))
    return Opening(False, _("Closed now"), _midnight(moment))


def closed_days(office: Office, now: datetime | None = None, *, ahead: int = 60) -> list[str]:
    """Return the closed days to come in words, holidays of its calendar included."""
    today = _local(office, now).date()
    until = today + timedelta(days=ahead)
    found = [
        (closure.first, _span(closure.first, closure.last), closure.reason)
        for closure in office.closures.all()
        if closure.last >= today and closure.first <= until
    ]
    holidays = Holiday.objects.filter(calendar=office.calendar_id, day__range=(today, until))
    found += [(h.day, _span(h.day, h.day), h.name) for h in holidays]
    return [f"{span} ({reason})" if reason else span for _day, span, reason in sorted(found)]


def parse(text: str) -> list[Stretch]:
    """Return what “8:00-12:30, 15h-18h” says; nothing for an empty text. :raises BadHours:"""
    stretches: list[Stretch] = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;/]", text))):
        match = _STRETCH.match(part)
        if match is None:
            raise BadHours(_("Write hours such as 8:00-12:30, 15:00-18:00."))
        try:
            opens = time(int(match[1]), int(match[2] or 0))
            closes = time(int(match[3]), int(match[4] or 0))
        except ValueError as exc:
            raise BadHours(_("Write hours such as 8:00-12:30, 15:00-18:00.")) from exc
        if closes <= opens:
            raise BadHours(_("The counter closes after it opens."))
        if stretches and opens < stretches[-1][1]:
            raise BadHours(_("Two stretches overlap: write them in order."))
        stretches.append((opens, closes))
    if len(stretches) > MOST_STRETCHES:
        raise BadHours(_("Write hours such as 8:00-12:30, 15:00-18:00."))
    return stretches


def as_typed(stretches: Iterable[Stretch]) -> str:
    return ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in stretches)


def _stretches(week: Week, moment: datetime, closed: set[date]) -> Iterable[Moments]:
    for offset in range(LOOK_AHEAD):
        day = moment.date() + timedelta(days=offset)
        if day in closed:
            continue
        for opens, closes in week.get(day.weekday(), []):
            yield (
                datetime.combine(day, opens, tzinfo=moment.tzinfo),
                datetime.combine(day, closes, tzinfo=moment.tzinfo),
            )


def _closed_days(office: Office, today: date) -> set[date]:
    until = today + timedelta(days=LOOK_AHEAD)
    days = set(
        Holiday.objects.filter(calendar=office.calendar_id, day__range=(today, until)).values_list(
            "day", flat=True
        )
    )
    for closure in office.closures.all():
        day = max(closure.first, today)
        while day <= min(closure.last, until):
            days.add(day)
            day += timedelta(days=1)
    return days


def _local(office: Office, now: datetime | None) -> datetime:
    return (now or timezone.now()).astimezone(ZoneInfo(office.time_zone))


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.date() + timedelta(days=1), time(), tzinfo=moment.tzinfo)


def _earlier(opens: datetime, moment: datetime) -> datetime:
    # “tomorrow” becomes “today” at midnight.
    return min(opens, _midnight(moment))


def _next_text(moment: datetime, opens: datetime) -> str:
    values = {"time": _clock(opens), "day": str(WEEKDAYS[opens.weekday()])}
    days = (opens.date() - moment.date()).days
    if days == 0:
        return _("Closed now. Opens today at %(time)s") % values
    if days == 1:
        return _("Closed now. Opens tomorrow at %(time)s") % values
    if days < 7:
        return _("Closed now. Opens on %(day)s at %(time)s") % values
    values["day"] = date_format(opens.date(), "MONTH_DAY_FORMAT")
    return _("Closed now. Opens on %(day)s at %(time)s") % values


def _in_words(stretches: Iterable[Stretch]) -> str:
    words = [f"{time_format(opens)} – {time_format(closes)}" for opens, closes in stretches]
    return ", ".join(words) or pgettext("counter", "Closed")


def _clock(moment: datetime) -> str:
    return time_format(moment.time())


def _span(first: date, last: date) -> str:
    if first == last:
        return date_format(first)
    return _("%(first)s to %(last)s") % {"first": date_format(first), "last": date_format(last)}

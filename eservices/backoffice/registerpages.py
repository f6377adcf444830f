"""A register and its lines as an agent sees them."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.formdefs.reading import fold
from eservices.registers import definitions
from eservices.registers.models import (
    AmountReservation,
    EntryRevision,
    PeriodReservation,
    Register,
    RegisterEntry,
)
from portal.accounts.models import User
from portal.core.money import Money

PER_PAGE = 50
COLUMNS_SHOWN = 6
RESERVATIONS_SHOWN = 200


@dataclass(frozen=True)
class Line:
    entry: RegisterEntry
    cells: list[tuple[str, str, bool]]  # column name and text; whether it stays on one line


@dataclass(frozen=True)
class Day:
    number: int
    at: date
    taken: list[PeriodReservation]
    is_today: bool


@dataclass(frozen=True)
class Change:
    """One revision in words: who, when, and what differs from the one before."""

    revision: EntryRevision
    title: str
    differences: list[tuple[str, str, str]]


def registers_of(user: User) -> list[Register]:
    """Return the registers this person may read, with how many open lines each has."""
    lines = Count("entries", filter=Q(entries__closed_at=None))
    return list(Register.objects.for_agent(user).annotate(open_lines=lines))


class RegisterPage:
    """One register: a page of its lines, filtered by words."""

    def __init__(self, register: Register, query: Mapping[str, str], reader: User) -> None:
        self.register = register
        self.reader = reader
        self.words = str(query.get("q", "")).strip()[:100]
        self.with_closed = query.get("closed") == "1"
        self.number = query.get("page", "1")
        self.language = get_language() or "fr"

    @cached_property
    def columns(self) -> list[tuple[str, str]]:
        return definitions.columns(self.register)

    @property
    def head(self) -> list[str]:
        return [name for _key, name in self.columns[:COLUMNS_SHOWN]]

    @property
    def query(self) -> str:
        return (f"q={self.words}&" if self.words else "") + (
            "closed=1&" if self.with_closed else ""
        )

    def entries(self) -> Any:
        own = RegisterEntry.objects.filter(register=self.register)
        found = own.readable_by(self.reader).order_by("-number")
        if not self.with_closed:
            found = found.open()
        for word in fold(self.words).split():
            found = found.filter(search_text__contains=word)
        return found

    @cached_property
    def page(self) -> Page:
        return Paginator(self.entries(), PER_PAGE).get_page(self.number)

    @cached_property
    def lines(self) -> list[Line]:
        return [self._line(entry, COLUMNS_SHOWN) for entry in self.page]

    def all_lines(self) -> list[Line]:
        """Return every line, for the printed register."""
        return [self._line(entry, None) for entry in self.entries().order_by("number")]

    def _line(self, entry: RegisterEntry, most: int | None) -> Line:
        entry.register = self.register
        texts = definitions.texts(self.register, entry.values, self.language)
        days = self._days
        return Line(entry, [(name, texts[key], key in days) for key, name in self.columns[:most]])

    @cached_property
    def _days(self) -> set[str]:
        fields = definitions.compiled(self.register).fields
        return {field.key for field in fields if field.type.key in ("date", "partial_date")}


class EntryPage:
    """One line: what it says, its balance, its calendar, what it ever said."""

    def __init__(self, entry: RegisterEntry, month: str = "") -> None:
        self.entry, self.register = entry, entry.register
        self.language = get_language() or "fr"
        self.month = _month(month)

    @cached_property
    def rows(self) -> list[tuple[str, str]]:
        texts = definitions.texts(self.register, self.entry.values, self.language)
        return [(name, texts[key]) for key, name in definitions.columns(self.register)]

    @property
    def balance(self) -> list[tuple[str, str, int]]:
        """Credit, reserved, spent and left, each with its share of the credit."""
        entry = self.entry
        whole = max(1, entry.credit or 0)
        amounts = [
            (_("Credit"), entry.credit or 0),
            (_("Reserved"), entry.reserved),
            (_("Spent"), entry.consumed),
            (_("Left"), entry.available),
        ]
        return [
            (name, str(entry.money(amount)), max(0, min(100, round(100 * amount / whole))))
            for name, amount in amounts
        ]

    @property
    def reserved_money(self) -> Money:
        return self.entry.money(self.entry.reserved)

    @cached_property
    def amounts(self) -> list[AmountReservation]:
        found = list(self.entry.amounts.select_related("made_by")[:RESERVATIONS_SHOWN])
        for one in found:
            one.entry = self.entry
        return found

    @cached_property
    def periods(self) -> list[PeriodReservation]:
        """What takes the line from today on, and what took it in the month shown."""
        since = min(timezone.now(), self._bounds[0])
        found = self.entry.periods.standing().filter(ends_at__gt=since)
        return list(found.order_by("starts_at")[:RESERVATIONS_SHOWN])

    @property
    def coming(self) -> list[tuple[PeriodReservation, date, date]]:
        now = timezone.now()
        return [(one, *_days(one)) for one in self.periods if one.ends_at > now]

    @property
    def _bounds(self) -> tuple[datetime, datetime]:
        first = datetime.combine(self.month, datetime.min.time())
        start = timezone.make_aware(first)
        return start, start + timedelta(days=31)

    @cached_property
    def weeks(self) -> list[list[Day | None]]:
        """The month shown, week by week, with who has the line each day."""
        today = timezone.localdate()
        taken: dict[date, list[PeriodReservation]] = {}
        for one in self.periods:
            first, last = _days(one)
            for offset in range(min(366, (last - first).days + 1)):
                taken.setdefault(first + timedelta(days=offset), []).append(one)
        weeks: list[list[Day | None]] = []
        for week in calendar.Calendar().monthdatescalendar(self.month.year, self.month.month):
            weeks.append(
                [
                    Day(day.day, day, taken.get(day, []), day == today)
                    if day.month == self.month.month
                    else None
                    for day in week
                ]
            )
        return weeks

    @property
    def weekdays(self) -> list[str]:
        monday = date(2024, 1, 1)
        return [date_format(monday + timedelta(days=n), "D") for n in range(7)]

    @property
    def month_name(self) -> str:
        return date_format(self.month, "F Y")

    @property
    def previous_month(self) -> str:
        return f"{self.month - timedelta(days=1):%Y-%m}"

    @property
    def next_month(self) -> str:
        return f"{self.month + timedelta(days=31):%Y-%m}"

    @cached_property
    def history(self) -> list[Change]:
        titles = {
            "added": _("Line written"),
            "changed": _("Line changed"),
            "closed": _("Line closed"),
            "reopened": _("Line opened again"),
        }
        revisions = list(self.entry.revisions.select_related("author"))
        changes = []
        for number, revision in enumerate(revisions):
            older = revisions[number + 1].values if number + 1 < len(revisions) else None
            differences = self._differences(older, revision.values) if older is not None else []
            changes.append(Change(revision, titles.get(revision.action, ""), differences))
        return changes

    def _differences(
        self, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> list[tuple[str, str, str]]:
        old = definitions.texts(self.register, before, self.language)
        new = definitions.texts(self.register, after, self.language)
        names = dict(definitions.columns(self.register))
        return [(names[key], old[key], new[key]) for key in names if old[key] != new[key]]


def _days(one: PeriodReservation) -> tuple[date, date]:
    """Return first and last day; an end at midnight leaves that day free."""
    ends = timezone.localtime(one.ends_at) - timedelta(seconds=1)
    return timezone.localtime(one.starts_at).date(), ends.date()


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return timezone.localdate().replace(day=1)

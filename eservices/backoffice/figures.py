"""What was received, done and how fast: counted from the cases themselves, in few queries."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.http import QueryDict
from django.utils import timezone

from eservices.cases.models import (
    Case,
    CaseEvent,
    CaseTask,
    Complement,
    Decision,
    Outcome,
    TaskStatus,
)
from eservices.cases.workflow import Action
from portal.accounts.models import User

DAYS = 30  # shown when nothing is chosen
LONGEST = timedelta(days=366)
AGES = (3, 7, 15, 30)  # limits of the age groups of what is open, in days


@dataclass(frozen=True)
class Period:
    """Whole days of the office's clock, both ends included."""

    start: date
    end: date
    zone: ZoneInfo

    @classmethod
    def read(cls, query: QueryDict, zone: ZoneInfo) -> "Period":
        """Return what was chosen, a year at most; nonsense is no choice."""
        today = timezone.localdate(timezone=zone)
        end = min(_day(query.get("to", "")) or today, today)
        start = _day(query.get("from", "")) or end - timedelta(days=DAYS - 1)
        if start > end:
            start, end = end, start
        return cls(max(start, end - LONGEST), min(end, today), zone)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        first = datetime.combine(self.start, time.min, tzinfo=self.zone)
        return first, datetime.combine(self.end + timedelta(days=1), time.min, tzinfo=self.zone)

    def within(self, name: str) -> Q:
        first, after = self.bounds
        return Q(**{f"{name}__gte": first, f"{name}__lt": after})

    @property
    def query(self) -> str:
        return f"from={self.start:%Y-%m-%d}&to={self.end:%Y-%m-%d}"


@dataclass
class Figures:
    """The figures of one service, office or person."""

    received: int = 0
    taken: int = 0
    stages: int = 0
    complements: int = 0
    granted: int = 0
    refused: int = 0
    on_time: int = 0
    with_deadline: int = 0
    delays: list[timedelta] = field(default_factory=list)
    motives: Counter[tuple[int, str]] = field(default_factory=Counter)
    ages: list[int] = field(default_factory=lambda: [0] * (len(AGES) + 1))

    @property
    def decided(self) -> int:
        return self.granted + self.refused

    @property
    def open(self) -> int:
        return sum(self.ages)

    @property
    def average(self) -> timedelta | None:
        return sum(self.delays, timedelta()) / len(self.delays) if self.delays else None

    @property
    def median(self) -> timedelta | None:
        if not self.delays:
            return None
        ordered, middle = sorted(self.delays), len(self.delays) // 2
        return (ordered[middle] + ordered[~middle]) / 2

    @property
    def slowest_tenth(self) -> timedelta | None:
        """The delay that nine decisions in ten did not exceed (nearest rank)."""
        if not self.delays:
            return None
        return sorted(self.delays)[-(-9 * len(self.delays) // 10) - 1]

    @property
    def share_on_time(self) -> int | None:
        """Per cent of the decisions that had a deadline; never rounded up to a hundred."""
        return 100 * self.on_time // self.with_deadline if self.with_deadline else None

    def add_decision(self, row: "DecisionRow") -> None:
        if row.outcome == Outcome.GRANTED:
            self.granted += 1
        else:
            self.refused += 1
            self.motives[row.eservice_id, row.motive] += 1
        self.delays.append(row.decided_at - row.filed_at)
        if row.due_at is not None:
            self.with_deadline += 1
            self.on_time += row.decided_at <= row.due_at


@dataclass(frozen=True)
class DecisionRow:
    office_id: int
    eservice_id: int
    outcome: str
    motive: str
    motive_label: dict[str, str]
    proposed_by: int | None
    decided_by: int
    filed_at: datetime
    decided_at: datetime
    due_at: datetime | None


@dataclass(frozen=True)
class Activity:
    """What happened in these offices in a period, grouped by place and service, and by person."""

    places: dict[tuple[int, int], Figures]  # office and service
    people: dict[tuple[int, int], Figures]  # office and person
    labels: dict[tuple[int, str], dict[str, str]]  # service and motive

    @classmethod
    def of(cls, office_ids: Sequence[int], period: Period, user: User | None = None) -> "Activity":
        """Count; with `user` only what that person did. Six queries, whatever the numbers."""
        activity = cls({}, {}, {})
        activity._count_decisions(_decisions(office_ids, period, user))
        activity._count_work(office_ids, period, user)
        activity._count_open(office_ids, user)
        if user is None:
            rows = Case.objects.filter(period.within("filed_at"), office_id__in=office_ids)
            places = rows.values_list("office_id", "eservice_id")
            for office, service, number in places.annotate(n=Count("pk")).order_by():
                activity._place(office, service).received += number
        return activity

    def services(self, office_ids: Iterable[int]) -> dict[int, Figures]:
        wanted = set(office_ids)
        return _merged((key[1], one) for key, one in self.places.items() if key[0] in wanted)

    def offices(self, office_ids: Iterable[int]) -> dict[int, Figures]:
        wanted = set(office_ids)
        return _merged((key[0], one) for key, one in self.places.items() if key[0] in wanted)

    def persons(self, office_ids: Iterable[int]) -> dict[int, Figures]:
        wanted = set(office_ids)
        return _merged((key[1], one) for key, one in self.people.items() if key[0] in wanted)

    def person(self, user: User) -> Figures:
        return total(one for key, one in self.people.items() if key[1] == user.pk)

    def _place(self, office: int, service: int) -> Figures:
        return self.places.setdefault((office, service), Figures())

    def _person(self, office: int, person: int) -> Figures:
        return self.people.setdefault((office, person), Figures())

    def _count_decisions(self, rows: Iterable[DecisionRow]) -> None:
        for row in rows:
            self._place(row.office_id, row.eservice_id).add_decision(row)
            for person in {row.proposed_by, row.decided_by} - {None}:
                self._person(row.office_id, person).add_decision(row)  # type: ignore[arg-type]
            if row.motive:
                self.labels[row.eservice_id, row.motive] = row.motive_label

    def _count_work(self, office_ids: Sequence[int], period: Period, user: User | None) -> None:
        asked = Complement.objects.filter(period.within("asked_at"), case__office__in=office_ids)
        takes = CaseEvent.objects.filter(
            period.within("at"), action=Action.TAKE, case__office__in=office_ids
        )
        tasks = CaseTask.objects.filter(
            period.within("done_at"), status=TaskStatus.DONE, office__in=office_ids
        ).exclude(done_by=None)
        if user is not None:
            asked, takes = asked.filter(asked_by=user), takes.filter(actor=user)
            tasks = tasks.filter(done_by=user)
        questions = asked.order_by().values_list("case__office", "case__eservice", "asked_by")
        for office, service, person, number in questions.annotate(n=Count("pk")):
            self._place(office, service).complements += number
            self._person(office, person).complements += number
        for office, taker, number in (
            takes.order_by().values_list("case__office", "actor").annotate(n=Count("pk"))
        ):
            self._person(office, taker).taken += number
        for office, doer, number in (
            tasks.order_by().values_list("office", "done_by").annotate(n=Count("pk"))
        ):
            self._person(office, doer).stages += number

    def _count_open(self, office_ids: Sequence[int], user: User | None) -> None:
        cases = Case.objects.for_offices(list(office_ids)).open().order_by()
        if user is not None:
            cases = cases.filter(assignee=user)
        now = timezone.now()
        limits = [now - timedelta(days=days) for days in AGES]
        # The number that is older than each limit; the groups are the differences.
        older: dict[str, Any] = {
            f"older_{index}": Count("pk", filter=Q(filed_at__lte=limit))
            for index, limit in enumerate(limits)
        }
        keys = ("office_id", "eservice_id", "assignee_id")
        for row in cases.values(*keys).annotate(every=Count("pk"), **older):
            counts = [row["every"], *(row[name] for name in older), 0]
            ages = [counts[index] - counts[index + 1] for index in range(len(AGES) + 1)]
            groups = [self._place(row["office_id"], row["eservice_id"])]
            if row["assignee_id"]:
                groups.append(self._person(row["office_id"], row["assignee_id"]))
            for group in groups:
                group.ages = [old + new for old, new in zip(group.ages, ages, strict=True)]


def total(parts: Iterable[Figures]) -> Figures:
    """Add figures up; the delays of all are looked at together."""
    whole = Figures()
    for part in parts:
        for name in ("received", "taken", "stages", "complements", "granted", "refused"):
            setattr(whole, name, getattr(whole, name) + getattr(part, name))
        whole.on_time += part.on_time
        whole.with_deadline += part.with_deadline
        whole.delays += part.delays
        whole.motives += part.motives
        whole.ages = [old + new for old, new in zip(whole.ages, part.ages, strict=True)]
    return whole


def _merged(pairs: Iterable[tuple[int, Figures]]) -> dict[int, Figures]:
    groups: dict[int, list[Figures]] = {}
    for key, one in pairs:
        groups.setdefault(key, []).append(one)
    return {key: total(parts) for key, parts in groups.items()}


def _decisions(
    office_ids: Sequence[int], period: Period, user: User | None
) -> Iterable[DecisionRow]:
    rows = Decision.objects.filter(period.within("decided_at"), case__office__in=office_ids)
    if user is not None:
        rows = rows.filter(Q(proposed_by=user) | Q(decided_by=user))
    names = (
        "case__office_id", "case__eservice_id", "outcome", "motive", "motive_label",
        "proposed_by_id", "decided_by_id", "case__filed_at", "decided_at", "case__due_at",
    )  # fmt: skip
    values: Any = rows.values_list(*names)
    return (DecisionRow(*row) for row in values.iterator(chunk_size=2000))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year >= 2000 else None

"""What one case counts for. The only definition: maintenance, rebuild and check all ask here."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from eservices.cases.models import (
    CLOCK_RUNS,
    OPEN,
    Case,
    CaseEvent,
    CaseStatus,
    CaseTask,
    Complement,
    Decision,
    Outcome,
    TaskStatus,
)
from eservices.figures.models import Kind

MARK = ":"
HOURS = 48  # delays are kept by the hour for two days, by the day afterwards: as they are told


class Key(NamedTuple):
    office: int
    eservice: int | None
    person: int | None
    kind: str
    detail: str
    day: date
    bin: int


class Amount(NamedTuple):
    n: int
    seconds: int


Amounts = dict[Key, Amount]


def add(amounts: Amounts, key: Key, n: int, seconds: int = 0) -> None:
    """Add to what `amounts` holds under `key`; what comes to nothing disappears."""
    old = amounts.get(key, Amount(0, 0))
    new = Amount(old.n + n, old.seconds + seconds)
    if new == (0, 0):
        amounts.pop(key, None)
    else:
        amounts[key] = new


def bin_of(delay: timedelta) -> int:
    """Return the class of a delay: its whole hours below two days, its whole days above."""
    hours = max(0, int(delay.total_seconds()) // 3600)
    return hours if hours < HOURS else HOURS - 2 + hours // 24


def bin_start(number: int) -> timedelta:
    """Return the shortest delay of a class: what the figures tell, never more than the truth."""
    if number < HOURS:
        return timedelta(hours=number)
    return timedelta(days=number - HOURS + 2)


def motive_of(eservice_id: int, motive: str) -> str:
    """Return the detail of a person's refusal: the motive, with the e-service whose word it is."""
    return f"{eservice_id}{MARK}{motive}"


def motive_in(detail: str) -> tuple[int, str] | None:
    """Return e-service and motive of a person's refusal; None where none was kept."""
    eservice, mark, motive = detail.partition(MARK)
    return (int(eservice), motive) if mark and eservice.isdecimal() else None


def of(case_ids: Collection[int]) -> dict[int, Amounts]:
    """Return what each of these cases counts for as it stands now; five queries."""
    found: dict[int, Amounts] = {pk: {} for pk in case_ids}
    decided = Decision.objects.filter(case__in=case_ids)
    columns = ("case_id", "outcome", "motive", "proposed_by_id", "decided_by_id")
    decisions = {row[0]: _Decision(*row[1:]) for row in decided.values_list(*columns)}
    takes = _grouped(
        CaseEvent.objects.filter(case__in=case_ids, action="take").values_list(
            "case_id", "actor_id", "at"
        )
    )
    asked = _grouped(
        Complement.objects.filter(case__in=case_ids).values_list(
            "case_id", "asked_by_id", "asked_at"
        )
    )
    stages = _grouped(
        CaseTask.objects.filter(
            case__in=case_ids, status=TaskStatus.DONE, done_at__isnull=False
        ).values_list("case_id", "done_by_id", "done_at")
    )
    # Practice counts for nothing.
    rows: Any = Case.objects.filter(pk__in=case_ids, office__is_training=False).values_list(
        "pk", "status", "office_id", "eservice_id", "assignee_id", "filed_at", "due_at",
        "decided_at", "ended_at", "office__time_zone",
    )  # fmt: skip
    for row in rows:
        case = _Case(*row)
        count = _Count(case, ZoneInfo(case.time_zone), {})
        count.life()
        count.decision(decisions.get(case.pk))
        for person, at in takes[case.pk]:
            count.put(Kind.TAKEN, at, person) if person else None
        for person, at in stages[case.pk]:
            count.put(Kind.STAGE, at, person) if person else None
        for person, at in asked[case.pk]:
            count.put(Kind.ASKED, at, None)
            count.put(Kind.ASKED, at, person) if person else None
        found[case.pk] = count.amounts
    return found


class _Case(NamedTuple):
    pk: int
    status: str
    office_id: int
    eservice_id: int
    assignee_id: int | None
    filed_at: datetime | None
    due_at: datetime | None
    decided_at: datetime | None
    ended_at: datetime | None
    time_zone: str


class _Decision(NamedTuple):
    outcome: str
    motive: str
    proposed_by_id: int | None
    decided_by_id: int | None


@dataclass(frozen=True)
class _Count:
    case: _Case
    zone: ZoneInfo
    amounts: Amounts

    def put(
        self, kind: Kind, at: datetime, person: int | None, *, detail: str = "",
        delay: timedelta | None = None,
    ) -> None:  # fmt: skip
        case = self.case
        day = at.astimezone(self.zone).date()
        place = bin_of(delay) if delay is not None else 0
        seconds = max(0, int(delay.total_seconds())) if delay is not None else 0
        service = case.eservice_id if person is None else None
        key = Key(case.office_id, service, person, kind.value, detail, day, place)
        add(self.amounts, key, 1, seconds)

    def life(self) -> None:
        case = self.case
        if case.status == CaseStatus.WITHDRAWN and case.ended_at:
            self.put(Kind.WITHDRAWN, case.ended_at, None)
        if case.filed_at is None:
            return
        self.put(Kind.RECEIVED, case.filed_at, None)
        if case.status in OPEN:
            self.put(Kind.OPEN, case.filed_at, None)
            if case.assignee_id:
                self.put(Kind.OPEN, case.filed_at, case.assignee_id)
        if case.status in CLOCK_RUNS and case.due_at:
            self.put(Kind.DUE, case.due_at, None)

    def decision(self, decision: _Decision | None) -> None:
        case = self.case
        if decision is None or case.decided_at is None or case.filed_at is None:
            return
        granted = decision.outcome == Outcome.GRANTED
        kind, motive = (Kind.GRANTED, "") if granted else (Kind.REFUSED, decision.motive)
        delay = case.decided_at - case.filed_at
        for person in {None, decision.proposed_by_id, decision.decided_by_id}:
            # What a person did is kept whatever the e-service, and a motive is a word of one.
            about = motive if person is None or not motive else motive_of(case.eservice_id, motive)
            self.put(kind, case.decided_at, person, detail=about, delay=delay)
            if case.due_at:
                self.put(Kind.DATED, case.decided_at, person)
            if case.due_at and case.decided_at <= case.due_at:
                self.put(Kind.KEPT, case.decided_at, person)


def _grouped(rows: Iterable[tuple[int, Any, Any]]) -> defaultdict[int, list[tuple[Any, Any]]]:
    groups: defaultdict[int, list[tuple[Any, Any]]] = defaultdict(list)
    for case_id, person, at in rows:
        groups[case_id].append((person, at))
    return groups

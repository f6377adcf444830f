"""What each counter of the queue shows: of an office's own cases, and of what others ask of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.db.models.lookups import IsNull
from django.utils import timezone

from eservices.backoffice.access import Agent
from eservices.cases.models import (
    CLOCK_RUNS,
    OPEN,
    Case,
    CaseEvent,
    CaseQuerySet,
    CaseStatus,
    CaseTask,
    CaseTaskQuerySet,
    StatusIs,
)
from eservices.figures.models import CaseTally

UNTOUCHED = timedelta(days=5)  # without any event: somebody should ask why


@dataclass(frozen=True)
class Clock:
    """The moments that decide what a counter counts."""

    now: datetime
    tomorrow: datetime  # the next midnight
    untouched: datetime  # who has done nothing since then has left the case alone

    @classmethod
    def read(cls) -> "Clock":
        now = timezone.now()
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(now, midnight + timedelta(days=1), now - UNTOUCHED)

    def today(self, column: str) -> dict[str, Any]:
        return {f"{column}__gte": self.now, f"{column}__lt": self.tomorrow}


@dataclass(frozen=True)
class Desk:
    """The places that one look at the queue is about, who looks, and when."""

    agent: Agent
    office_ids: Sequence[int]
    clock: Clock = field(default_factory=Clock.read)

    def asked(self, show: str = "") -> CaseTaskQuerySet:
        """Return the open stages that these offices do on the cases of others, or one counter's."""
        stages = CaseTask.objects.open().filter(office__in=self.office_ids, is_guest=True)
        stages = self._readable(stages.filter(case_status__in=OPEN))
        if show == "other":
            return stages.none()
        return stages.filter(self._of_stages()[show]) if show not in ("", "guest") else stages

    def held(self) -> CaseTaskQuerySet:
        """Return the open stages that this person has, alone or beside colleagues."""
        own = CaseTask.objects.open().filter(assignee=self.agent.user)
        return own.filter(office__in=self.office_ids)

    def to_sign(self) -> CaseTaskQuerySet:
        """Return the open signatures that this person's roles allow."""
        return CaseTask.objects.open().filter(self._signs(), kind="signature")

    def _signs(self) -> Q:
        mine = Q()
        for row in self.agent.memberships:
            if row.office_id in self.office_ids:
                mine |= Q(office_id=row.office_id, role=row.role)
        return mine

    def narrow(self, cases: CaseQuerySet, show: str, limit: int | None = None) -> CaseQuerySet:
        """Leave of these offices' own cases what one counter counts; `limit` of them will do."""
        match show:
            case "overdue":
                return cases.filter(status__in=CLOCK_RUNS, due_at__lt=self.clock.now)
            case "today":
                return cases.filter(status__in=CLOCK_RUNS, **self.clock.today("due_at"))
            case "untouched":
                return cases.filter(StatusIs(CLOCK_RUNS), pk__in=self.untouched(limit))
            case "other":
                # Asked of the few that are marked, one by one: the country has many such stages.
                asked = _open_stages(is_guest=True).exclude(office__in=self.office_ids)
                return cases.open().filter(_found(asked), asks_elsewhere=True)
            case "unassigned":
                own = _found(_open_stages(is_guest=False))
                return cases.waiting().filter(Q(asks_elsewhere=False) | own)
            case "waiting":
                return cases.filter(status=CaseStatus.AWAITING_APPLICANT)
            case "mine":
                return cases.open().filter(pk__in=self.held().values("case"))
            case "sign":
                return cases.filter(pk__in=self.to_sign().values("case"))
            case "guest":
                return cases.none()
        return cases

    def count_asked(self, shows: Collection[str]) -> QuerySet[Any, Any]:
        """Return one object with how many cases `asked` finds for each counter, in one pass.

        "guest" is all of it; the others leave aside cases that are these offices' own besides.
        """
        conditions = {name: each for name, each in self._of_stages().items() if name in shows}
        if len(self.office_ids) > 1:  # what one office asks of another of these is in hand already
            elsewhere = ~Q(case__office__in=self.office_ids)
            conditions = {name: each & elsewhere for name, each in conditions.items()}
        counts = {
            name: Count("case", distinct=True, filter=each) for name, each in conditions.items()
        }
        counts["guest"] = Count("case", distinct=True)
        tasks = self.asked().order_by()
        whole = tasks.annotate(whole=Value(1)).values("whole")  # as one group, nothing is sorted
        return whole.annotate(counts=JSONObject(**counts)).values("counts")

    def _of_stages(self) -> dict[str, Q]:
        """Return the conditions on a stage that is asked here, by counter."""
        clock, running = self.clock, Q(case_status__in=CLOCK_RUNS)
        # Before the events are looked at, one by one: as "not exists" the country's are listed.
        taken = Q(assignee__isnull=False) & running & Q(filed_at__lt=clock.untouched)
        touched = CaseEvent.objects.filter(case=OuterRef("case"), at__gte=clock.untouched)
        today = Q(**clock.today("due_at")) | Q(**clock.today("case_due_at"))
        return {
            "overdue": running & (Q(due_at__lt=clock.now) | Q(case_due_at__lt=clock.now)),
            "today": running & today,
            "untouched": taken & ~_found(touched),
            "unassigned": Q(assignee=None) & running,
            "waiting": Q(case_status=CaseStatus.AWAITING_APPLICANT),
            "mine": Q(assignee=self.agent.user),
            "sign": self._signs() & Q(kind="signature"),
        }

    def _readable(self, tasks: CaseTaskQuerySet) -> CaseTaskQuerySet:
        """Leave out stages of cases restricted to others; each restricted one is asked for alone."""
        known = Case.objects.filter(self.agent.known_here, pk=OuterRef("case"))
        # Mostly the stage itself is this person's to do, and says so without another look.
        return tasks.filter(Q(case_is_restricted=False) | self.agent.acts_on | _found(known))

    def untouched(self, limit: int | None = None) -> QuerySet[Any, Any]:
        """Return the taken cases of these offices that nobody has touched for days.

        As the figures know it, some seconds after the act: the events of each are not read.
        """
        held = CaseTally.objects.untouched(self.office_ids, self.clock.untouched)
        return held.order_by("moved_at").values("case")[:limit] if limit else held.values("case")


def untouched(cases: CaseQuerySet) -> CaseQuerySet:
    """Return those that somebody has taken and nobody has touched for days."""
    return _not_touched(cases).filter(assignee__isnull=False)


def _not_touched(cases: CaseQuerySet) -> CaseQuerySet:
    limit = timezone.now() - UNTOUCHED
    touched = CaseEvent.objects.filter(case=OuterRef("pk"), at__gte=limit)
    return cases.filter(StatusIs(CLOCK_RUNS), ~Exists(touched), filed_at__lt=limit)


def _open_stages(*, is_guest: bool) -> CaseTaskQuerySet:
    """Return the open stages of the case that a query is at, done by its own office or elsewhere."""
    return CaseTask.objects.open().filter(case=OuterRef("pk"), is_guest=is_guest)


def _found(rows: QuerySet[Any, Any]) -> Q:
    return Q(IsNull(Subquery(rows.order_by().values("pk")[:1]), False))


def open_cases_of(user_id: int) -> Q:
    """Tell which open cases somebody has, or has a branch of."""
    held = CaseTask.objects.open().filter(assignee=user_id)
    return Q(pk__in=held.values("case"))

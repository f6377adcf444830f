"""What each counter of the queue shows: of an office's own cases, and of what others ask of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from eservices.backoffice.access import Agent
from eservices.cases.models import (
    CLOCK_RUNS,
    CaseEvent,
    CaseQuerySet,
    CaseStatus,
    CaseTask,
    CaseTaskQuerySet,
    StatusIs,
)

UNTOUCHED = timedelta(days=5)  # without any event: somebody should ask why


@dataclass(frozen=True)
class Desk:
    """The places that one look at the queue is about, and who looks."""

    agent: Agent
    office_ids: Sequence[int]

    def asked(self) -> CaseTaskQuerySet:
        """Return the open stages that these offices do on the cases of others."""
        return CaseTask.objects.open().filter(office__in=self.office_ids, is_guest=True)

    def held(self) -> CaseTaskQuerySet:
        """Return the open stages that this person has, alone or beside colleagues."""
        own = CaseTask.objects.open().filter(assignee=self.agent.user)
        return own.filter(office__in=self.office_ids)

    def to_sign(self) -> CaseTaskQuerySet:
        """Return the open signatures that this person's roles allow."""
        mine = Q()
        for row in self.agent.memberships:
            if row.office_id in self.office_ids:
                mine |= Q(office_id=row.office_id, role=row.role)
        return CaseTask.objects.open().filter(mine, kind="signature")

    def narrow(self, cases: CaseQuerySet, show: str) -> CaseQuerySet:
        """Leave of these offices' own cases what one counter counts."""
        match show:
            case "overdue":
                return cases.overdue()
            case "today":
                return cases.filter(status__in=CLOCK_RUNS, **_today("due_at"))
            case "untouched":
                return untouched(cases)
            case "other":
                # Guest tasks are few, and found first: asking every open case for its own is slow.
                elsewhere = CaseTask.objects.open().filter(is_guest=True)
                elsewhere = elsewhere.exclude(office__in=self.office_ids)
                return cases.open().filter(pk__in=elsewhere.values("case"))
            case "unassigned":
                return cases.waiting().exclude(pk__in=_all_elsewhere().values("case"))
        return self._narrow_either(cases, show)

    def narrow_asked(self, cases: CaseQuerySet, show: str) -> CaseQuerySet:
        """Leave of the cases of others what one counter counts: by the stage that is asked here."""
        match show:
            case "overdue":
                now = timezone.now()
                late = self.asked().filter(due_at__lt=now)
                running = cases.filter(StatusIs(CLOCK_RUNS))
                return running.filter(Q(pk__in=late.values("case")) | Q(due_at__lt=now))
            case "today":
                today = self.asked().filter(**_today("due_at"))
                running = cases.filter(StatusIs(CLOCK_RUNS))
                return running.filter(Q(pk__in=today.values("case")) | Q(**_today("due_at")))
            case "untouched":
                taken = self.asked().filter(assignee__isnull=False)
                return _not_touched(cases).filter(pk__in=taken.values("case"))
            case "other":
                return cases.none()
            case "unassigned":
                free = self.asked().filter(assignee=None)
                return cases.filter(StatusIs(CLOCK_RUNS), pk__in=free.values("case"))
        return self._narrow_either(cases, show)

    def _narrow_either(self, cases: CaseQuerySet, show: str) -> CaseQuerySet:
        match show:
            case "waiting":
                return cases.filter(status=CaseStatus.AWAITING_APPLICANT)
            case "mine":
                return cases.open().filter(pk__in=self.held().values("case"))
            case "sign":
                return cases.filter(pk__in=self.to_sign().values("case"))
        return cases


def untouched(cases: CaseQuerySet) -> CaseQuerySet:
    """Return those that somebody has taken and nobody has touched for days."""
    return _not_touched(cases).filter(assignee__isnull=False)


def _not_touched(cases: CaseQuerySet) -> CaseQuerySet:
    limit = timezone.now() - UNTOUCHED
    touched = CaseEvent.objects.filter(case=OuterRef("pk"), at__gte=limit)
    return cases.filter(StatusIs(CLOCK_RUNS), ~Exists(touched), filed_at__lt=limit)


def _all_elsewhere() -> QuerySet[Any, Any]:
    """Return the open stages done elsewhere on cases whose own office has nothing to do meanwhile."""
    own = CaseTask.objects.open().filter(case=OuterRef("case"), is_guest=False)
    return CaseTask.objects.open().filter(~Exists(own), is_guest=True)


def _today(column: str) -> dict[str, Any]:
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return {f"{column}__gte": now, f"{column}__lt": midnight + timedelta(days=1)}


def open_cases_of(user_id: int) -> Q:
    """Tell which open cases somebody has, or has a branch of."""
    held = CaseTask.objects.open().filter(assignee=user_id)
    return Q(pk__in=held.values("case"))

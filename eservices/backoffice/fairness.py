"""What a chief should see of how files were handled: order, waiting, looking, passing on."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from eservices.backoffice import wording
from eservices.backoffice.queue import untouched
from eservices.cases.models import CLOCK_RUNS, Case, CaseEvent, CaseReading
from eservices.cases.workflow import Action
from eservices.figures.periods import Period
from portal.accounts.models import User

SHOWN = 100


@dataclass(frozen=True)
class Held:
    """A file that its holder has left alone for more than half of its delay."""

    case: Case
    untouched: timedelta

    @property
    def text(self) -> str:
        return wording.span(self.untouched)


@dataclass(frozen=True)
class Listed:
    """The newest entries, and how many there are in all."""

    rows: list[Any]
    number: int

    @property
    def is_cut(self) -> bool:
        return self.number > len(self.rows)


@dataclass(frozen=True)
class Fairness:
    """The report on some offices in one period; what is held is held now."""

    office_ids: list[int]
    period: Period

    def out_of_order(self) -> Listed:
        """Takes that passed older files over, with the motive given."""
        return _listed(self._events().filter(action=Action.TAKE, data__skipped__gt=0))

    def reassigned(self) -> Listed:
        """Files that a chief, or the portal that distributes, took from somebody for another."""
        listed = _listed(self._events().filter(action=Action.ASSIGN, data__method="chief"))
        keys = {row.data.get(side) for row in listed.rows for side in ("from", "to")}
        people = User.objects.in_bulk([key for key in keys if isinstance(key, int)])
        for row in listed.rows:
            row.taken_from, row.given_to = (people.get(row.data.get(s)) for s in ("from", "to"))
        return listed

    def untouched(self) -> int:
        """How many taken files nobody has touched for days, as of now."""
        cases = untouched(Case.objects.for_offices(self.office_ids))
        return cases.count()

    def passed_on(self) -> Listed:
        """Files given back to the queue or passed to another office."""
        return _listed(self._events().filter(action__in=[Action.RELEASE, Action.TRANSFER]))

    def readings(self) -> Listed:
        """Files opened by somebody without work on them, with the reason given."""
        rows = CaseReading.objects.filter(self.period.within("at"), office__in=self.office_ids)
        return _listed(rows.exclude(reason="").select_related("case", "reader"))

    def held(self) -> Listed:
        """Taken files on which the holder has done nothing for more than half the delay."""
        now = timezone.now()
        by_holder = Q(events__actor=F("assignee"))
        cases = (
            Case.objects.for_offices(self.office_ids)
            .filter(status__in=CLOCK_RUNS, assignee__isnull=False, due_at__isnull=False)
            .annotate(touched_at=Max("events__at", filter=by_holder))
            .select_related("assignee", "eservice")
            .defer("answers", "search_text")
        )
        found = []
        for case in cases:
            assert case.filed_at is not None
            assert case.due_at is not None
            untouched = now - (case.touched_at or case.filed_at)
            if untouched > (case.due_at - case.filed_at) / 2:
                found.append(Held(case, untouched))
        found.sort(key=lambda one: one.untouched, reverse=True)
        return Listed(found[:SHOWN], len(found))

    def _events(self) -> QuerySet[CaseEvent]:
        scope = Q(case__office__in=self.office_ids)
        return CaseEvent.objects.filter(scope, self.period.within("at")).select_related(
            "case", "actor"
        )


def _listed(rows: QuerySet[Any]) -> Listed:
    newest = list(rows.order_by("-at", "-pk")[:SHOWN])
    return Listed(newest, len(newest) if len(newest) < SHOWN else rows.count())

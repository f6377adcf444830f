"""What a chief should see of how files were handled: order, waiting, looking, passing on."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from eservices.backoffice import wording
from eservices.backoffice.shown import untouched
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
    people: Counter[int] = field(default_factory=Counter)  # how many of all are whose

    @property
    def is_cut(self) -> bool:
        return self.number > len(self.rows)


@dataclass(frozen=True)
class Conduct:
    """One line of the summary: what one person did that a chief looks at."""

    person: User
    counts: Counter[str]  # skipped, held, looked, passed_on, taken_away


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
        return _listed(self._looked().select_related("case", "reader"))

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
        holders = Counter(one.case.assignee_id for one in found if one.case.assignee_id)
        return Listed(found[:SHOWN], len(found), holders)

    def by_person(self, held: Listed) -> list[Conduct]:
        """Return who did how much of it, most first; nobody who did nothing of it."""
        tally: dict[int, Counter[str]] = defaultdict(Counter)
        for person, number in held.people.items():
            tally[person]["held"] = number
        for name, person, number in self._counted():
            if isinstance(person, int) and number:
                tally[person][name] += number
        people = User.objects.in_bulk(tally)
        found = [Conduct(people[pk], counts) for pk, counts in tally.items() if pk in people]
        return sorted(found, key=lambda one: (-one.counts.total(), str(one.person)))

    def _counted(self) -> Iterator[tuple[str, Any, int]]:
        events = self._events().order_by()
        skipped = Q(action=Action.TAKE, data__skipped__gt=0)
        own = events.filter(skipped | Q(action__in=[Action.RELEASE, Action.TRANSFER]))
        for action, person, number in own.values_list("action", "actor").annotate(n=Count("pk")):
            yield "skipped" if action == Action.TAKE else "passed_on", person, number
        each: dict[str, tuple[QuerySet[Any, Any], str]] = {
            "taken_away": (events.filter(action=Action.ASSIGN, data__method="chief"), "data__from"),
            "looked": (self._looked().order_by(), "reader"),
        }
        for name, (rows, column) in each.items():
            for person, number in rows.values_list(column).annotate(number=Count("pk")):
                yield name, person, number

    def _looked(self) -> QuerySet[CaseReading]:
        rows = CaseReading.objects.filter(self.period.within("at"), office__in=self.office_ids)
        return rows.exclude(reason="")

    def _events(self) -> QuerySet[CaseEvent]:
        scope = Q(case__office__in=self.office_ids)
        return CaseEvent.objects.filter(scope, self.period.within("at")).select_related(
            "case", "actor"
        )


def _listed(rows: QuerySet[Any]) -> Listed:
    newest = list(rows.order_by("-at", "-pk")[:SHOWN])
    return Listed(newest, len(newest) if len(newest) < SHOWN else rows.count())

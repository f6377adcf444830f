"""What a chief should see of how files were handled: order, waiting, looking, passing on."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from eservices.backoffice import wording
from eservices.backoffice.shown import UNTOUCHED
from eservices.cases import usage
from eservices.cases.models import Case, CaseEvent, CaseReading
from eservices.cases.workflow import Action
from eservices.figures.models import CaseTally
from eservices.figures.periods import Period
from portal.accounts.models import User

SHOWN = 10  # of each kind, beside the others
SHOWN_ALONE = 300
UNREAD = ("case__answers", "case__search_text", "case__facts")  # long, and not shown


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
    shown: int = SHOWN

    def listed(self, parts: Iterable[str]) -> dict[str, Listed]:
        """Return these parts of the report, by their names."""
        return {part: PARTS[part](self) for part in parts}

    def out_of_order(self) -> Listed:
        """Takes that passed older files over, with the motive given."""
        return self._listed(Action.TAKE)

    def reassigned(self) -> Listed:
        """Files that a chief, or the portal that distributes, took from somebody for another."""
        listed = self._listed(Action.ASSIGN)
        keys = {row.data.get(side) for row in listed.rows for side in ("from", "to")}
        people = User.objects.in_bulk([key for key in keys if isinstance(key, int)])
        for row in listed.rows:
            row.taken_from, row.given_to = (people.get(row.data.get(s)) for s in ("from", "to"))
        return listed

    def untouched(self) -> int:
        """How many taken files nobody has touched for days, as of now."""
        return CaseTally.objects.untouched(self.office_ids, timezone.now() - UNTOUCHED).count()

    def passed_on(self) -> Listed:
        """Files given back to the queue or passed to another office."""
        return self._listed(Action.RELEASE, Action.TRANSFER)

    def readings(self) -> Listed:
        """Files opened by somebody without work on them, with the reason given."""
        rows = self._looked().select_related("case", "reader").defer(*UNREAD)
        newest = usage.in_words(rows.order_by("-at", "-pk")[: self.shown])
        return Listed(newest, sum(number for _person, number in self._readers))

    def held(self) -> Listed:
        """Taken files on which the holder has done nothing for more than half the delay."""
        now = timezone.now()
        idle = CaseTally.objects.idle(self.office_ids, now)
        longest = idle.order_by("touched_at", "pk").values("pk")[: self.shown]
        rows = CaseTally.objects.filter(pk__in=longest).order_by("touched_at", "pk")
        rows = rows.select_related("case__assignee", "case__eservice").defer(
            "entries", "case__eservice__definition", *UNREAD
        )
        shown = [Held(one.case, now - one.touched_at) for one in rows if one.touched_at]
        counted: QuerySet[Any, Any] = idle.values_list("holder").annotate(n=Count("pk")).order_by()
        holders = Counter(dict(counted))
        return Listed(shown, holders.total(), holders)

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
        for action, actor, previous, number in self._told:
            if action == Action.ASSIGN:
                yield "taken_away", previous, number
            else:
                yield "skipped" if action == Action.TAKE else "passed_on", actor, number
        for person, number in self._readers:
            yield "looked", person, number

    def _listed(self, *actions: Action) -> Listed:
        rows = self._events().filter(action__in=actions).select_related("case", "actor")
        newest = list(rows.defer(*UNREAD).order_by("-at", "-pk")[: self.shown])
        return Listed(newest, sum(row[3] for row in self._told if row[0] in actions))

    @cached_property
    def _told(self) -> list[tuple[str, int | None, Any, int]]:
        """How many acts of each kind, by whom, from whom."""
        columns = ("action", "actor", "data__from")
        rows: QuerySet[Any, Any] = self._events().order_by().values_list(*columns)
        return list(rows.annotate(number=Count("pk")))

    @cached_property
    def _readers(self) -> list[tuple[int, int]]:
        rows: QuerySet[Any, Any] = self._looked().order_by().values_list("reader")
        return list(rows.annotate(number=Count("pk")))

    def _looked(self) -> QuerySet[CaseReading]:
        rows = CaseReading.objects.filter(self.period.within("at"), office__in=self.office_ids)
        return rows.exclude(reason="")

    def _events(self) -> QuerySet[CaseEvent]:
        return CaseEvent.objects.filter(self.period.within("at"), told_by__in=self.office_ids)


PARTS: dict[str, Callable[[Fairness], Listed]] = {
    "skipped": Fairness.out_of_order,
    "held": Fairness.held,
    "looked": Fairness.readings,
    "taken_away": Fairness.reassigned,
    "passed_on": Fairness.passed_on,
}

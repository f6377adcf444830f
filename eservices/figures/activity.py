"""What happened in some offices in a period: read from the tallies only, in two queries."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from eservices.figures.facts import motive_in
from eservices.figures.measures import AGES, Figures, total
from eservices.figures.models import Kind, Tally
from eservices.figures.periods import Period
from portal.accounts.models import User

STANDING = (Kind.OPEN, Kind.DUE)  # true now, whatever the period
ADDS = {
    Kind.RECEIVED: "received", Kind.WITHDRAWN: "withdrawn", Kind.TAKEN: "taken",
    Kind.STAGE: "stages", Kind.ASKED: "complements", Kind.GRANTED: "granted",
    Kind.REFUSED: "refused", Kind.DATED: "with_deadline", Kind.KEPT: "on_time",
}  # fmt: skip


@dataclass(frozen=True)
class Activity:
    """Figures by office and service, and by office and person."""

    places: dict[tuple[int, int], Figures]
    people: dict[tuple[int, int], Figures]

    @classmethod
    def of(
        cls, office_ids: Sequence[int], period: Period, *, user: User | None = None,
        people_in: Sequence[int] = (),
    ) -> "Activity":  # fmt: skip
        """Read the figures of these offices, and of the people in `people_in` among them.

        With `user` only what that person did. Colleagues are shown until yesterday: each one sees
        the figures of the day before anybody else does (TRN-5).
        """
        activity = cls({}, {})
        today = timezone.localdate(timezone=period.zone)
        if user is not None:
            activity._add(Tally.objects.filter(person=user, office__in=office_ids), period, today)
            return activity
        whole = Q(person=None)
        if people_in:
            # What somebody holds now stands in the queue for all to see; what they did does not.
            seen = Q(day__lt=today) | Q(kind__in=STANDING)
            whole |= Q(person__isnull=False, office__in=people_in) & seen
        activity._add(Tally.objects.filter(whole, office__in=office_ids), period, today)
        return activity

    def lately(self, office_ids: Sequence[int], period: Period) -> "Activity":
        """Return what came and went in another period, and what is open as it is known here.

        Delays and motives, nine tenths of the sums of a period, are left unread.
        """
        lately = Activity({}, {})
        rows: Any = (
            Tally.objects.filter(
                office__in=office_ids, person=None, day__range=(period.start, period.end),
                kind__in=[Kind.RECEIVED, Kind.WITHDRAWN, Kind.GRANTED, Kind.REFUSED],
            )
            .order_by()
            .values_list("office_id", "eservice_id", "kind")
            .annotate(number=Sum("n"))
        )  # fmt: skip
        for office, service, kind, number in rows:
            setattr(lately._figures(office, service, None), ADDS[Kind(kind)], number)
        for (office, service), one in self.places.items():
            if one.open:
                lately._figures(office, service, None).ages = one.ages
        return lately

    def services(self, office_ids: Iterable[int]) -> dict[int, Figures]:
        return _merged(self.places, office_ids, lambda key: key[1])

    def offices(self, office_ids: Iterable[int]) -> dict[int, Figures]:
        return _merged(self.places, office_ids, lambda key: key[0])

    def persons(self, office_ids: Iterable[int]) -> dict[int, Figures]:
        return _merged(self.people, office_ids, lambda key: key[1])

    def person(self, user: User) -> Figures:
        return total(one for key, one in self.people.items() if key[1] == user.pk)

    def _add(self, rows: QuerySet[Tally], period: Period, today: date) -> None:
        keys = ("office_id", "eservice_id", "person_id", "kind", "detail", "bin")
        flows: Any = (
            rows.exclude(kind__in=STANDING)
            .filter(day__range=(period.start, period.end))
            .values_list(*keys)
            .annotate(number=Sum("n"), time=Sum("seconds"))
        )
        for office, service, person, kind, detail, place, number, seconds in flows.order_by():
            one = self._figures(office, service, person)
            name = ADDS[Kind(kind)]
            setattr(one, name, getattr(one, name) + number)
            if kind in (Kind.GRANTED, Kind.REFUSED):
                one.delays[place] += number
                one.seconds += seconds
            if kind == Kind.REFUSED:
                about = (service, detail) if service is not None else motive_in(detail)
                if about is not None:
                    one.motives[about] += number
        # By group of ages: day by day, years of open cases are a thousand sums.
        told = Q(kind=Kind.OPEN) | Q(kind=Kind.DUE, day__lt=today)
        stock: Any = rows.filter(told, kind__in=STANDING).annotate(group=_age_group_on(today))
        stock = stock.values_list(*keys[:4], "group").annotate(number=Sum("n"))
        for office, service, person, kind, group, number in stock.order_by():
            one = self._figures(office, service, person)
            if kind == Kind.OPEN:
                one.ages[group] += number
            else:
                one.overdue += number

    def _figures(self, office: int, service: int | None, person: int | None) -> Figures:
        found = self.people if service is None else self.places
        key = (office, person or 0) if service is None else (office, service)
        if key not in found:  # not "setdefault": new figures for each sum cost more than the sum
            found[key] = Figures()
        return found[key]


@dataclass(frozen=True)
class Day:
    day: date
    received: int
    decided: int


def by_day(office_ids: Sequence[int], period: Period) -> list[Day]:
    """Return what was received and decided on each day of the period, quiet days included."""
    rows: Any = (
        Tally.objects.filter(
            office__in=office_ids, person=None, day__range=(period.start, period.end),
            kind__in=[Kind.RECEIVED, Kind.GRANTED, Kind.REFUSED],
        )
        .order_by()
        .values_list("day", "kind")
        .annotate(number=Sum("n"))
    )  # fmt: skip
    received: dict[date, int] = {}
    decided: dict[date, int] = {}
    for day, kind, number in rows:
        side = received if kind == Kind.RECEIVED else decided
        side[day] = side.get(day, 0) + number
    days = (period.start + timedelta(days=n) for n in range(period.days))
    return [Day(day, received.get(day, 0), decided.get(day, 0)) for day in days]


def _age_group_on(today: date) -> Case:
    """Return the position of an open case among the groups that AGES separates."""
    younger = [
        When(day__gt=today - timedelta(days=limit), then=Value(position))
        for position, limit in enumerate(AGES)
    ]
    return Case(*younger, default=Value(len(AGES)), output_field=IntegerField())


def _merged(
    figures: dict[tuple[int, int], Figures],
    office_ids: Iterable[int],
    by: Callable[[tuple[int, int]], int],
) -> dict[int, Figures]:
    wanted = set(office_ids)
    groups: dict[int, list[Figures]] = {}
    for key, one in figures.items():
        if key[0] in wanted:
            groups.setdefault(by(key), []).append(one)
    return {key: total(parts) for key, parts in groups.items()}

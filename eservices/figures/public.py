"""What anybody may know of a procedure: month by month, never about fewer than five people."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from eservices.figures.measures import Figures
from eservices.figures.models import Kind, Tally

FEWEST = 5  # requests: below, a figure could point at a person
MONTHS = 12


@dataclass(frozen=True)
class Month:
    """The figures of one month; None where fewer than five requests stand behind a figure."""

    first_day: date
    received: int | None
    decided: int | None
    granted_share: int | None  # per cent of the decisions
    median: timedelta | None
    nine_in_ten: timedelta | None  # nine decisions in ten were not slower
    on_time: int | None  # per cent of the decisions with a deadline


def months(eservice_id: int, *, today: date | None = None, number: int = MONTHS) -> list[Month]:
    """Return the last whole months and the current one, oldest first; two queries at most.

    The figures of all offices together: no office, no person, no reason of refusal.
    """
    today = today or timezone.localdate()
    starts = [today.replace(day=1)]
    while len(starts) <= number:
        starts.append((starts[-1] - timedelta(days=1)).replace(day=1))
    starts.reverse()
    found: defaultdict[date, Figures] = defaultdict(Figures)
    for day, kind, place, count in _rows(eservice_id, starts[0], today):
        one = found[day.replace(day=1)]
        match kind:
            case Kind.RECEIVED:
                one.received += count
            case Kind.DATED:
                one.with_deadline += count
            case Kind.KEPT:
                one.on_time += count
            case Kind.GRANTED | Kind.REFUSED:
                one.delays[place] += count
                one.granted += count if kind == Kind.GRANTED else 0
                one.refused += count if kind == Kind.REFUSED else 0
    return [_told(start, found[start]) for start in starts]


def _rows(eservice_id: int, first: date, last: date) -> Any:
    kinds = [Kind.RECEIVED, Kind.GRANTED, Kind.REFUSED, Kind.DATED, Kind.KEPT]
    rows = Tally.objects.filter(
        eservice=eservice_id, person=None, day__range=(first, last), kind__in=kinds
    )
    return rows.order_by().values_list("day", "kind", "bin").annotate(number=Sum("n"))


def _told(start: date, one: Figures) -> Month:
    enough = one.decided >= FEWEST
    # A share that leaves one to four people on either side says something of them.
    sides_hidden = 0 < one.granted < FEWEST or 0 < one.refused < FEWEST
    late = one.with_deadline - one.on_time
    late_hidden = 0 < one.on_time < FEWEST or 0 < late < FEWEST
    return Month(
        first_day=start,
        received=one.received if one.received >= FEWEST or not one.received else None,
        decided=one.decided if enough or not one.decided else None,
        granted_share=100 * one.granted // one.decided if enough and not sides_hidden else None,
        median=one.median if enough else None,
        nine_in_ten=one.slowest_tenth if enough else None,
        on_time=one.share_on_time if enough and not late_hidden else None,
    )

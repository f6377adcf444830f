"""The drawings of the public figures, as numbers for an SVG; the table under them tells the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cms_pages.public_figures import Month
from eservices.catalog.models import EService
from portal.core.charts import round_up

WIDTH, HEIGHT = 340, 150  # of the drawing, without what is written around it
WORKING_DAY = 1.4 * 24  # hours: seven days of the calendar for five of work


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Mark:
    place: float
    label: str


@dataclass(frozen=True)
class Chart:
    """Two bars a month: the first thin and light, the second full."""

    first: Sequence[Bar]
    second: Sequence[Bar]
    scale: Sequence[Mark]
    months: Sequence[Mark]
    years: Sequence[Mark]
    limit: float | None = None  # the height of the announced delay


def requests(months: Sequence[Month], *, is_rtl: bool) -> Chart | None:
    """Draw what came and what was decided; None when nothing of it is published."""
    return _chart(months, lambda one: (one.received, one.decided), is_rtl=is_rtl)


def delays(months: Sequence[Month], announced: float | None, *, is_rtl: bool) -> Chart | None:
    """Draw in days what nine decisions in ten took at most, and half of them."""

    def days(one: Month) -> tuple[float | None, float | None]:
        pair = (one.slowest_hours, one.median_hours)
        # An hour or less is still to be seen.
        slow, half = (None if hours is None else max(hours, 1) / 24 for hours in pair)
        return slow, half

    limit = announced / 24 if announced else None
    return _chart(months, days, is_rtl=is_rtl, limit=limit)


def announced_hours(eservice: EService) -> float | None:
    """Return the announced delay as hours of the calendar, None when none is announced."""
    delay = (eservice.current.spec.get("delay") or {}) if eservice.current else {}
    if hours := delay.get("hours"):
        return float(hours)
    return delay["working_days"] * WORKING_DAY if delay.get("working_days") else None


def _chart(
    months: Sequence[Month],
    read: Callable[[Month], tuple[float | None, float | None]],
    *,
    is_rtl: bool,
    limit: float | None = None,
) -> Chart | None:
    pairs = [read(one) for one in months]
    numbers = [number for pair in pairs for number in pair if number]
    if not numbers:
        return None
    top = round_up(max(*numbers, limit or 0, 2))
    step = WIDTH / len(months)

    def left(place: int) -> float:
        return (len(months) - 1 - place if is_rtl else place) * step

    def bars(side: int, start: float, width: float) -> list[Bar]:
        return [
            Bar(
                round(left(place) + step * start, 1),
                round(HEIGHT - HEIGHT * number / top, 1),
                round(step * width, 1),
                round(HEIGHT * number / top, 1),
            )
            for place, pair in enumerate(pairs)
            if (number := pair[side])
        ]

    middles = [round(left(place) + step / 2, 1) for place in range(len(months))]
    return Chart(
        first=bars(0, 0.12, 0.36),
        second=bars(1, 0.52, 0.36),
        scale=[Mark(HEIGHT - HEIGHT * part / 2, str(top * part // 2)) for part in (0, 1, 2)],
        months=[Mark(x, str(one.first_day.month)) for x, one in zip(middles, months, strict=True)],
        years=_years(months, middles),
        limit=round(HEIGHT - HEIGHT * limit / top, 1) if limit else None,
    )


def _years(months: Sequence[Month], middles: Sequence[float]) -> list[Mark]:
    """Return the year under the first month and each January; the first only where it has room."""
    found = []
    for place, one in enumerate(months):
        is_january = one.first_day.month == 1
        if is_january or (place == 0 and all(n.first_day.month != 1 for n in months[1:3])):
            found.append(Mark(middles[place], str(one.first_day.year)))
    return found

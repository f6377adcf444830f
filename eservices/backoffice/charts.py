"""Charts as numbers for an SVG: drawn by the server, told again by the table under them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from eservices.figures.activity import Day
from portal.core.charts import round_up

WIDTH, HEIGHT = 720, 180  # of the drawing, without what is written around it
WEEKLY_FROM = 45  # days: beyond, one point for each week


@dataclass(frozen=True)
class Mark:
    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Flow:
    """What came in and what went out, point by point."""

    points: Sequence[Day]
    is_weekly: bool
    received: str  # the points of a polyline
    decided: str
    scale: Sequence[Mark]
    days: Sequence[tuple[float, date]]


def flow(days: Sequence[Day]) -> Flow | None:
    """Return the drawing of these days; None when nothing happened."""
    is_weekly = len(days) > WEEKLY_FROM
    points = _weeks(days) if is_weekly else list(days)
    most = max((max(one.received, one.decided) for one in points), default=0)
    if not most:
        return None
    top = round_up(most)
    step = WIDTH / max(1, len(points) - 1)

    def line(numbers: Sequence[int]) -> str:
        return " ".join(
            f"{place * step:.1f},{HEIGHT - HEIGHT * number / top:.1f}"
            for place, number in enumerate(numbers)
        )

    every = max(1, -(-len(points) // 6))
    return Flow(
        points=points,
        is_weekly=is_weekly,
        received=line([one.received for one in points]),
        decided=line([one.decided for one in points]),
        scale=[Mark(0, HEIGHT - HEIGHT * part / 2, str(top * part // 2)) for part in (0, 1, 2)],
        days=[(place * step, points[place].day) for place in range(0, len(points), every)],
    )


def _weeks(days: Sequence[Day]) -> list[Day]:
    weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
    return [
        Day(week[0].day, sum(one.received for one in week), sum(one.decided for one in week))
        for week in weeks
    ]

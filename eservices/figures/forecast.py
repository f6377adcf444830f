"""What to expect if the next weeks are like the last four. No more is promised."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from eservices.figures.measures import Figures
from eservices.figures.periods import Period

WEEKS = 4
FEWEST = 10  # below, four weeks say nothing of the next ones


def past_weeks(today: date, zone: ZoneInfo) -> Period:
    """Return the four whole weeks that ended yesterday."""
    return Period(today - timedelta(days=7 * WEEKS), today - timedelta(days=1), zone)


@dataclass(frozen=True)
class Forecast:
    open: int
    weekly_in: float
    weekly_out: float | None  # None: too few to tell
    wait: timedelta | None
    in_four_weeks: int | None

    @classmethod
    def of(cls, recent: Figures) -> "Forecast":
        """Work out the wait as what is open divided by what leaves (Little's law)."""
        finished = recent.decided + recent.withdrawn
        weekly_in = recent.received / WEEKS
        if finished < FEWEST:
            return cls(recent.open, weekly_in, None, None, None)
        weekly_out = finished / WEEKS
        wait = timedelta(days=max(1, -(-7 * recent.open // weekly_out)))
        left = recent.open + recent.received - finished
        return cls(recent.open, weekly_in, weekly_out, wait, max(0, left))

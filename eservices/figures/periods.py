"""Whole days of an office's clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

DAYS = 30  # shown when nothing is chosen
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Period:
    """Whole days of the office's clock, both ends included."""

    start: date
    end: date
    zone: ZoneInfo

    @classmethod
    def read(cls, query: Mapping[str, str], zone: ZoneInfo) -> "Period":
        """Return what was chosen, a year at most; nonsense is no choice."""
        today = timezone.localdate(timezone=zone)
        end = min(_day(query.get("to", "")) or today, today)
        start = _day(query.get("from", "")) or end - timedelta(days=DAYS - 1)
        if start > end:
            start, end = end, start
        return cls(max(start, end - LONGEST), min(end, today), zone)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        first = datetime.combine(self.start, time.min, tzinfo=self.zone)
        return first, datetime.combine(self.end + timedelta(days=1), time.min, tzinfo=self.zone)

    def within(self, name: str) -> Q:
        first, after = self.bounds
        return Q(**{f"{name}__gte": first, f"{name}__lt": after})

    @property
    def query(self) -> str:
        return f"from={self.start:%Y-%m-%d}&to={self.end:%Y-%m-%d}"


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year >= 2000 else None

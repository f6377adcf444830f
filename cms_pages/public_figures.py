"""The published figures of procedures, read from the open datasets: nothing else may be shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from cms_pages import eservice_links
from cms_pages.datasets.described import BY_CODE
from cms_pages.models.datasets import Dataset
from cms_pages.models.rows import Channel
from eservices.catalog.models import EService

REQUESTS, DELAYS = "demandes", "delais"


@dataclass(frozen=True, kw_only=True)
class Delays:
    """How long decisions took; None where fewer than five people would stand behind a number."""

    decided: int | None = None
    median_hours: int | None = None
    slowest_hours: int | None = None
    share_on_time: int | None = None

    @property
    def median(self) -> str:
        return _words(self.median_hours)

    @property
    def slowest(self) -> str:
        return _words(self.slowest_hours)


@dataclass(frozen=True, kw_only=True)
class Month(Delays):
    """One month of a procedure: what came, and what was decided."""

    first_day: date
    received: int | None = None
    granted: int | None = None
    refused: int | None = None


@dataclass(frozen=True)
class Line:
    """One procedure of the overview, with the guide that leads to it."""

    eservice: EService
    guide: Any
    year: Delays | None  # of the last twelve months


def months(eservice: EService) -> list[Month]:
    """Return the months with a published figure and those between them, oldest first."""
    header = BY_CODE[REQUESTS].header[2:]
    found = {}
    for _code, month, *cells in rows(eservice):
        first = date.fromisoformat(f"{month}-01")
        found[first] = Month(first_day=first, **dict(zip(header, cells, strict=True)))
    return [found.get(day, Month(first_day=day)) for day in _between(found)]


def year(eservice: EService) -> Delays | None:
    """Return the figures of the last twelve months; None when fewer than five were decided."""
    return _years().get(eservice.code)


def rows(eservice: EService) -> list[list[Any]]:
    """Return the rows of the dataset of requests that are about one procedure, all columns there."""
    complete = BY_CODE[REQUESTS].complete
    return [complete(row) for row in _rows(REQUESTS) if row[0] == eservice.code]


def lines(language: str) -> list[Line]:
    """Return every procedure that has a guide and can be asked online, by title."""
    years = _years()
    found: dict[int, Line] = {}
    for channel in _ways(language):
        eservice = channel.eservice
        if eservice is not None:
            found.setdefault(eservice.pk, Line(eservice, channel.page, years.get(eservice.code)))
    return sorted(found.values(), key=lambda line: line.guide.title.casefold())


def guide(eservice: EService, language: str) -> Any:
    """Return the guide that leads to an e-service, None when no page is shown."""
    channel = _ways(language).filter(eservice=eservice).first()
    return channel.page if channel is not None else None


def _ways(language: str) -> QuerySet[Channel]:
    shown = Channel.objects.filter(page__live=True, page__locale__language_code=language)
    ways = shown.exclude(eservice__current=None).exclude(eservice=None)
    return ways.select_related("page__authority", "eservice__current").order_by("page__path", "pk")


def _years() -> dict[str, Delays]:
    header = BY_CODE[DELAYS].header[1:]
    return {code: Delays(**dict(zip(header, cells, strict=True))) for code, *cells in _rows(DELAYS)}


def _rows(code: str) -> list[list[Any]]:
    return Dataset.objects.filter(code=code).values_list("rows", flat=True).first() or []


def _between(days: Iterable[date]) -> list[date]:
    known = sorted(days)
    if not known:
        return []
    first, last = (12 * day.year + day.month - 1 for day in (known[0], known[-1]))
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, last + 1)]


def _words(hours: int | None) -> str:
    return "" if hours is None else eservice_links.delay_in_words(hours)

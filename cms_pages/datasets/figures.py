"""Count what may be published: requests, delays, communes, complaints. Written every night."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from cms_pages.datasets.privacy import LEAST, Key, grouped, protected
from cms_pages.models.datasets import Dataset, MeasuredDelay
from eservices.catalog.models import EService
from eservices.feedback import services as feedback
from eservices.figures.activity import Activity
from eservices.figures.measures import Figures
from eservices.figures.periods import Period
from portal.accounts.models import Office

MONTHS = 12
UTC = ZoneInfo("UTC")
Rows = list[list[Any]]


@transaction.atomic
def publish_figures(today: date | None = None) -> list[str]:
    """Bring every dataset of figures up to date; return the codes of those that changed."""
    today = today or timezone.localdate()
    offices = {office.pk: office for office in Office.objects.select_related("territory")}
    names = {e.pk: e.code for e in EService.objects.only("code")}
    year = Activity.of(list(offices), Period(today - timedelta(days=364), today, UTC))
    services = year.services(offices)
    _measure(services)
    return [
        code
        for code, rows in (
            ("demandes", _requests(list(offices), names, today)),
            ("delais", _delays(services, names)),
            ("communes", _communes(year, offices)),
            ("plaintes", _complaints()),
        )
        if _write(code, rows)
    ]


def _requests(offices: list[int], names: dict[int, str], today: date) -> Rows:
    """Return by e-service and month what came, what was decided and how long that took."""
    found: dict[Key, Figures] = {}
    for first, last in _months(today):
        month = f"{first:%Y-%m}"
        for pk, one in Activity.of(offices, Period(first, last, UTC)).services(offices).items():
            found[names[pk], month] = one
    received = _by_year({key: one.received for key, one in found.items()})
    decided = _by_year({key: one.decided for key, one in found.items()})
    known = {key: one for key, one in found.items() if decided[key] is not None}
    granted, refused = _outcomes(known)
    shares = _shares_on_time(known)
    rows: Rows = [
        [*key, received[key], granted.get(key), refused.get(key), decided[key]]
        + ([*_hours(known[key]), shares[key]] if key in known else [None] * 3)
        for key in sorted(found)
    ]
    return [row for row in rows if any(cell is not None for cell in row[2:])]


def _by_year(cells: dict[Key, int]) -> dict[Key, int | None]:
    # Sums over the year are published with the delays: one hidden month could be worked out.
    return protected(cells, grouped(cells, 1))


def _outcomes(known: dict[Key, Figures]) -> list[dict[Key, int | None]]:
    """Return what was granted and what was refused; their sum, the decisions, is published."""
    cells: dict[Key, int] = {}
    for key, one in known.items():
        cells[*key, "granted"], cells[*key, "refused"] = one.granted, one.refused
    shown = protected(cells, grouped(cells, 2))
    return [{key: shown[*key, side] for key in known} for side in ("granted", "refused")]


def _shares_on_time(known: dict[Key, Figures]) -> dict[Key, int | None]:
    """Return the share within the delay of each month, where nobody late or in time stands out."""
    cells: dict[Key, int] = {}
    for (code, month), one in known.items():
        late = one.with_deadline - one.on_time
        for side, number in (("late", late), ("on_time", one.on_time)):
            if number:  # that all were in time, or none, tells nothing of anybody
                cells[code, side, month] = number
    shown = protected(cells, grouped(cells, 2))
    hidden = {(code, month) for (code, _side, month), number in shown.items() if number is None}
    return {
        key: None if key in hidden or one.with_deadline < LEAST else one.share_on_time
        for key, one in known.items()
    }


def _delays(services: dict[int, Figures], names: dict[int, str]) -> Rows:
    """Return by e-service how long a decision took over the year."""
    found = sorted((names[pk], one) for pk, one in services.items() if one.decided >= LEAST)
    return [[code, *_delay_cells(one)] for code, one in found]


def _communes(year: Activity, offices: dict[int, Office]) -> Rows:
    """Return by commune how many decisions were taken and how long they took."""
    by_territory: dict[int, list[int]] = {}
    territories = {}
    for office in offices.values():
        if office.territory is not None:
            by_territory.setdefault(office.territory.pk, []).append(office.pk)
            territories[office.territory.pk] = office.territory
    rows = []
    for pk, inside in by_territory.items():
        one = _whole(year, inside)
        if one.decided >= LEAST:
            rows.append([territories[pk].code, territories[pk].name_in("fr"), *_delay_cells(one)])
    return sorted(rows)


def _complaints() -> Rows:
    """Return by procedure and kind how many came and were answered in time."""
    rows = []
    for procedure, kind, every, answered, in_time in feedback.tally():
        if every >= LEAST:
            cells = _nested(every, answered, in_time)
            rows.append([procedure or "-", kind, every, *cells])
    return rows


def _nested(every: int, answered: int, in_time: int) -> list[int | None]:
    """Return parts of a published whole: neither they nor what is left may be one to four."""
    shown: list[int | None] = []
    whole: int | None = every
    for part in (answered, in_time):
        left = (whole or 0) - part
        is_safe = whole is not None and part >= LEAST and (left == 0 or left >= LEAST)
        whole = part if is_safe else None
        shown.append(whole)
    return shown


def _measure(services: dict[int, Figures]) -> None:
    """Keep the delays that guides show; those that did not change are not written."""
    known = {row.eservice_id: row for row in MeasuredDelay.objects.all()}
    for pk, one in services.items():
        if one.decided < LEAST:
            continue
        decided, median, slowest, share = _delay_cells(one)
        row = known.pop(pk, None) or MeasuredDelay(eservice_id=pk)
        before = (row.pk, row.decided, row.median_hours, row.slowest_hours, row.share_on_time)
        if before[0] is None or before[1:] != (decided, median, slowest, share):
            row.decided, row.median_hours = decided or 0, median or 0
            row.slowest_hours, row.share_on_time = slowest or 0, share
            row.save()
    MeasuredDelay.objects.filter(pk__in=[row.pk for row in known.values()]).delete()


def _delay_cells(one: Figures) -> list[int | None]:
    return [one.decided, *_hours(one), one.share_on_time if _share_is_safe(one) else None]


def _hours(one: Figures) -> list[int | None]:
    """Return the delay that half of the decisions did not exceed, and nine in ten."""
    told = (one.median, one.slowest_tenth)
    return [None if delay is None else int(delay.total_seconds() // 3600) for delay in told]


def _share_is_safe(one: Figures) -> bool:
    late = one.with_deadline - one.on_time
    return one.with_deadline >= LEAST and all(n == 0 or n >= LEAST for n in (late, one.on_time))


def _whole(year: Activity, office_ids: list[int]) -> Figures:
    parts = year.offices(office_ids)
    whole = Figures()
    for part in parts.values():
        for name in ("granted", "refused", "on_time", "with_deadline", "seconds"):
            setattr(whole, name, getattr(whole, name) + getattr(part, name))
        whole.delays += part.delays
    return whole


def _months(today: date) -> list[tuple[date, date]]:
    """Return the last twelve whole months: a month that goes on would change each night."""
    months = []
    last = today.replace(day=1) - timedelta(days=1)
    for _number in range(MONTHS):
        months.append((last.replace(day=1), last))
        last = last.replace(day=1) - timedelta(days=1)
    return months


def _write(code: str, rows: Rows) -> bool:
    dataset = Dataset.objects.filter(code=code).first() or Dataset(code=code)
    if dataset.pk and dataset.rows == rows and dataset.updated_at.date() == timezone.localdate():
        return False
    changed = dataset.pk is None or dataset.rows != rows
    dataset.rows, dataset.updated_at = rows, timezone.now()
    dataset.save()
    return changed

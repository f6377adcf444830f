"""Readings of a citizen's files, as the citizen sees them, in the Data Tracker's shape too."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eservices.cases.models import Case, CaseReading
from portal.accounts.models import User

SYSTEM = "guichet"
# A page that is shown again within this time is the same reading.
SAME_READING = timedelta(hours=1)
# What is read; a piece goes by its name.
WHOLE = "case"
PRINT, PREVIEW, ACT, PACK = "case:print", "case:preview", "case:act", "session pack"
CONTROL = "act:control"
SEARCH, REGISTER = "list:search", "list:register"
TOLD = {
    WHOLE: _("Whole file"),
    PRINT: _("Whole file, on paper"),
    PREVIEW: _("Draft of the document"),
    ACT: _("Document issued"),
    CONTROL: _("Document issued, sent to the office above for control"),
    SEARCH: _("Name, in the results of a search"),
    REGISTER: _("Name, in the register of documents issued"),
    PACK: _("Whole file, for a sitting"),
}


@dataclass(frozen=True)
class Period:
    """Whole days, both ends included; an open end is no limit."""

    first: date | None = None
    last: date | None = None


def of_case(case: Case) -> QuerySet[CaseReading]:
    return _with_people(CaseReading.objects.filter(case=case))


def of_person(person: User) -> QuerySet[CaseReading]:
    return _with_people(CaseReading.objects.filter(case__in=Case.objects.for_applicant(person)))


def within(readings: QuerySet[CaseReading], period: Period) -> QuerySet[CaseReading]:
    if period.first:
        readings = readings.filter(at__gte=_start(period.first))
    if period.last:
        readings = readings.filter(at__lt=_start(period.last + timedelta(days=1)))
    return readings


def as_json(
    readings: QuerySet[CaseReading], *, offset: int = 0, limit: int = 500
) -> dict[str, Any]:
    """Return the answer of `findUsage` (dumonitor 2.1), newest first."""
    rows = readings[offset : offset + limit]
    return {"totalUsages": readings.count(), "usages": [_usage(row) for row in rows]}


def reason(reading: CaseReading) -> str:
    """Say why, in words that a person understands."""
    if reading.what == CONTROL:
        return gettext("Control of the document by the office above")
    return reading.reason or gettext("Processing of your request")


def what(reading: CaseReading) -> str:
    return str(TOLD.get(reading.what, reading.what))


def in_words(readings: Iterable[CaseReading]) -> list[CaseReading]:
    """Return them, each with what was read (`told`) and why (`why`), for a page."""
    found = list(readings)
    for one in found:
        one.told, one.why = what(one), reason(one)  # type: ignore[attr-defined]
    return found


def _usage(row: CaseReading) -> dict[str, str]:
    about = f"{row.case.reference}, {what(row)}"
    return {
        "logtime": row.at.isoformat(),
        "action": f"{reason(row)} ({about})",
        "receiverCode": row.office.code,
        "receiverName": f"{row.office.name_in()}, {row.reader} ({row.get_role_display()})",
        "receiverSystem": SYSTEM,
    }


def _with_people(readings: QuerySet[CaseReading]) -> QuerySet[CaseReading]:
    readings = readings.select_related("reader", "office", "case")
    return readings.defer("case__answers", "case__search_text").order_by("-at", "-pk")


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))

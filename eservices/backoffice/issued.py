"""The register of issued documents, read office by office and year by year."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.backoffice.access import Agent
from eservices.cases.models import Decision
from eservices.documents import services as documents
from eservices.documents.models import IssuedDocument, IssuedDocumentQuerySet
from portal.accounts.models import Office

PAGE = 50


@dataclass(frozen=True)
class Register:
    """What `office` issued in `year`, in one series or in all."""

    agent: Agent
    office: Office
    year: int
    series: str
    number: int  # of the page

    @classmethod
    def read(cls, agent: Agent, given: Mapping[str, str]) -> "Register":
        """Return the register asked for; what is not the agent's or makes no sense is the nearest."""
        offices = {office.code: office for office in agent.offices}
        year = given.get("year", "")
        page = given.get("page", "")
        return cls(
            agent=agent,
            office=offices.get(given.get("office", ""), agent.offices[0]),
            year=int(year) if year.isdecimal() and 2000 < int(year) < 2200 else timezone.now().year,
            series=given.get("series", "")[:20].upper(),
            number=int(page) if page.isdecimal() and len(page) < 6 else 1,
        )

    @cached_property
    def lines(self) -> IssuedDocumentQuerySet:
        zone = ZoneInfo(self.office.time_zone)
        begin = datetime(self.year, 1, 1, tzinfo=zone).astimezone(UTC)
        end = datetime(self.year + 1, 1, 1, tzinfo=zone).astimezone(UTC)
        found = IssuedDocument.objects.filter(
            office=self.office, issued_at__gte=begin, issued_at__lt=end
        )
        if self.series:
            found = found.filter(series__iexact=self.series)
        return found.select_related("replaced_by").order_by("series", "number")

    @cached_property
    def page(self) -> Page:
        return Paginator(self.lines, PAGE).get_page(self.number)

    @cached_property
    def all_series(self) -> list[str]:
        rows = IssuedDocument.objects.filter(office=self.office).order_by("series")
        return list(rows.values_list("series", flat=True).distinct())

    @property
    def years(self) -> list[int]:
        this = timezone.now().year
        return list(range(this, this - 6, -1))

    @cached_property
    def gaps(self) -> list[str]:
        """The numbers of the year that no line has; always none, or somebody removed one."""
        missing = []
        by_series: dict[str, list[int]] = {}
        for name, number in self.lines.values_list("series", "number"):
            by_series.setdefault(name, []).append(int(number.rpartition("/")[2]))
        for name, numbers in by_series.items():
            absent = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
            missing += [f"{self.year}/{self.office.code.upper()}/{name}/{n:06d}" for n in absent]
        return missing[:50]

    @property
    def query(self) -> str:
        return f"office={self.office.code}&year={self.year}&series={self.series}"

    @property
    def file_name(self) -> str:
        return f"registre-{self.office.code}-{self.year}{self.series and '-' + self.series}.pdf"

    def cases(self, lines: Iterable[Any]) -> QuerySet[Any, Any]:
        """Return the keys of the cases whose documents these lines show."""
        return Decision.objects.filter(document__in=lines).order_by().values("case")

    def pdf(self) -> bytes:
        """Return the register as PDF, on as many pages as it takes."""
        language = get_language() or "fr"
        headers = [_("Number"), _("Date"), _("Document"), _("Person"), _("Signed by"), _("State")]
        return documents.register(
            office=self.office,
            title=_("Register of the documents issued in %(year)s") % {"year": self.year},
            headers=headers,
            rows=[self._row(one) for one in self.lines],
            language=language,
        )

    def _row(self, one: IssuedDocument) -> list[str]:
        at = timezone.localtime(one.issued_at, ZoneInfo(self.office.time_zone))
        state = str(one.get_status_display())
        if one.replaced_by:  # in the same series: its place there says which
            number = one.replaced_by.number.rpartition("/")[2]
            state = _("Replaced by %(number)s") % {"number": number}
        if one.status_reason:
            state = f"{state} ({one.status_reason})"
        day = date_format(at, "SHORT_DATE_FORMAT")
        return [one.number, day, one.title, one.subject, one.issued_by, state]

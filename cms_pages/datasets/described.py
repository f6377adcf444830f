"""Each open dataset with its title, its dictionary and where its rows come from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms_pages import opendata
from cms_pages.models.datasets import Dataset
from cms_pages.site_map import SiteMap
from portal.accounts.models import Office

Text = str | Promise
LICENCE = ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")


@dataclass(frozen=True)
class Column:
    name: str
    kind: str  # text, integer, date, url
    meaning: Text


@dataclass(frozen=True)
class Described:
    """One dataset: what it is, what its columns mean, how its rows are read."""

    code: str
    title: Text
    about: Text
    columns: tuple[Column, ...]
    read: Callable[[SiteMap, str], Iterable[list[Any]]]
    is_of_figures: bool = False

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    def complete(self, row: list[Any]) -> list[Any]:
        """Fill a row up to the header: those kept before an upgrade lack its new columns."""
        return [*row, *[None] * (len(self.columns) - len(row))]


@dataclass(frozen=True)
class Fresh:
    """A dataset as it is now."""

    about: Described
    updated_at: datetime


def _procedures(site: SiteMap, base_url: str) -> Iterable[list[Any]]:
    rows = opendata.table(site, base_url)
    next(iter(rows))  # its own header
    return rows


def _offices(site: SiteMap, base_url: str) -> Iterable[list[Any]]:
    for office in Office.objects.open().select_related("territory"):
        yield [
            office.code,
            office.name_in(site.code),
            office.kind,
            office.country,
            office.territory.code if office.territory else "",
            office.address,
            office.phone,
            float(office.latitude) if office.latitude is not None else None,
            float(office.longitude) if office.longitude is not None else None,
        ]


def _kept(code: str) -> Callable[[SiteMap, str], Iterable[list[Any]]]:
    def read(_site: SiteMap, _base_url: str) -> Iterable[list[Any]]:
        return Dataset.objects.filter(code=code).values_list("rows", flat=True).first() or []

    return read


DELAYS = (
    Column("decided", "integer", _("Decisions over the last twelve months.")),
    Column("median_hours", "integer", _("Half of the decisions took no longer, in hours.")),
    Column("slowest_hours", "integer", _("Nine decisions in ten took no longer, in hours.")),
    Column("share_on_time", "integer", _("Per cent decided before the deadline.")),
)
ALL = (
    Described(
        "procedures",
        _("Procedures"),
        _("Every guide with its price, its delay and who answers for it."),
        (
            Column("identifier", "text", _("The same in every language.")),
            Column("title", "text", _("Name of the procedure.")),
            Column("summary", "text", _("What it is for.")),
            Column("theme", "text", _("Theme it stands under.")),
            Column("authority", "text", _("Competent administration.")),
            Column("price", "text", _("Price in words.")),
            Column("delay", "text", _("Announced delay in words.")),
            Column(
                "maturity",
                "integer",
                _("1 information, 2 form to download, 3 online deposit, 4 wholly online."),
            ),
            Column("url", "url", _("Address of the guide.")),
        ),
        _procedures,
    ),
    Described(
        "services",
        _("Offices and counters"),
        _("Every counter with its address, its phone and its place."),
        (
            Column("code", "text", _("Code of the office.")),
            Column("name", "text", _("Name of the office.")),
            Column("kind", "text", _("Kind of office.")),
            Column("country", "text", _("Country (ISO 3166).")),
            Column("territory", "text", _("Code of the commune or department.")),
            Column("address", "text", _("Address in words.")),
            Column("phone", "text", _("Main phone.")),
            Column("latitude", "number", _("Latitude in degrees (WGS 84).")),
            Column("longitude", "number", _("Longitude in degrees (WGS 84).")),
        ),
        _offices,
    ),
    Described(
        "demandes",
        _("Requests by month"),
        _("What came, what was decided and how long it took, in each of the last twelve months."),
        (
            Column("procedure", "text", _("Code of the e-service.")),
            Column("month", "date", _("Year and month (ISO 8601).")),
            Column("received", "integer", _("Requests filed in the month.")),
            Column("granted", "integer", _("Requests granted in the month.")),
            Column("refused", "integer", _("Requests refused in the month.")),
            Column("decided", "integer", _("Requests decided in the month.")),
            *DELAYS[1:],
        ),
        _kept("demandes"),
        is_of_figures=True,
    ),
    Described(
        "delais",
        _("Measured delays"),
        _("How long decisions really took, by procedure."),
        (Column("procedure", "text", _("Code of the e-service.")), *DELAYS),
        _kept("delais"),
        is_of_figures=True,
    ),
    Described(
        "communes",
        _("Communes: delays"),
        _("How long decisions really took, by commune."),
        (
            Column("territory", "text", _("Code of the commune or department.")),
            Column("name", "text", _("Name of the commune.")),
            *DELAYS,
        ),
        _kept("communes"),
        is_of_figures=True,
    ),
    Described(
        "plaintes",
        _("Suggestions and complaints"),
        _("How many came and were answered in time, by procedure."),
        (
            Column("procedure", "text", _("Code of the e-service.")),
            Column("kind", "text", _("suggestion or complaint.")),
            Column("received", "integer", _("Messages received.")),
            Column("answered", "integer", _("Messages answered.")),
            Column("in_time", "integer", _("Messages answered before the deadline.")),
        ),
        _kept("plaintes"),
        is_of_figures=True,
    ),
)
BY_CODE = {described.code: described for described in ALL}


def fresh() -> list[Fresh]:
    """Return every dataset with the date of its rows; the catalogue is read at the moment itself."""
    kept = dict(Dataset.objects.values_list("code", "updated_at"))
    now = timezone.now()
    return [
        Fresh(about, kept[about.code] if about.is_of_figures else now)
        for about in ALL
        if not about.is_of_figures or about.code in kept
    ]

"""What the public may know of the offices: a tree with addresses, phones and opening hours."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts import hours
from portal.accounts.models import Office, Territory
from portal.core import calendars


@dataclass(frozen=True)
class Entry:
    """An office in the directory, with the offices that are part of it."""

    code: str
    name: str
    address: str
    phone: str
    days: str
    email: str = ""
    other_phones: list[str] = field(default_factory=list)
    children: list["Entry"] = field(default_factory=list)

    @property
    def phone_link(self) -> str:
        return _phone_link(self.phone)

    @property
    def phones(self) -> list[tuple[str, str]]:
        """Every phone with its link, the main one first."""
        return [(phone, _phone_link(phone)) for phone in [self.phone, *self.other_phones] if phone]

    @property
    def has_counter(self) -> bool:
        return bool(self.address or self.phone)


@dataclass(frozen=True)
class Counter:
    """All that one counter shows of itself."""

    entry: Entry
    office: Office
    opening: hours.Opening | None
    table: list[hours.Day]
    closed_days: list[str]

    @property
    def position(self) -> str:
        """The place as `latitude,longitude`; empty when it is not known."""
        if self.office.latitude is None or self.office.longitude is None:
            return ""
        return f"{self.office.latitude},{self.office.longitude}"

    @property
    def map_link(self) -> str:
        """A link that opens the map application of the visitor's own choice."""
        return f"geo:{self.position}?q={self.position}" if self.position else ""


@dataclass(frozen=True)
class Place:
    """A territory with the territories and the offices in it."""

    code: str
    name: str
    kind: str
    url: str = ""  # of its own pages
    offices: list[Entry] = field(default_factory=list)
    children: list["Place"] = field(default_factory=list)


def tree() -> list[Entry]:
    """Return the open offices of no territory, each below the one it is part of, in one query."""
    return _nested(Office.objects.open().real().filter(territory=None).select_related("calendar"))


def places(addresses: Mapping[int, str]) -> list[Place]:
    """Return the territories as a tree with their offices, in two queries.

    `addresses` are those of the pages that territories have of their own.
    """
    territories = list(Territory.objects.all())
    below: dict[int, list[Office]] = {}
    if territories:
        for office in _offices().exclude(territory=None):
            below.setdefault(office.territory_id or 0, []).append(office)
    by_parent: dict[int, list[Territory]] = {}
    for territory in territories:
        by_parent.setdefault(territory.parent_id or 0, []).append(territory)

    def place(territory: Territory) -> Place:
        inside = [place(child) for child in by_parent.get(territory.pk, [])]
        return Place(
            code=territory.code,
            name=territory.name_in(),
            kind=territory.kind,
            url=addresses.get(territory.pk, ""),
            offices=_nested(below.get(territory.pk, [])),
            children=sorted(inside, key=lambda one: one.name),
        )

    return sorted((place(root) for root in by_parent.get(0, [])), key=lambda one: one.name)


def named(codes: Collection[str]) -> list[Entry]:
    """Return the open offices called `codes`, in one query."""
    if not codes:
        return []
    return [_entry(office) for office in _offices().filter(code__in=codes)]


def of_territory(territory_id: int) -> list[Entry]:
    """Return the open offices of a territory, in one query."""
    return [_entry(office) for office in _offices().filter(territory=territory_id)]


def counter(code: str, now: datetime | None = None) -> Counter | None:
    """Return the open office called `code` with its hours; None when there is none."""
    office = (
        Office.objects.open()
        .real()
        .select_related("calendar", "territory", "parent")
        .prefetch_related("hours", "closures")
        .filter(code=code)
        .first()
    )
    return _counter(office, now) if office else None


def counters(territory_id: int, now: datetime | None = None) -> list[Counter]:
    """Return the open counters of a territory with their hours."""
    offices = _offices().filter(territory=territory_id).prefetch_related("hours", "closures")
    return [_counter(office, now) for office in offices]


def _offices() -> QuerySet[Office]:
    rows = Office.objects.open().real().select_related("calendar")
    return rows.prefetch_related("calendar__week_changes")


def _counter(office: Office, now: datetime | None) -> Counter:
    return Counter(
        entry=_entry(office),
        office=office,
        opening=hours.opening(office, now),
        table=hours.table(office, now),
        closed_days=hours.closed_days(office, now),
    )


def _nested(offices: Iterable[Office]) -> list[Entry]:
    offices = list(offices)
    entries = {office.pk: _entry(office) for office in offices}
    roots: list[Entry] = []
    for office in offices:
        # An office whose own administration is closed still has a counter to go to.
        above = entries.get(office.parent_id or 0)
        (above.children if above else roots).append(entries[office.pk])
    return roots


def _entry(office: Office) -> Entry:
    return Entry(
        code=office.code,
        name=office.name_in(),
        address=office.address,
        phone=office.phone,
        email=office.email,
        other_phones=[phone.strip() for phone in office.other_phones.split(",") if phone.strip()],
        days=calendars.days_in_words(office.calendar.weekdays_on(timezone.localdate())),
    )


def _phone_link(phone: str) -> str:
    return "tel:" + "".join(sign for sign in phone if sign in "+0123456789")

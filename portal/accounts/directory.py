"""What the public may know of the offices: a tree with addresses, phones and working days."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from portal.accounts.models import Office

DAYS_IN_WEEK = 7


@dataclass(frozen=True)
class Entry:
    """An office in the directory, with the offices that are part of it."""

    code: str
    name: str
    address: str
    phone: str
    days: str
    children: list["Entry"] = field(default_factory=list)

    @property
    def phone_link(self) -> str:
        return "tel:" + "".join(sign for sign in self.phone if sign in "+0123456789")

    @property
    def has_counter(self) -> bool:
        return bool(self.address or self.phone)


def tree() -> list[Entry]:
    """Return the offices that are open, each below the one it is part of, in one query."""
    offices = list(Office.objects.open().select_related("calendar"))
    entries = {office.pk: _entry(office) for office in offices}
    roots: list[Entry] = []
    for office in offices:
        # An office whose own administration is closed still has a counter to go to.
        above = entries.get(office.parent_id or 0)
        (above.children if above else roots).append(entries[office.pk])
    return roots


def named(codes: Collection[str]) -> list[Entry]:
    """Return the open offices called `codes`, in one query."""
    if not codes:
        return []
    return [
        _entry(office)
        for office in Office.objects.open().filter(code__in=codes).select_related("calendar")
    ]


def days_in_words(weekdays: Iterable[int]) -> str:
    """Return the working days in the active language: “Sunday to Thursday” when they follow on."""
    days = sorted(set(weekdays))
    firsts = [day for day in days if (day - 1) % DAYS_IN_WEEK not in days]
    if len(firsts) == 1 and len(days) > 2:
        last = (firsts[0] + len(days) - 1) % DAYS_IN_WEEK
        return _("%(first)s to %(last)s") % {"first": WEEKDAYS[firsts[0]], "last": WEEKDAYS[last]}
    return ", ".join(str(WEEKDAYS[day]) for day in days)


def _entry(office: Office) -> Entry:
    return Entry(
        code=office.code,
        name=office.name_in(),
        address=office.address,
        phone=office.phone,
        days=days_in_words(int(digit) for digit in office.calendar.weekdays),
    )

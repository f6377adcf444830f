"""What the lines of a register add up to: the reports that its definition names, and its credits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.registers import definitions
from eservices.registers.models import Register
from portal.accounts.models import User
from portal.core.money import Money
from portal.core.texts import pick

BALANCE = "credits"
SHOWN = 500  # on the page; the file has them all


@dataclass(frozen=True)
class Named:
    key: str
    title: str


def named(register: Register) -> list[Named]:
    """Return the reports of this register."""
    found = [
        Named(one["key"], pick(one["title"])) for one in register.definition.get("reports") or []
    ]
    if register.has_balance:
        found.append(Named(BALANCE, _("Credits, commitments and spending")))
    return found


class Report:
    """One report: groups of lines, how many there are of each, and what their columns add up to.

    :raises KeyError: the register has no report of this name.
    """

    def __init__(self, register: Register, key: str, reader: User, year: str = "") -> None:
        self.register, self.reader = register, reader
        self.language = get_language() or "fr"
        self.title = {one.key: one.title for one in named(register)}[key]
        rules = register.definition.get("reports") or []
        self.rule: Mapping[str, Any] = next((one for one in rules if one["key"] == key), {})
        self.year = year if year in self.years else ""

    @cached_property
    def _entries(self) -> list[Any]:
        entries = self.register.entries.open().readable_by(self.reader).order_by("number")
        for entry in (found := list(entries)):
            entry.register = self.register
        return found

    @property
    def has_years(self) -> bool:
        return bool(self.rule.get("year"))

    @cached_property
    def years(self) -> list[str]:
        """The years that the lines are of, the latest first."""
        return sorted({year for one in self._entries if (year := self._year_of(one))}, reverse=True)

    @cached_property
    def head(self) -> list[str]:
        if not self.rule:
            return [_("Line"), _("Credit"), _("Reserved"), _("Spent"), _("Left")]
        names = dict(definitions.columns(self.register))
        return [
            *([_("Year")] if self.has_years else []),
            *(names[key] for key in self.rule["by"]),
            pick(self.rule.get("count")) or _("Lines"),
            *(names[key] for key in self.rule.get("sum") or []),
        ]

    @property
    def first_number(self) -> int:
        """The place of the first column that holds numbers."""
        return 1 if not self.rule else int(self.has_years) + len(self.rule["by"])

    @cached_property
    def rows(self) -> list[list[Any]]:
        """The groups with plain numbers, the greatest of the first sum first."""
        if not self.rule:
            return [
                [one.label, one.credit or 0, one.reserved, one.consumed, one.available]
                for one in self._entries
            ]
        sums = list(self.rule.get("sum") or [])
        groups: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * (1 + len(sums)))
        for entry in self._entries:
            if self.year and self._year_of(entry) != self.year:
                continue
            for group in self._groups(entry):
                numbers = [1, *(_whole(entry.values.get(key)) for key in sums)]
                groups[group] = [a + b for a, b in zip(groups[group], numbers, strict=True)]
        found = [[*group, *numbers] for group, numbers in groups.items()]
        return sorted(found, key=lambda row: (self._newest(row), -row[-1], row))

    @property
    def shown(self) -> list[list[tuple[str, str]]]:
        """The rows as people read them, each cell with the name of its column."""
        return [self._told(row) for row in self.rows[:SHOWN]]

    @property
    def total(self) -> list[tuple[str, str]]:
        """The last line: what the columns of numbers add up to. Empty when lines count twice."""
        if len(self.rows) < 2 or self.rule.get("split"):
            return []
        first = self.first_number
        sums = [sum(row[at] for row in self.rows) for at in range(first, len(self.head))]
        return self._told([_("Together"), *[""] * (first - 1), *sums])

    def _newest(self, row: Sequence[Any]) -> int:
        return -int(row[0]) if self.has_years and str(row[0]).isdecimal() else 0

    def _told(self, row: Sequence[Any]) -> list[tuple[str, str]]:
        money = self._money_places
        texts = [
            str(Money(cell, self.register.currency)) if at in money else str(cell)
            for at, cell in enumerate(row)
        ]
        return list(zip(self.head, texts, strict=True))

    @cached_property
    def _money_places(self) -> set[int]:
        if not self.rule:
            return set(range(1, 5))
        kinds = {one["key"]: one["type"] for one in self.register.definition["columns"]}
        start = self.first_number + 1
        keys = enumerate(self.rule.get("sum") or [], start=start)
        return {at for at, key in keys if kinds.get(key) == "money"}

    def _year_of(self, entry: Any) -> str:
        value = entry.values.get(self.rule.get("year") or "")
        return value[:4] if isinstance(value, str) else ""

    def _groups(self, entry: Any) -> list[tuple[str, ...]]:
        """Return the groups that a line belongs to: one, or as many as its column `split` names."""
        texts = definitions.texts(self.register, entry.values, self.language)
        groups: list[tuple[str, ...]] = [(self._year_of(entry),)] if self.has_years else [()]
        for key in self.rule["by"]:
            text = texts.get(key) or "—"
            parts = [text]
            if key == self.rule.get("split"):
                parts = sorted({part.strip() for part in text.split(",") if part.strip()}) or ["—"]
            groups = [(*group, part) for group in groups for part in parts]
        return groups


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0

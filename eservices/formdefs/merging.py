"""Two people changed one definition at the same time: put both changes together where they agree.

Lists whose entries have a name of their own (a field its key, an option its value) are followed entry
by entry, so that two edits meet only where they touch the same thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ABSENT: Any = object()
NAMES = ("key", "code", "value", "name")


@dataclass(slots=True)
class Merge:
    """The definition that holds both changes, and the places where one had to give way."""

    value: Any
    clashes: list[str] = field(default_factory=list)


def merge(base: Any, theirs: Any, mine: Any, *, prefer: Literal["theirs", "mine"]) -> Merge:
    """Return `theirs` and `mine` together; where both changed one value, `prefer` wins."""
    result = Merge(None)
    result.value = _Merger(result, prefer).any("", base, theirs, mine)
    return result


def name_of(entry: Any) -> str | None:
    """Return what an entry of a list is known by; None when it has no name."""
    if not isinstance(entry, Mapping):
        return None
    if "use" in entry:
        return f"use {entry['use']} {entry.get('prefix', '')}"
    return next((str(entry[name]) for name in NAMES if entry.get(name)), None)


def named(entries: Any) -> dict[str, Any] | None:
    """Return the entries of a list by name; None when it is no list of named entries."""
    if not isinstance(entries, list):
        return None
    found = {name: entry for entry in entries if (name := name_of(entry)) is not None}
    return found if len(found) == len(entries) else None


@dataclass(slots=True)
class _Merger:
    result: Merge
    prefer: str

    def any(self, place: str, base: Any, theirs: Any, mine: Any) -> Any:
        if mine in (base, theirs):
            return theirs
        if theirs == base:
            return mine
        if isinstance(theirs, Mapping) and isinstance(mine, Mapping):
            return self.entries(place, base if isinstance(base, Mapping) else {}, theirs, mine)
        their_names, my_names = named(theirs), named(mine)
        if their_names is not None and my_names is not None:
            names = named(base) or {}
            merged = self.entries(place, names, their_names, my_names)
            return [merged[name] for name in _order(list(names), theirs, mine) if name in merged]
        self.result.clashes.append(place)
        return mine if self.prefer == "mine" else theirs

    def entries(
        self,
        place: str,
        base: Mapping[str, Any],
        theirs: Mapping[str, Any],
        mine: Mapping[str, Any],
    ) -> dict[str, Any]:
        merged = {}
        for key in [*theirs, *(key for key in mine if key not in theirs)]:
            value = self.any(
                f"{place}/{key}".lstrip("/"),
                base.get(key, ABSENT),
                theirs.get(key, ABSENT),
                mine.get(key, ABSENT),
            )
            if value is not ABSENT:
                merged[key] = value
        return merged


def _order(base: list[str], theirs: list[Any], mine: list[Any]) -> list[str]:
    """Follow who re-ordered; put the other's new entries behind the entry they stood behind."""
    their_order = [str(name_of(entry)) for entry in theirs]
    my_order = [str(name_of(entry)) for entry in mine]
    kept = [name for name in base if name in my_order]
    i_moved = [name for name in my_order if name in base] != kept
    order, other = (my_order, their_order) if i_moved else (their_order, my_order)
    result = list(order)
    for index, name in enumerate(other):
        if name not in result:
            before = next((one for one in reversed(other[:index]) if one in result), None)
            result.insert(result.index(before) + 1 if before else 0, name)
    return result

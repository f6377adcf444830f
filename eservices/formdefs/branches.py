"""The part of a list that stands below one entry: the communes of one country, over its regions."""

from collections.abc import Iterable, Mapping
from typing import Any

MAX_LEVELS = 6


def options_of(field: Mapping[str, Any], lists: Any) -> list[Mapping[str, Any]]:
    """Return the options of a question: its own, or those of its list below `under`."""
    known: Mapping[str, Any] = lists if isinstance(lists, Mapping) else {}
    listed = field.get("options") or known.get(str(field.get("list"))) or []
    options = (
        [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    )
    return below(options, str(field["under"]), known) if field.get("under") else options


def below(
    options: Iterable[Mapping[str, Any]], top: str, lists: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """Return the options below `top`, at any depth. A parent may be an entry of another list."""
    parents: dict[str, str] = {}
    for entries in lists.values():
        for one in entries if isinstance(entries, list) else []:
            if isinstance(one, Mapping) and isinstance(one.get("parent"), str):
                parents[str(one.get("value"))] = one["parent"]
    return [one for one in options if _is_below(one.get("parent"), top, parents)]


def _is_below(parent: Any, top: str, parents: Mapping[str, str]) -> bool:
    for _level in range(MAX_LEVELS):
        if parent == top:
            return True
        parent = parents.get(str(parent))
    return False

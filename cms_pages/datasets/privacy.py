"""No published number stands for fewer than five people, not even by subtraction (ODP-1)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

LEAST = 5
Key = tuple[Any, ...]


def protected(
    cells: Mapping[Key, int], groups: Iterable[Iterable[Key]] = ()
) -> dict[Key, int | None]:
    """Return the cells with None for those that must not be published.

    A group is a set of cells whose sum is published somewhere: when one cell of it is hidden, a
    second one is too, the smallest, else the first could be worked out; and when what is hidden
    adds up to fewer than five, another one again.
    """
    hidden = {key for key, number in cells.items() if number < LEAST}
    members = [[key for key in group if key in cells] for group in groups]
    changed = True
    while changed:  # hiding for one group may open another
        changed = False
        for group in members:
            if extra := _second(group, cells, hidden):
                hidden |= extra
                changed = True
    return {key: None if key in hidden else number for key, number in cells.items()}


def _second(group: list[Key], cells: Mapping[Key, int], hidden: set[Key]) -> set[Key]:
    inside = [key for key in group if key in hidden]
    if not inside:
        return set()
    total = sum(cells[key] for key in inside)
    if len(inside) > 1 and total >= LEAST:
        return set()
    if total == 0 and len(inside) > 1:
        return set()  # nobody stands behind them
    shown = sorted((cells[key], str(key), key) for key in group if key not in hidden)
    return {shown[0][2]} if shown else set()


def grouped(keys: Iterable[Key], part: int) -> list[list[Key]]:
    """Return the keys (tuples) that agree on their first `part` entries, group by group."""
    found: defaultdict[tuple[Any, ...], list[Key]] = defaultdict(list)
    for key in keys:
        found[key[:part]].append(key)
    return list(found.values())

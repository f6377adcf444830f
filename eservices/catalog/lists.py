"""Shared code lists, frozen into what is published: an old case keeps the labels of its time."""

from collections.abc import Iterator, Mapping
from typing import Any

from eservices.codelists import services as codelists
from eservices.formdefs.groups import library


def with_code_lists(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return `definition` with the shared lists its questions name; its own lists come first.

    `code_lists` tells which version of each was taken. Done again, it takes the last versions.
    """
    complete = dict(definition)
    given = complete.get("lists")
    shared = complete.pop("code_lists", None)
    frozen = set(shared) if isinstance(shared, Mapping) else set()
    own = {
        name: options
        for name, options in (given.items() if isinstance(given, Mapping) else ())
        if name not in frozen
    }
    wanted = {*named_lists(complete.get("steps")), *lists_of_groups(complete.get("steps"))}
    found = codelists.current_options(wanted - set(own))
    if not found and not frozen:
        return complete
    complete["lists"] = own | {name: options for name, (_number, options) in found.items()}
    complete["code_lists"] = {name: number for name, (number, _options) in found.items()}
    return complete


def named_lists(holder: Any) -> Iterator[str]:
    """Go through the lists that questions name, in steps, sections and groups."""
    for one in _items(holder):
        if isinstance(one.get("list"), str):
            yield one["list"]


def lists_of_groups(holder: Any) -> Iterator[str]:
    """Go through the lists that the shared groups would take, if they are there."""
    for one in _items(holder):
        if isinstance(one.get("use"), str) and one["use"] in library():
            yield from named_lists(library()[one["use"]].get("fields"))


def _items(holder: Any) -> Iterator[Mapping[str, Any]]:
    """Go through steps, sections, groups, questions and what a use of a group changes in them."""
    waiting = [holder]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, Mapping):
            yield value
            waiting.append(value.get("fields"))
            changes = value.get("with")
            waiting += list(changes.values()) if isinstance(changes, Mapping) else []

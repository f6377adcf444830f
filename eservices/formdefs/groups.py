"""Groups of questions that many forms share: `use: identity` stands for them in a step.

A form may have its own under `groups:`; the others come from the library, `data/groups.yaml`. They
are written out when a form is published: a change of the library touches no published version.

`$country` in a group is the country of the form. A question with `under` asks for a part of a shared
list: it is left out where that list holds nothing of the country, and so does no form lack a list.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from eservices.formdefs.branches import options_of
from portal.core.texts import pick

LIBRARY = Path(__file__).parent / "data" / "groups.yaml"
USE_KEYS = frozenset({"use", "prefix", "only", "except", "with", "show_if"})


COUNTRY = "$country"


class UnknownGroup(ValueError):
    """A `use` that cannot be followed. The message says why."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a group takes from the form that uses it."""

    groups: Mapping[str, Any]
    country: str
    lists: Any
    inside: bool = False  # in the rows of a group that repeats

    def asks(self, field: Mapping[str, Any]) -> bool:
        return "under" not in field or bool(options_of(self.placed(field), self.lists))

    def placed(self, field: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self.country if one == COUNTRY else one for key, one in field.items()}


@lru_cache(maxsize=1)
def library() -> Mapping[str, Any]:
    return yaml.safe_load(LIBRARY.read_text(encoding="utf-8"))


def name_of(use: str) -> str:
    """Return what editors call a group of the library; its own name when it has no other."""
    group = library().get(use)
    return (pick(group.get("label")) if isinstance(group, Mapping) else "") or use


def use_groups(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return `definition` with every `use` written out; itself unchanged. :raises UnknownGroup:"""
    own = definition.get("groups") or {}
    if not isinstance(own, Mapping):
        raise UnknownGroup("groups: named groups are expected")
    expanded = {key: value for key, value in definition.items() if key != "groups"}
    if isinstance(definition.get("steps"), list):
        country = str(definition.get("country") or "")
        around = Around({**library(), **own}, country, definition.get("lists"))
        expanded["steps"] = [_holder(step, around) for step in definition["steps"]]
    return expanded


def _holder(holder: Any, around: Around) -> Any:
    """Write out the uses of a step, or of a group that repeats."""
    if not isinstance(holder, Mapping) or not isinstance(holder.get("fields"), list):
        return holder
    fields: list[Any] = []
    rules = list(holder.get("rules") or [])
    for field in holder["fields"]:
        if isinstance(field, Mapping) and "use" in field:
            more, own_rules = _use(field, around)
            fields += more
            rules += own_rules
        elif isinstance(field, Mapping) and field.get("type") == "group" and not around.inside:
            fields.append(_holder(field, replace(around, inside=True)))
        else:
            fields.append(field)
    return {**holder, "fields": fields} | ({"rules": rules} if rules else {})


def _use(use: Mapping[str, Any], around: Around) -> tuple[list[Any], list[Any]]:
    """Return the fields and the rules that `use` stands for."""
    group = around.groups.get(use["use"]) if isinstance(use["use"], str) else None
    if not isinstance(group, Mapping) or not isinstance(group.get("fields"), list):
        raise UnknownGroup(f"use: there is no group {use['use']!r}")
    if unknown := set(use) - USE_KEYS:
        raise UnknownGroup(f"use {use['use']!r}: unknown key {sorted(unknown)[0]!r}")
    keys = [str(field["key"]) for field in group["fields"]]
    changes = use.get("with") or {}
    if strange := {*(use.get("only") or []), *(use.get("except") or []), *changes} - set(keys):
        raise UnknownGroup(f"use {use['use']!r}: it has no question {sorted(strange)[0]!r}")
    prefix = str(use.get("prefix") or "")
    kept = [field for field in group["fields"] if _is_kept(field, use, around)]
    names = {str(field["key"]): prefix + str(field["key"]) for field in kept}
    left_out = set(keys) - set(names)
    fields = [
        _field({**field, **(changes.get(field["key"]) or {})}, names, left_out, use, around)
        for field in kept
    ]
    rules = [
        _rule(rule, names, use, around)
        for rule in group.get("rules") or []
        if set(rule.get("needs") or [rule["field"]]) <= set(names)
    ]
    return fields, rules


def _is_kept(field: Mapping[str, Any], use: Mapping[str, Any], around: Around) -> bool:
    key = field["key"]
    wanted = key in (use.get("only") or [key]) and key not in (use.get("except") or [])
    return wanted and around.asks(field)


def _field(
    source: Mapping[str, Any],
    names: Mapping[str, str],
    left_out: set[str],
    use: Mapping[str, Any],
    around: Around,
) -> dict[str, Any]:
    field = _renamed(source, names, around)
    field["key"] = names[source["key"]]
    if _reads(source.get("required_if"), left_out):
        field.pop("required_if")  # what could stand for the answer is not asked: it is required
    return _only_if(field, "show_if", use.get("show_if"))


def _rule(
    source: Mapping[str, Any], names: Mapping[str, str], use: Mapping[str, Any], around: Around
) -> dict[str, Any]:
    rule = _renamed(source, names, around)
    rule.pop("needs", None)
    rule["field"] = names[source["field"]]
    return _only_if(rule, "when", use.get("show_if"))


def _only_if(entry: dict[str, Any], key: str, condition: Any) -> dict[str, Any]:
    if condition is not None:
        entry[key] = {"and": [condition, entry[key]]} if key in entry else condition
    return entry


def _reads(expression: Any, keys: set[str]) -> bool:
    if isinstance(expression, list):
        return any(_reads(one, keys) for one in expression)
    if not isinstance(expression, Mapping):
        return False
    if isinstance(expression.get("var"), str):
        return expression["var"].partition(".")[0] in keys
    return any(_reads(one, keys) for one in expression.values())


def _renamed(source: Any, names: Mapping[str, str], around: Around) -> Any:
    """Return a copy in which the expressions read the questions under their new names."""
    if source == COUNTRY:
        return around.country
    if isinstance(source, list):
        return [_renamed(one, names, around) for one in source]
    if not isinstance(source, Mapping):
        return copy.copy(source)
    if set(source) == {"var"} and isinstance(source["var"], str):
        root, dot, rest = source["var"].partition(".")
        if root in names:
            return {"var": ("row." if around.inside else "") + names[root] + dot + rest}
    return {key: _renamed(value, names, around) for key, value in source.items()}

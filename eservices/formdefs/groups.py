"""Groups of questions that many forms share: `use: identity` stands for them in a step.

A form may have its own under `groups:`; the others come from the library, `data/groups.yaml`. They
are written out when a form is published: a change of the library touches no published version.
"""

import copy
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from portal.core.texts import pick

LIBRARY = Path(__file__).parent / "data" / "groups.yaml"
USE_KEYS = frozenset({"use", "prefix", "only", "except", "with", "show_if"})


class UnknownGroup(ValueError):
    """A `use` that cannot be followed. The message says why."""


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
        known = {**library(), **own}
        expanded["steps"] = [_holder(step, known, inside=False) for step in definition["steps"]]
    return expanded


def _holder(holder: Any, known: Mapping[str, Any], *, inside: bool) -> Any:
    """Write out the uses of a step, or of a group that repeats (`inside`)."""
    if not isinstance(holder, Mapping) or not isinstance(holder.get("fields"), list):
        return holder
    fields: list[Any] = []
    rules = list(holder.get("rules") or [])
    for field in holder["fields"]:
        if isinstance(field, Mapping) and "use" in field:
            more, own_rules = _use(field, known, inside=inside)
            fields += more
            rules += own_rules
        elif isinstance(field, Mapping) and field.get("type") == "group" and not inside:
            fields.append(_holder(field, known, inside=True))
        else:
            fields.append(field)
    return {**holder, "fields": fields} | ({"rules": rules} if rules else {})


def _use(
    use: Mapping[str, Any], known: Mapping[str, Any], *, inside: bool
) -> tuple[list[Any], list[Any]]:
    """Return the fields and the rules that `use` stands for."""
    group = known.get(use["use"]) if isinstance(use["use"], str) else None
    if not isinstance(group, Mapping) or not isinstance(group.get("fields"), list):
        raise UnknownGroup(f"use: there is no group {use['use']!r}")
    if unknown := set(use) - USE_KEYS:
        raise UnknownGroup(f"use {use['use']!r}: unknown key {sorted(unknown)[0]!r}")
    keys = [str(field["key"]) for field in group["fields"]]
    changes = use.get("with") or {}
    if strange := {*(use.get("only") or []), *(use.get("except") or []), *changes} - set(keys):
        raise UnknownGroup(f"use {use['use']!r}: it has no question {sorted(strange)[0]!r}")
    kept = [key for key in use.get("only") or keys if key not in (use.get("except") or [])]
    prefix = str(use.get("prefix") or "")
    names = {key: prefix + key for key in kept}
    fields = [
        _field({**field, **(changes.get(field["key"]) or {})}, names, use, inside=inside)
        for field in group["fields"]
        if field["key"] in names
    ]
    rules = [
        _rule(rule, names, use, inside=inside)
        for rule in group.get("rules") or []
        if set(rule.get("needs") or [rule["field"]]) <= set(names)
    ]
    return fields, rules


def _field(
    source: Mapping[str, Any], names: Mapping[str, str], use: Mapping[str, Any], *, inside: bool
) -> dict[str, Any]:
    field = _renamed(source, names, inside=inside)
    field["key"] = names[source["key"]]
    return _only_if(field, "show_if", use.get("show_if"))


def _rule(
    source: Mapping[str, Any], names: Mapping[str, str], use: Mapping[str, Any], *, inside: bool
) -> dict[str, Any]:
    rule = _renamed(source, names, inside=inside)
    rule.pop("needs", None)
    rule["field"] = names[source["field"]]
    return _only_if(rule, "when", use.get("show_if"))


def _only_if(entry: dict[str, Any], key: str, condition: Any) -> dict[str, Any]:
    if condition is not None:
        entry[key] = {"and": [condition, entry[key]]} if key in entry else condition
    return entry


def _renamed(source: Any, names: Mapping[str, str], *, inside: bool) -> Any:
    """Return a copy in which the expressions read the questions under their new names."""
    if isinstance(source, list):
        return [_renamed(one, names, inside=inside) for one in source]
    if not isinstance(source, Mapping):
        return copy.copy(source)
    if set(source) == {"var"} and isinstance(source["var"], str):
        root, dot, rest = source["var"].partition(".")
        if root in names:
            return {"var": ("row." if inside else "") + names[root] + dot + rest}
    return {key: _renamed(value, names, inside=inside) for key, value in source.items()}

"""Changing a definition: each function returns a changed copy, the one given stays as it was.

A place is the key of a step, or the path of a field: its key, with the key of its group before it
(`documents.title`). Groups that a form borrows (`use: identity`) have a place too: `use:identity`.
"""

import copy
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from eservices.formdefs.expansion import expand
from eservices.formdefs.references import rename_variable
from portal.core.errors import PortalError

Definition = Mapping[str, Any]


class NoSuchPlace(PortalError):
    """The step or the field is not there any more."""

    code = "no_such_place"


# --- Finding -----------------------------------------------------------------------------------
def step_of(definition: Definition, key: str) -> dict[str, Any]:
    """Return a step. :raises NoSuchPlace:"""
    for step in definition.get("steps") or []:
        if step.get("key") == key:
            return step
    raise NoSuchPlace(key)


def path_of(field: Mapping[str, Any], group: str = "") -> str:
    own = (
        f"use:{field.get('prefix', '')}{field['use']}" if "use" in field else str(field.get("key"))
    )
    return f"{group}.{own}" if group else own


def find(definition: Definition, path: str) -> tuple[dict[str, Any], list[Any], int]:
    """Return the step, the list and the position of the field at `path`. :raises NoSuchPlace:"""
    for step in definition.get("steps") or []:
        for fields, group in lists_of(step):
            for index, field in enumerate(fields):
                if path_of(field, group) == path:
                    return step, fields, index
    raise NoSuchPlace(path)


def lists_of(holder: Mapping[str, Any], group: str = "") -> Iterator[tuple[list[Any], str]]:
    """Every list of fields inside a step: its own, those of its sections and of its groups."""
    fields = holder.get("fields") or []
    yield fields, group
    for field in fields:
        if field.get("type") == "section":
            yield from lists_of(field, group)
        elif field.get("type") == "group":
            yield from lists_of(field, str(field.get("key")))


def field_at(definition: Definition, path: str) -> dict[str, Any]:
    """Return a field. :raises NoSuchPlace:"""
    _step, fields, index = find(definition, path)
    return fields[index]


def all_keys(definition: Definition) -> set[str]:
    """Return the keys of the questions, borrowed ones included; columns have their own names."""
    steps = expand(definition).get("steps") or []
    keys = {str(field.get("key")) for step in steps for field in step.get("fields") or []}
    return keys | {
        str(one.get("key")) for _s, path, one in fields_of(definition) if "." not in path
    }


def new_key(label: str, taken: set[str]) -> str:
    """Return a key made from the words of a question, that nobody else has."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in LITTLE_WORDS]
    start = "_".join(words[:4])[:40].strip("_") or "question"
    start = start if start[0].isalpha() else f"q_{start}"
    key, number = start, 2
    while key in taken:
        key, number = f"{start}_{number}", number + 1
    return key


LITTLE_WORDS = frozenset(
    """a au aux avec avez ce ces cette d dans de des du elle en est et etes il l la le les leur ma mes
    mon ou par pour qu que quel quelle quelles quels s sa ses son sur un une votre vos vous y
    the of your is""".split()  # noqa: SIM905
)


# --- Steps -------------------------------------------------------------------------------------
def add_step(definition: Definition, step: Mapping[str, Any], at: int | None = None) -> dict:
    changed = _copy(definition)
    steps = changed.setdefault("steps", [])
    steps.insert(len(steps) if at is None else at, dict(step))
    return changed


def replace_step(definition: Definition, key: str, step: Mapping[str, Any]) -> dict[str, Any]:
    changed = _copy(definition)
    steps = changed["steps"]
    steps[steps.index(step_of(changed, key))] = dict(step)
    return changed


def delete_step(definition: Definition, key: str) -> dict[str, Any]:
    changed = _copy(definition)
    changed["steps"].remove(step_of(changed, key))
    return changed


def move_step(definition: Definition, key: str, to: int) -> dict[str, Any]:
    changed = _copy(definition)
    _move(changed["steps"], changed["steps"].index(step_of(changed, key)), to)
    return changed


def order_steps(definition: Definition, keys: list[str]) -> dict[str, Any]:
    """Put the steps in this order; those that are not named stay behind, as they were."""
    changed = _copy(definition)
    changed["steps"].sort(key=lambda step: _rank(keys, str(step.get("key"))))
    return changed


# --- Fields ------------------------------------------------------------------------------------
def add_field(
    definition: Definition,
    step: str,
    field: Mapping[str, Any],
    *,
    group: str = "",
    at: int | None = None,
) -> dict[str, Any]:
    changed = _copy(definition)
    holder = field_at(changed, group) if group else step_of(changed, step)
    fields = holder.setdefault("fields", [])
    fields.insert(len(fields) if at is None else at, dict(field))
    return changed


def replace_field(definition: Definition, path: str, field: Mapping[str, Any]) -> dict[str, Any]:
    """Put `field` at `path`. With another key, everything that read the old one reads the new one."""
    changed = _copy(definition)
    _step, fields, index = find(changed, path)
    old = fields[index].get("key")
    fields[index] = dict(field)
    if "use" in field or old is None or field.get("key") == old:
        return changed
    group = path.partition(".")[0] if "." in path else ""
    return rename_variable(changed, str(old), str(field["key"]), group=group)


def delete_field(definition: Definition, path: str) -> dict[str, Any]:
    changed = _copy(definition)
    _step, fields, index = find(changed, path)
    del fields[index]
    return changed


def duplicate_field(definition: Definition, path: str) -> tuple[dict[str, Any], str]:
    """Return the definition with a second field behind `path`, and the path of that one."""
    changed = _copy(definition)
    _step, fields, index = find(changed, path)
    twin = copy.deepcopy(fields[index])
    group = path.partition(".")[0] if "." in path else ""
    taken = {str(one.get("key")) for one in fields} if group else all_keys(changed)
    base = re.sub(r"_[0-9]+$", "", str(twin["key"]))
    twin["key"] = new_key(base.replace("_", " "), taken)
    fields.insert(index + 1, twin)
    return changed, path_of(twin, group)


def move_field(definition: Definition, path: str, to: int) -> dict[str, Any]:
    """Move a field to another place of its own list."""
    changed = _copy(definition)
    _step, fields, index = find(changed, path)
    _move(fields, index, to)
    return changed


def move_to_step(definition: Definition, path: str, step: str) -> dict[str, Any]:
    """Move a field to the end of another step."""
    changed = _copy(definition)
    _old, fields, index = find(changed, path)
    step_of(changed, step).setdefault("fields", []).append(fields.pop(index))
    return changed


def order_fields(
    definition: Definition, step: str, paths: list[str], *, group: str = ""
) -> dict[str, Any]:
    """Put the fields of a step, a section or a group in this order; those not named stay behind."""
    changed = _copy(definition)
    holder = field_at(changed, group) if group else step_of(changed, step)
    group = group if holder.get("type") == "group" else ""  # a section gives its fields no prefix
    holder["fields"].sort(key=lambda field: _rank(paths, path_of(field, group)))
    return changed


def write_out(definition: Definition, path: str) -> dict[str, Any]:
    """Replace a borrowed group by its own questions, so that they can be changed one by one."""
    changed = _copy(definition)
    step, fields, index = find(changed, path)
    alone = {**changed, "steps": [{**step, "fields": [fields[index]], "rules": []}]}
    written = expand(alone)["steps"][0]
    fields[index : index + 1] = written["fields"]
    if written.get("rules"):
        step["rules"] = [*(step.get("rules") or []), *written["rules"]]
    return changed


# --- Any place ---------------------------------------------------------------------------------
def at(definition: Definition, path: str, default: Any = None) -> Any:
    """Return what stands at a dotted path of names, such as `refusal.motives`."""
    value: Any = definition
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return default
        value = value[name]
    return value


def put(definition: Definition, path: str, value: Any) -> dict[str, Any]:
    """Put `value` at a dotted path of names; None and empty take it away."""
    changed = _copy(definition)
    _put(changed, path.split("."), value)
    return changed


def _put(holder: dict[str, Any], names: list[str], value: Any) -> None:
    first, *rest = names
    if rest:
        inner = holder.get(first)
        holder[first] = inner if isinstance(inner, dict) else {}
        _put(holder[first], rest, value)
        if not holder[first]:
            del holder[first]
    elif value in (None, "", {}, []):
        holder.pop(first, None)
    else:
        holder[first] = value


def fields_of(definition: Definition) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every field as written, columns included: step, path, field."""
    for step in definition.get("steps") or []:
        for fields, group in lists_of(step):
            for field in fields:
                yield str(step.get("key")), path_of(field, group), field


def _copy(definition: Definition) -> dict[str, Any]:
    return copy.deepcopy(dict(definition))


def _move(entries: list[Any], index: int, to: int) -> None:
    entries.insert(max(0, min(to, len(entries) - 1)), entries.pop(index))


def _rank(names: list[str], name: str) -> int:
    return names.index(name) if name in names else len(names)

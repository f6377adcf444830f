"""What an editor writes in short, written out in full when a form is published.

A `section` becomes its heading and its questions, `use` the questions of a shared group, `totals`
of a group computed values after it, a `payment_line` a fee, a `file` question a piece, `who` the
questions and proofs of whoever files for somebody else. The engine then knows steps, fields,
groups, pieces and fees only. Writing out twice changes nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from eservices.formdefs.groups import UnknownGroup, use_groups
from eservices.formdefs.standing import with_standing

MAX_SECTIONS_DEEP = 4
MAX_DEPTH = 60  # of the JSON itself: an expression has its own limit
MAX_ENTRIES = 200_000
MAX_SIGNS = 4_000_000


def expand(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return `definition` written out; itself unchanged.

    :raises UnknownGroup: when a part cannot be followed; the message says which.
    """
    weigh(definition)
    expanded = dict(definition)
    if isinstance(definition.get("steps"), list):
        expanded["steps"] = [_flat_step(step) for step in definition["steps"]]
    expanded = with_standing(use_groups(expanded))
    if isinstance(expanded.get("steps"), list):
        expanded["steps"] = [_with_totals(step) for step in expanded["steps"]]
        _borrow(expanded, "fees", "payment_line", _fee)
        _borrow(expanded, "pieces", "file", _piece)
    return expanded


def weigh(definition: Any) -> None:
    """Refuse what is too deep or too large before anything walks through it. :raises UnknownGroup:

    The aliases of YAML make a few lines worth millions: they are counted as often as they are read.
    """
    entries, signs, waiting = 0, 0, [(definition, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, Mapping):
            inner = list(value.values())
        elif isinstance(value, list):
            inner = value
        else:
            signs += len(value) if isinstance(value, str) else 0
            inner = []
        entries += len(inner)
        if depth > MAX_DEPTH or entries > MAX_ENTRIES or signs > MAX_SIGNS:
            what = "nested too deeply" if depth > MAX_DEPTH else "too large"
            raise UnknownGroup(f"the definition is {what}")
        waiting += [(one, depth + 1) for one in inner]


# --- Sections ----------------------------------------------------------------------------------
def _flat_step(step: Any) -> Any:
    if not isinstance(step, Mapping) or not isinstance(step.get("fields"), list):
        return step
    return {**step, "fields": list(_flat(step["fields"], None, 1))}


def _flat(fields: list[Any], condition: Any, depth: int) -> Iterator[Any]:
    for field in fields:
        if not isinstance(field, Mapping):
            yield field
        elif field.get("type") == "section":
            yield from _section(_shown_if(field, condition), depth)
        elif field.get("type") == "group" and isinstance(field.get("fields"), list):
            inner = {**field, "fields": list(_flat(field["fields"], None, depth))}
            yield _shown_if(inner, condition)
        else:
            yield _shown_if(field, condition)


def _section(section: Mapping[str, Any], depth: int) -> Iterator[Any]:
    if depth > MAX_SECTIONS_DEEP:
        raise UnknownGroup(f"section {section.get('key')!r}: sections are nested too deeply")
    condition = section.get("show_if")
    if section.get("label"):
        heading = {"key": section.get("key"), "type": "heading", "label": section["label"]}
        yield heading | ({} if condition is None else {"show_if": condition})
    inner = section.get("fields")
    yield from _flat(inner if isinstance(inner, list) else [], condition, depth + 1)


def _shown_if(field: Mapping[str, Any], condition: Any) -> Mapping[str, Any]:
    joined = both(condition, field.get("show_if"))
    return field if joined is None else {**field, "show_if": joined}


def both(first: Any, second: Any) -> Any:
    """Return the condition that both hold; None is no condition."""
    if first is None or second is None:
        return second if first is None else first
    return {"and": [first, second]}


# --- Totals ------------------------------------------------------------------------------------
def _with_totals(step: Any) -> Any:
    if not isinstance(step, Mapping) or not isinstance(step.get("fields"), list):
        return step
    fields: list[Any] = []
    for field in step["fields"]:
        if not isinstance(field, Mapping) or not isinstance(field.get("totals"), list):
            fields.append(field)
            continue
        fields.append({key: value for key, value in field.items() if key != "totals"})
        fields += [_total(field, total) for total in field["totals"]]
    return {**step, "fields": fields}


def _total(group: Mapping[str, Any], total: Any) -> Mapping[str, Any]:
    if not isinstance(total, Mapping) or not (total.get("column") or "value" in total):
        raise UnknownGroup(f"group {group.get('key')!r}: a total names its column")
    rows = {"var": group.get("key")}
    shown = both(group.get("show_if"), {"filled": [rows]})
    known = {key: value for key, value in total.items() if key in {"label", "format", "currency"}}
    return {
        "key": total.get("key") or f"{group.get('key')}_{total.get('column')}_total",
        "type": "computed",
        "value": total.get("value", {"sum": [rows, total.get("column")]}),
        "show_if": shown,
        **known,
    }


# --- Fees and pieces that a question brings with it --------------------------------------------
def _borrow(definition: dict[str, Any], target: str, kind: str, make: Any) -> None:
    listed = definition.get(target) or []
    if not isinstance(listed, list):
        return
    known = {entry.get("field") for entry in listed if isinstance(entry, Mapping)}
    more = [
        make(field, both(step.get("show_if"), field.get("show_if")))
        for step in definition["steps"]
        if isinstance(step, Mapping) and isinstance(step.get("fields"), list)
        for field in step["fields"]
        if isinstance(field, Mapping)
        and field.get("type") == kind
        and field.get("key") not in known
    ]
    if more:
        definition[target] = [*listed, *more]


def _fee(field: Mapping[str, Any], condition: Any) -> dict[str, Any]:
    names = ("label", "unit", "quantity", "per")
    fee = {"code": field.get("key"), **{name: field[name] for name in names if name in field}}
    return fee | {"field": field.get("key")} | ({} if condition is None else {"show_if": condition})


def _piece(field: Mapping[str, Any], condition: Any) -> dict[str, Any]:
    from_field = {key: value for key, value in field.items() if key in PIECE_SETTINGS}
    piece = {"key": field.get("key"), **from_field, "field": field.get("key")}
    return piece | ({} if condition is None else {"show_if": condition})


PIECE_SETTINGS = frozenset(
    ["label", "help", "required", "required_if", "accept", "max_files", "min_files", "max_mb", "template",
     "guidance"]
)  # fmt: skip

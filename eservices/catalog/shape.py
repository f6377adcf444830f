"""What a file must be before it becomes a draft: right kinds in the right places.

Less than what publication asks: texts may lack, conditions may be wrong, as in any draft. But every
screen of the builder may rely on it.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from eservices.formdefs.expansion import weigh
from eservices.formdefs.groups import UnknownGroup
from eservices.formdefs.lint import KEY
from eservices.formdefs.spec import MAX_FIELDS, MAX_STEPS

TEXT, NAME, LINE, CODE, ENTRIES, LINES = "text", "name", "line", "code", "entries", "lines"
OPTION = {"value": LINE, "label": TEXT, "help": TEXT}
RULE = {"message": TEXT, "field": LINE}
LABELLED = {"key": LINE, "code": LINE, "label": TEXT, "title": TEXT, "help": TEXT, "per": TEXT}
FIELD: dict[str, Any] = {
    "key": NAME,
    "type": LINE,
    "use": LINE,
    "label": TEXT,
    "help": TEXT,
    "text": TEXT,
    "list": LINE,
    "messages": {"required": TEXT, "invalid": TEXT},
    "options": [OPTION],
    "rules": [RULE],
    "totals": [{"column": LINE, "label": TEXT}],
}
FIELD["fields"] = [FIELD]
STEP = {"key": NAME, "title": TEXT, "intro": TEXT, "fields": [FIELD], "rules": [RULE]}
SHAPE: dict[str, Any] = {
    "slug": LINE,
    "code": LINE,
    "country": CODE,
    "currency": LINE,
    "title": TEXT,
    "summary": TEXT,
    "declaration": TEXT,
    "languages": LINES,
    "offices": LINES,
    "steps": [STEP],
    "pieces": [LABELLED],
    "fees": [LABELLED],
    "documents": [LABELLED | {"data": ENTRIES, "body": [{}]}],
    "tests": [{"name": LINE, "today": LINE, "answers": ENTRIES, "wrong": LINES, "steps": LINES,
               "pieces": LINES}],
    "circuit": {"stages": [{"key": LINE, "title": TEXT, "outcomes": [LABELLED]}]},
    "complement": {"reasons": [LABELLED]},
    "refusal": {"motives": [LABELLED], "appeal": TEXT},
    "retention": ENTRIES,
    "delay": ENTRIES,
    "window": ENTRIES,
    "contact": ENTRIES,
    "agenda": ENTRIES,
    "confidential": ENTRIES,
    "duties": [LABELLED],
    "lists": ENTRIES,
    "groups": ENTRIES,
    "who": ENTRIES,
}  # fmt: skip
MOST_TOLD = 5


def misshapen(definition: Mapping[str, Any]) -> list[str]:
    """Return what no screen could show, each with its place; nothing when it may become a draft."""
    try:
        weigh(definition)
    except UnknownGroup:
        return [_("It is too large, or nested too deeply.")]
    found = list(_values(definition, ""))[:MOST_TOLD]
    found = found or list(_faults(definition, SHAPE, ""))[:MOST_TOLD]
    return found or _sizes(definition)


def _sizes(definition: Mapping[str, Any]) -> list[str]:
    steps = definition.get("steps") or []
    fields = sum(len(step.get("fields") or []) for step in steps)
    if len(steps) <= MAX_STEPS and fields <= MAX_FIELDS:
        return []
    words = _("A form has at most %(steps)d steps and %(fields)d questions.")
    return [words % {"steps": MAX_STEPS, "fields": MAX_FIELDS}]


def _values(node: Any, place: str) -> Iterator[str]:
    """Refuse what cannot be stored on every database, and names that are no texts."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if not isinstance(key, str) or not _is_storable(key):
                yield _at(place, _("a name is a text: put it between quotes"))
                continue
            yield from _values(value, f"{place}.{key}" if place else key)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _values(value, f"{place}[{number}]")
    elif isinstance(node, str):
        if not _is_storable(node):
            yield _at(place, _("it holds a sign that cannot be stored"))
    elif isinstance(node, float):
        if not math.isfinite(node):
            yield _at(place, _("a number is expected"))
    elif isinstance(node, int):
        if abs(node) > 10**18:
            yield _at(place, _("the number is too large"))
    elif node is not None:
        yield _at(place, _("put this value between quotes"))


def _is_storable(text: str) -> bool:
    """PostgreSQL keeps no NUL in JSON; half a surrogate pair is no text at all."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def _faults(node: Any, shape: Any, place: str) -> Iterator[str]:
    """Compare a value with what its place expects. What is empty is no fault: the checks tell it."""
    if node is None:
        return
    if isinstance(shape, Mapping):
        if not isinstance(node, Mapping):
            yield _at(place, _("named entries are expected"))
            return
        for key, inner in shape.items():
            yield from _faults(node.get(key), inner, f"{place}.{key}" if place else key)
    elif isinstance(shape, list):
        if not isinstance(node, list):
            yield _at(place, _("a list is expected"))
            return
        for number, entry in enumerate(node):
            at = f"{place}[{number}]"
            if not isinstance(entry, Mapping):
                yield _at(at, _("named entries are expected"))
            elif shape[0] in (FIELD, STEP) and not (entry.get("key") or entry.get("use")):
                yield _at(at, _("a key is missing"))
            else:
                yield from _faults(entry, shape[0], at)
    elif words := _unfit(node, shape):
        yield _at(place, words)


def _unfit(value: Any, kind: str) -> str:
    """Return what is expected instead of `value`; empty when it fits."""
    if kind == TEXT:
        texts = value.values() if isinstance(value, Mapping) else [value]
        fits = all(one is None or isinstance(one, str) for one in texts)
        return "" if fits else _("a text is expected: put it between quotes")
    if kind == ENTRIES:
        return "" if isinstance(value, Mapping) else _("named entries are expected")
    if kind == LINES:
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
        return "" if fits else _("a list of texts is expected")
    if not isinstance(value, str):
        return _("a text is expected: put it between quotes")
    if kind == CODE and len(value) > 2:
        return _("two letters are expected")
    if kind == NAME and not KEY.fullmatch(value):
        return _("a key begins with a letter and holds small letters, figures and _ only")
    return ""


def _at(place: str, words: str) -> str:
    return f"{place}: {words}" if place else words

"""From imported fields to steps: a group of the first level is a step, rules go where they belong."""

from collections.abc import Iterator, Mapping
from typing import Any

TEXTS = frozenset({"label", "help", "title", "text", "message", "intro"})


def steps_of(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return steps; what stands between groups makes steps of its own."""
    steps: list[dict[str, Any]] = []
    loose: list[dict[str, Any]] = []
    for field in [*fields, {"type": "section", "fields": None}]:
        if field["type"] != "section":
            loose.append(field)
            continue
        if loose:
            steps.append(step({"key": f"step_{len(steps) + 1}", "label": "Questions"}, loose))
            loose = []
        if field["fields"]:
            steps.append(step(field, field["fields"]))
    return steps


def step(source: Mapping[str, Any], fields: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one step, with the rules that its fields carry under `_rule`."""
    rules = [rule for field in walk(fields) if (rule := field.pop("_rule", None))]
    inside: set[str] = set()
    for field in fields:
        if field["type"] == "group":
            own = {column["key"] for column in walk(field["fields"])}
            inside |= own
            if mine := [rule for rule in rules if rule["field"] in own]:
                field["rules"] = mine
    kept = [rule for rule in rules if rule["field"] not in inside]
    made = {"key": source["key"], "title": source["label"], "fields": fields}
    made |= {"show_if": source["show_if"]} if "show_if" in source else {}
    return made | ({"rules": kept} if kept else {})


def place_after(steps: list[dict[str, Any]], field: dict[str, Any]) -> None:
    """Put `field` behind the last question that it reads, so that what follows may read it."""
    reads = set(variables(field))
    at = (0, 0)
    for number, one in enumerate(steps):
        for position, known in enumerate(one["fields"]):
            if any(inner["key"] in reads for inner in walk([known])):
                at = (number, position + 1)
    if steps:
        steps[at[0]]["fields"].insert(at[1], field)


def variables(value: Any) -> Iterator[str]:
    """All names that the expressions in `value` read."""
    if isinstance(value, list):
        for one in value:
            yield from variables(one)
    elif isinstance(value, Mapping):
        if isinstance(value.get("var"), str):
            yield value["var"].partition(".")[0]
        for inner in value.values():
            yield from variables(inner)


def walk(fields: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All fields, those of groups and sections included."""
    for field in fields:
        yield field
        if isinstance(field.get("fields"), list):
            yield from walk(field["fields"])


def languages_of(value: Any) -> tuple[list[str], dict[str, int]]:
    """Return the languages in which everything is written, and of the others how many texts lack.

    French when nothing is translated.
    """
    texts: list[Mapping[str, str]] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, Mapping):
            for name, inner in one.items():
                if name in TEXTS and isinstance(inner, Mapping):
                    texts.append(inner)
                else:
                    waiting.append(inner)
    known = {code for text in texts for code in text}
    lacks = {code: sum(1 for text in texts if not text.get(code)) for code in sorted(known)}
    whole = [code for code, count in lacks.items() if not count]
    best = min(lacks, key=lambda code: lacks[code], default="fr")
    return whole or [best], {code: count for code, count in lacks.items() if count}

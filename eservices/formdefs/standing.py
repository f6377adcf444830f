"""Who may file, and for whom: `who` of a definition written out as questions, rules and pieces.

The first question, asked before a request is begun, says for whom; whoever files for somebody else
then says who he is, and brings the proof. The answers stand under the same keys in every form:
`quality`, `relation`, `applicant_last_name`, `applicant_first_names`, `applicant_id_number`,
`concerned_phone` (of the other person, who may follow the request there).
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from portal.core.texts import pick

LIBRARY = Path(__file__).parent / "data" / "standing.yaml"
QUESTION = "quality"
SELF = "self"
STEP, YOURSELF = "who", "yourself"
CONCERNED_PHONE = "concerned_phone"
NAMES = ("applicant_last_name", "applicant_first_names")
KEYS = frozenset(
    ["ways", "words", "refused", "label", "intro", "birth_date", "minors_by_others", "always_named"]
)
WORDS = frozenset(["label", "help"])
Definition = Mapping[str, Any]


@lru_cache(maxsize=1)
def library() -> Mapping[str, Any]:
    return yaml.safe_load(LIBRARY.read_text(encoding="utf-8"))


def ways(definition: Definition) -> dict[str, Mapping[str, Any]]:
    """Return who may file, by way, with the texts of each; empty when the definition does not say."""
    who = definition.get("who")
    listed = who.get("ways") if isinstance(who, Mapping) else None
    known = library()["ways"]
    words = who.get("words") if isinstance(who, Mapping) else None
    own = words if isinstance(words, Mapping) else {}
    return {
        str(name): {**known[name], **(own.get(name) or {})}
        for name in (listed if isinstance(listed, list) else [])
        if isinstance(name, str) and name in known
    }


def is_personal(definition: Definition) -> bool:
    """Whether only the person concerned may file, and nothing was said of anybody else."""
    who = definition.get("who")
    if not isinstance(who, Mapping):
        return who == SELF
    return set(ways(definition)) == {SELF} and not who.get("refused")


def in_words(way: str, language: str | None = None) -> str:
    """Return how an agent calls somebody who files in this way; nothing for oneself."""
    entry = library()["ways"].get(way)
    return pick(entry["agent"], language) if entry and way != SELF else ""


def faults(definition: Definition) -> list[str]:
    """Return what is wrong with `who`, each with its place."""
    who = definition.get("who")
    if who in (None, "", SELF):
        return []
    known = ", ".join(library()["ways"])
    if not isinstance(who, Mapping):
        return [f"who: say who may file, as ways: [self, …] among {known}"]
    found = [f"who: unknown key {key!r}" for key in who if key not in KEYS]
    listed, refused = who.get("ways"), who.get("refused") or {}
    if not isinstance(listed, list) or not listed:
        return [*found, f"who.ways: name at least one of {known}"]
    if not isinstance(refused, Mapping):
        return [*found, "who.refused: a way and why it is refused are expected"]
    names = [str(name) for name in listed]
    for name, words in (who.get("words") or {}).items():
        if name not in names:
            found.append(f"who.words: {name!r} is not among the ways")
        elif not isinstance(words, Mapping) or set(words) - WORDS:
            found.append(f"who.words.{name}: a label and a help are expected")
    for name in [*names, *refused]:
        if name not in library()["ways"]:
            found.append(f"who: {name!r} is not a way to file; choose among {known}")
    found += [
        f"who.ways: {n!r} stands twice" for n in sorted({n for n in names if names.count(n) > 1})
    ]
    found += [f"who: {name!r} is both allowed and refused" for name in names if name in refused]
    return found


def with_standing(definition: Definition) -> dict[str, Any]:
    """Return `definition` with the questions of its `who`; itself when it asks them already."""
    made = dict(definition)
    allowed = ways(definition)
    steps = definition.get("steps")
    if not allowed or not steps or not isinstance(steps, list) or _asks(steps):
        return made
    who = definition["who"]
    refused = who.get("refused") or {}
    always = who.get("always_named") is True
    if set(allowed) != {SELF} or refused:
        steps = _with_question(steps, who, allowed, refused)
    if set(allowed) != {SELF} or always:
        at = 1 if isinstance(steps[0], Mapping) and steps[0].get("eligibility") else 0
        steps = [*steps[:at], _yourself(allowed, always), *steps[at:]]
    made["steps"] = _with_ages(steps, who, allowed)
    made["pieces"] = _with_proofs(definition.get("pieces"), allowed)
    return made


def _asks(steps: list[Any]) -> bool:
    return any(
        isinstance(field, Mapping) and field.get("key") == QUESTION
        for step in steps
        if isinstance(step, Mapping)
        for field in _listed(step.get("fields"))
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# --- The question ------------------------------------------------------------------------------
def _with_question(
    steps: list[Any],
    who: Mapping[str, Any],
    allowed: Mapping[str, Any],
    refused: Mapping[str, Any],
) -> list[Any]:
    """Ask it first: among what decides whether the service is for this person, or before all."""
    known = library()
    offered = {
        **allowed,
        **{name: known["ways"][name] for name in refused if name in known["ways"]},
    }
    question = {
        "key": QUESTION,
        "type": "choice",
        "widget": "radio",
        "label": who.get("label") or known["question"],
        "options": [_option(name, way) for name, way in offered.items()],
    }
    rules = [
        {
            "require": {"ne": [{"var": QUESTION}, name]},
            "when": {"filled": [{"var": QUESTION}]},
            "field": QUESTION,
            "message": why or known["refused"],
        }
        for name, why in refused.items()
    ]
    first = steps[0] if steps and isinstance(steps[0], Mapping) else {}
    if first.get("eligibility"):
        fields = [question, *(first.get("fields") or [])]
        return [
            {**first, "fields": fields, "rules": [*rules, *(first.get("rules") or [])]},
            *steps[1:],
        ]
    step = {"key": STEP, "title": known["step"], "eligibility": True, "fields": [question]}
    step |= {"intro": who["intro"]} if who.get("intro") else {}
    return [step | ({"rules": rules} if rules else {}), *steps]


def _option(name: str, way: Mapping[str, Any]) -> dict[str, Any]:
    option = {"value": name, "label": way["label"]}
    return option | ({"help": way["help"]} if way.get("help") else {})


# --- Who files ---------------------------------------------------------------------------------
def _yourself(allowed: Mapping[str, Any], always: bool) -> dict[str, Any]:
    """The step where the person who files for somebody else says who he is, and in which quality."""
    known = library()
    fields: list[dict[str, Any]] = []
    if related := _which(allowed, "asks", "relation"):
        fields.append(_text("relation", known["relation"], related, max_length=120))
    fields += [
        {"key": key, "type": "text", "personal": True, "label": known[name], **more}
        for key, name, more in (
            (NAMES[0], "last_name", {"max_length": 80, "uppercase": True, "letters": True, "autocomplete": "family-name"}),
            (NAMES[1], "first_names", {"max_length": 120, "letters": True, "autocomplete": "given-name"}),
        )
    ]  # fmt: skip
    if proven := _which(allowed, "asks", "id_number"):
        fields.append(
            _text("applicant_id_number", known["id_number"], proven, max_length=40, personal=True)
        )
    if told := [way for way, entry in allowed.items() if entry.get("tells")]:
        only = {"in": [{"var": QUESTION}, told]}
        more = {"type": "phone", "personal": True, "required": False}
        fields.append(_text(CONCERNED_PHONE, known["concerned_phone"], only, **more))
    step = {"key": YOURSELF, "title": known["yourself"]["title"], "fields": fields}
    if always:
        return step
    condition = {"and": [{"filled": [{"var": QUESTION}]}, {"ne": [{"var": QUESTION}, SELF]}]}
    return {**step, "intro": known["yourself"]["intro"], "show_if": condition}


def _text(key: str, texts: Mapping[str, Any], condition: Any, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": "text", **texts, "show_if": condition} | more


def _which(allowed: Mapping[str, Any], name: str, wanted: str) -> Any:
    """Return the condition under which a way asks for something; None when none does."""
    found = [way for way, entry in allowed.items() if wanted in (entry.get(name) or [])]
    return {"in": [{"var": QUESTION}, found]} if found else None


# --- Ages and proofs ---------------------------------------------------------------------------
def _with_ages(steps: list[Any], who: Mapping[str, Any], allowed: Mapping[str, Any]) -> list[Any]:
    """Refuse a child who is grown up, and where it is told so a minor who asks alone."""
    key = str(who.get("birth_date") or "birth_date")
    age = {"age_on": [{"var": key}, {"today": []}]}
    rules = [
        _age_rule(key, way, {"lt": [age, entry["under"]]}, entry["too_old"])
        for way, entry in allowed.items()
        if entry.get("under")
    ]
    if who.get("minors_by_others") is True and SELF in allowed and len(allowed) > 1:
        rules.append(_age_rule(key, SELF, {"ge": [age, 18]}, library()["too_young"]))
    return [_with_rules(step, key, rules) for step in steps] if rules else steps


def _age_rule(key: str, way: str, require: Any, message: Any) -> dict[str, Any]:
    when = {"and": [{"eq": [{"var": QUESTION}, way]}, {"filled": [{"var": key}]}]}
    return {"require": require, "when": when, "field": key, "message": message}


def _with_rules(step: Any, key: str, rules: list[Any]) -> Any:
    fields = step.get("fields") if isinstance(step, Mapping) else None
    if not any(isinstance(one, Mapping) and one.get("key") == key for one in fields or []):
        return step
    return {**step, "rules": [*rules, *(step.get("rules") or [])]}


def _with_proofs(pieces: Any, allowed: Mapping[str, Any]) -> Any:
    """Add the proof of each way, unless the definition asks for it in its own words."""
    listed = list(pieces) if isinstance(pieces, list) else []
    known = {one.get("key") for one in listed if isinstance(one, Mapping)}
    for way, entry in allowed.items():
        key = entry.get("piece")
        if key and key not in known:
            condition = {"eq": [{"var": QUESTION}, way]}
            listed.append({"key": key, **library()["pieces"][key], "show_if": condition})
    return listed

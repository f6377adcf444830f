"""The shape of an e-service definition, checked before its meaning is."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from eservices.catalog.circuits import lint
from eservices.catalog.windows import window_faults
from eservices.formdefs import standing
from eservices.formdefs.expansion import weigh
from eservices.formdefs.groups import UnknownGroup
from portal.core.expressions import validate
from portal.core.money import EXPONENTS

REQUIRED = ("slug", "code", "country", "currency", "title", "steps", "circuit")
ENDORSEMENT = {"key", "label", "each", "place", "from", "marks", "shows", "help", "duty"}
LISTS = (
    "steps",
    "offices",
    "pieces",
    "fees",
    "documents",
    "languages",
    "duties",
    "endorsements",
)


def faults(definition: Any) -> list[str]:
    """Return what is missing or of the wrong kind in `definition`, each with its place."""
    if not isinstance(definition, Mapping):
        return ["the definition is not a set of named entries"]
    try:
        weigh(definition)
    except UnknownGroup as exc:
        return [str(exc)]
    try:
        json.dumps(definition)
    except (TypeError, ValueError) as exc:
        return [f"a value is of a kind that cannot be stored; put dates between quotes ({exc})"]
    found = [f"{key}: missing" for key in REQUIRED if not definition.get(key)]
    found += [
        f"{key}: a list is expected"
        for key in LISTS
        if key in definition and not isinstance(definition[key], list)
    ]
    if found:
        return found
    checks: list[Callable[[Mapping[str, Any]], list[str]]] = [
        _currency,
        _texts,
        _delay,
        _circuit,
        _lists_of_entries,
        window_faults,
        standing.faults,
        _local,
        _agenda,
        _duties,
        _endorsements,
        _confidential,
        _controlled,
    ]
    return [fault for check in checks for fault in check(definition)]


def _currency(definition: Mapping[str, Any]) -> list[str]:
    if definition["currency"] not in EXPONENTS:
        return [f"currency: {definition['currency']!r} is not known"]
    return []


def _texts(definition: Mapping[str, Any]) -> list[str]:
    title = definition["title"]
    if isinstance(title, Mapping) and not title.get("fr"):
        return ["title: the French text is missing"]
    return []


def _delay(definition: Mapping[str, Any]) -> list[str]:
    delay = definition.get("delay")
    if delay is None:
        return []
    if not isinstance(delay, Mapping) or set(delay) not in ({"working_days"}, {"hours"}):
        return ["delay: give either working_days or hours"]
    value = next(iter(delay.values()))
    return [] if isinstance(value, int) and 0 < value < 10_000 else ["delay: not a positive number"]


def _circuit(definition: Mapping[str, Any]) -> list[str]:
    return lint.shape(definition["circuit"])


def _agenda(definition: Mapping[str, Any]) -> list[str]:
    """Cases that a body decides in a sitting: which stage, and how the agenda names them."""
    rule = definition.get("agenda")
    if rule is None:
        return []
    if not isinstance(rule, Mapping) or not rule.get("stage") or "title" not in rule:
        return ["agenda: a stage and a title are expected"]
    found = [
        f"agenda.{name}: {fault}"
        for name in ("title", "group", "section", "classified")
        for fault in validate(rule.get(name))
    ]
    if f"'{rule['stage']}'" not in repr(definition["circuit"]):
        found.append(f"agenda.stage: the circuit has no stage {rule['stage']!r}")
    motives = {one.get("code") for one in (definition.get("refusal") or {}).get("motives") or []}
    for verdict in ("rejected", "withdrawn"):
        if (rule.get("motives") or {}).get(verdict) not in motives:
            found.append(f"agenda.motives.{verdict}: a motive of refusal.motives is expected")
    return found


def _confidential(definition: Mapping[str, Any]) -> list[str]:
    """Requests that few may read: when, and whom the answers name besides the chain."""
    rule = definition.get("confidential")
    if rule is None:
        return []
    if not isinstance(rule, Mapping) or set(rule) - {"if", "readers"}:
        return ["confidential: `if` and `readers` are expected"]
    readers = rule.get("readers", [])
    if not isinstance(readers, list):
        return ["confidential.readers: a list is expected"]
    found = [f"confidential.if: {fault}" for fault in validate(rule.get("if", True))]
    for number, source in enumerate(readers):
        found += [f"confidential.readers[{number}]: {fault}" for fault in validate(source)]
    return found


def _controlled(definition: Mapping[str, Any]) -> list[str]:
    """Acts that the office above receives: yes or no."""
    return [
        f"documents[{number}].controlled: controlled must be true or false"
        for number, entry in enumerate(definition.get("documents") or [])
        if isinstance(entry, Mapping) and not isinstance(entry.get("controlled", False), bool)
    ]


def _duties(definition: Mapping[str, Any]) -> list[str]:
    """What is owed after the decision: a key, a text, and the day by which."""
    found = []
    for number, rule in enumerate(definition.get("duties") or []):
        if not isinstance(rule, Mapping) or not all(rule.get(k) for k in ("key", "label", "due")):
            found.append(f"duties[{number}]: a key, a label and a due date are expected")
        else:
            found += [f"duties[{number}].due: {fault}" for fault in validate(rule["due"])]
    return found


def _endorsements(definition: Mapping[str, Any]) -> list[str]:
    """What a host confirms with the paper in hand: where, and by which buttons."""
    owed = definition.get("duties") or []
    duties = {duty.get("key") for duty in owed if isinstance(duty, Mapping)}
    found = []
    for number, rule in enumerate(definition.get("endorsements") or []):
        place = f"endorsements[{number}]"
        if not isinstance(rule, Mapping) or not all(rule.get(k) for k in ("key", "label", "marks")):
            found.append(f"{place}: a key, a label and marks are expected")
            continue
        if set(rule) - ENDORSEMENT:
            found.append(f"{place}: unknown {sorted(set(rule) - ENDORSEMENT)}")
        marks = rule["marks"] if isinstance(rule["marks"], list) else []
        if not marks or not all(
            isinstance(m, Mapping) and m.get("key") and m.get("label") for m in marks
        ):
            found.append(f"{place}.marks: each has a key and a label")
        if rule.get("each") and not rule.get("place"):
            found.append(f"{place}.place: the text that names each row is missing")
        if rule.get("duty") and rule["duty"] not in duties:
            found.append(f"{place}.duty: nothing owed has the key {rule['duty']!r}")
        found += [f"{place}.from: {fault}" for fault in validate(rule.get("from", True))]
    return found


def _lists_of_entries(definition: Mapping[str, Any]) -> list[str]:
    found = []
    for name in ("steps", "pieces", "fees", "documents"):
        for number, entry in enumerate(definition.get(name, [])):
            if not isinstance(entry, Mapping):
                found.append(f"{name}[{number}]: named entries are expected")
    return found


def _local(definition: Mapping[str, Any]) -> list[str]:
    """Check what communes may decide: only of a service they may offer, only upwards to a ceiling."""
    found = []
    if not isinstance(definition.get("local", False), bool):
        found.append("local: true or false is expected")
    for number, fee in enumerate(definition.get("fees", [])):
        if not isinstance(fee, Mapping) or "ceiling" not in fee:
            continue
        place, unit, ceiling = f"fees[{number}].ceiling", fee.get("unit"), fee["ceiling"]
        if not definition.get("local"):
            found.append(f"{place}: only a service with local: true has ceilings")
        if type(unit) is not int:
            found.append(f"{place}: only a fee with a fixed unit has a ceiling")
        elif type(ceiling) is not int or ceiling < unit:
            found.append(f"{place}: a whole amount, not below the national fee")
    return found

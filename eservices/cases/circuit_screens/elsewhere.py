"""Who acts at a stage besides an office: one named person, somebody outside, a register, witnesses.

Between the entries `actor`, `outside`, `registry`, `hearing` of a stage and plain controls. What the
controls cannot say is kept as it was.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from eservices.catalog.builder import controls
from eservices.catalog.builder.controls import Control
from eservices.formdefs import formulas
from eservices.formdefs.expansion import expand
from portal.core.texts import pick

Entry = dict[str, Any]
BY_AGENT = "agent"  # the agent says whom the link goes to
NAMES = (
    "actor", "outside_phone", "outside_name", "outside_days", "outside_shows", "outside_help",
    "registry_name", "registry_send", "call_group",
)  # fmt: skip
ANSWER = "@answer:"


@dataclass(frozen=True)
class Asked:
    """A question that stands before the stage: its key, its type, its words, its columns."""

    key: str
    type: str
    label: str
    columns: tuple["Asked", ...] = ()


def asked_before(definition: Mapping[str, Any], known: set[str]) -> list[Asked]:
    """Return the questions of the definition that `known` names, in their order."""
    return [
        one
        for step in expand(definition).get("steps") or []
        for one in _questions(step.get("fields"))
        if one.key in known
    ]


def office_choices(asked: list[Asked]) -> list[tuple[str, str]]:
    return [
        (f"{ANSWER}{one.key}", _("The office of the answer “%s”") % one.label)
        for one in asked
        if one.type == "office"
    ]


def stage_controls(asked: list[Asked], stage: Mapping[str, Any]) -> list[Control]:
    phones, words = _of(asked, "phone"), _of(asked, "text", "filled")
    mails = _of(asked, "email", "filled")
    outside = _part(stage, "outside")
    anybody = [
        ("", _("Anybody with this role")),
        ('"superior"', _("The superior of the applicant")),
        ('"applicant"', _("The applicant")),
    ]
    nobody = [("", _("Nobody")), (BY_AGENT, _("A person whom the agent names"))]
    groups = [
        (one.key, one.label)
        for one in asked
        if one.type == "group" and any(column.type == "phone" for column in one.columns)
    ]
    return [
        controls.choice("actor", _("One person only"), _kept(anybody + mails, stage.get("actor"))),
        controls.choice(
            "outside_phone", _("Ask somebody outside, by a link"),
            _kept(nobody + phones, outside.get("phone")),
            _("Without an account: the link opens a page with one button for each outcome."),
        ),
        controls.choice("outside_name", _("Name of this person"),
                        _kept([("", "—"), *words], outside.get("name"))),
        controls.whole("outside_days", _("The link works for (days)"), 1, 90),
        Control("outside_shows", "many", _("What this person reads"),
                choices=tuple((one.key, one.label) for one in asked if one.type not in UNREAD)),
        controls.long_text("outside_help", _("Explanation for this person")),
        controls.choice("registry_name", _("Ask a register"),
                        [("", _("None")), *((name, name) for name in settings.REGISTRIES)]),
        Control("registry_send", "lines", _("What is sent to the register"),
                _("One per line: name = key of a question. For example: number = national_id")),
        controls.choice("call_group", _("Also called to the hearing"),
                        [("", _("Nobody")), *groups]),
    ]  # fmt: skip


UNREAD = frozenset({"group", "signature", "attestation", "heading", "explanation"})


def to_screen(stage: Mapping[str, Any]) -> Entry:
    """Return the value of each control."""
    outside, registry = _part(stage, "outside"), _part(stage, "registry")
    sent = registry.get("send") or {}
    phone = json.dumps(outside["phone"]) if outside.get("phone") is not None else BY_AGENT
    return {
        "actor": json.dumps(stage["actor"]) if stage.get("actor") is not None else "",
        "outside_phone": phone if stage.get("outside") is not None else "",
        "outside_name": json.dumps(outside["name"]) if outside.get("name") is not None else "",
        "outside_days": outside.get("days"),
        "outside_shows": list(outside.get("shows") or []),
        "outside_help": outside.get("help"),
        "registry_name": registry.get("name", ""),
        "registry_send": [f"{name} = {_shown(one)}" for name, one in sent.items()],
        "call_group": next((one["each"] for one in _calls(stage) if one.get("each")), ""),
    }


def faults(values: Mapping[str, Any], known: set[str]) -> list[str]:
    """Return what is wrong with what was typed, in the words of the screen."""
    found = []
    for line in values.get("registry_send") or []:
        name, _sign, source = (part.strip() for part in line.partition("="))
        if not name or not source:
            found.append(_("“%s”: write a name, the sign = and the key of a question.") % line)
        elif source.isidentifier() and source not in known:
            found.append(_("No question before this stage has the key “%s”.") % source)
    if values.get("registry_name") and not values.get("registry_send"):
        found.append(_("Say what is sent to the register."))
    return found


def from_screen(entry: Entry, stage: Mapping[str, Any], asked: list[Asked]) -> Entry:
    """Return the entry with `actor`, `outside`, `registry`, `hearing` as the controls say."""
    values = {name: entry.pop(name, None) for name in NAMES}
    parts = {
        "actor": json.loads(values["actor"]) if values["actor"] else None,
        "outside": _outside(values, _part(stage, "outside")),
        "registry": _registry(values),
        "hearing": _hearing(values["call_group"], stage, asked),
    }
    for name, value in parts.items():
        entry.pop(name, None)
        if value is not None:
            entry[name] = value
    return entry


def _outside(values: Mapping[str, Any], before: Mapping[str, Any]) -> Entry | None:
    if not values["outside_phone"]:
        return None
    shown = ("phone", "name", "days", "shows", "help")
    made: Entry = {name: value for name, value in before.items() if name not in shown}
    if values["outside_phone"] != BY_AGENT:
        made["phone"] = json.loads(values["outside_phone"])
    if values["outside_name"]:
        made["name"] = json.loads(values["outside_name"])
    for name in ("days", "shows", "help"):
        if values[f"outside_{name}"]:
            made[name] = values[f"outside_{name}"]
    return made


def _registry(values: Mapping[str, Any]) -> Entry | None:
    if not values["registry_name"]:
        return None
    pairs = [line.partition("=") for line in values["registry_send"] or []]
    sent = {name.strip(): formulas.parse(source.strip()) for name, _sign, source in pairs}
    return {"name": values["registry_name"], "send": sent}


def _hearing(group: str | None, stage: Mapping[str, Any], asked: list[Asked]) -> Entry | None:
    before = dict(_part(stage, "hearing"))
    others = [one for one in _calls(stage) if not one.get("each")]
    same = [one for one in _calls(stage) if group and one.get("each") == group]
    if group and not same:
        columns = next((one.columns for one in asked if one.key == group), ())
        phone = next((one.key for one in columns if one.type == "phone"), "")
        name = next((one.key for one in columns if one.type == "text"), "")
        same = [{"each": group, "name": {"var": f"row.{name}"}, "phone": {"var": f"row.{phone}"}}]
    before.pop("call", None)
    called = [*others, *same]
    return {**before, "call": called} if called else before or None


def _questions(fields: Any) -> Iterator[Asked]:
    for one in fields or []:
        if isinstance(one, Mapping) and one.get("key"):
            columns = tuple(_questions(one.get("fields")))
            label = pick(one.get("label")) or str(one["key"])
            yield Asked(str(one["key"]), str(one.get("type", "text")), label, columns)


def _of(asked: list[Asked], *types: str) -> list[tuple[str, str]]:
    return [
        (json.dumps({"var": one.key}), _("The answer to “%s”") % one.label)
        for one in asked
        if one.type in types
    ]


def _kept(choices: list[tuple[str, str]], stored: Any) -> list[tuple[str, str]]:
    """Return the choices, with what is stored if none of them says it."""
    text = "" if stored is None else json.dumps(stored)
    known = {value for value, _label in choices}
    return choices if text in known else [*choices, (text, _("A rule: %s") % _shown(stored))]


def _shown(expression: Any) -> str:
    return str(formulas.show(expression))


def _part(stage: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = stage.get(name)
    return found if isinstance(found, Mapping) else {}


def _calls(stage: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in _part(stage, "hearing").get("call") or [] if isinstance(one, Mapping)]

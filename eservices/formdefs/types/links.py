"""Answers that live elsewhere: a registry, an earlier request of the same person."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.formdefs import lookups, sources
from eservices.formdefs.controls import Control, join, tag
from eservices.formdefs.reading import ascii_digits, tidy
from eservices.formdefs.spec import FieldSpec, Question, State
from eservices.formdefs.types.base import FIELD_TYPES, FieldType, Invalid, register
from eservices.formdefs.types.settings import Setting, one_of
from portal.core.texts import pick

MAX_NUMBER = 60


class Kept(FieldType):
    """Kept as a small object: what was typed, and what it was found to mean when it was typed."""

    family = "link"
    inside = False
    reader = "kept"
    shape: ClassVar[Mapping[str, Any]] = {}  # of the object, in JSON Schema

    def to_raw(self, value: Any) -> Any:
        # The object itself: only text can be posted, so an object comes from what we stored.
        return value if isinstance(value, Mapping) and self.is_sound(value) else None

    def is_blank(self, raw: Any) -> bool:
        return not raw if isinstance(raw, Mapping) else super().is_blank(raw)

    def is_sound(self, value: Mapping[str, Any]) -> bool:
        raise NotImplementedError

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        return {"type": "object", **self.shape}


@register
class Lookup(Kept):
    """A number that a registry is asked about; its answer is kept, with the source and the time."""

    key = "lookup"
    label = gettext_lazy("Search in a register")
    description = gettext_lazy("Asks another body, and goes on without it when it does not answer.")
    settings = (
        Setting("registry", "word", gettext_lazy("Register"), wanted=True),
        Setting("last_name", "expression", gettext_lazy("Name that must agree"), wanted=True),
        Setting("strict", "boolean", gettext_lazy("Refuse a number that is not found")),
        Setting("example", "word", gettext_lazy("Example")),
    )
    waits = True
    blank_message = gettext_lazy("Write the number to search.")
    states = ("found", "not_found", "unreachable")
    shape = {
        "properties": {
            "number": {"type": "string", "minLength": 3, "maxLength": MAX_NUMBER},
            "state": {"enum": list(states)},
            "at": {"type": "string"},
            "record": {"type": "object"},
        },
        "required": ["number", "state", "at", "record"],
    }

    def is_sound(self, value: Mapping[str, Any]) -> bool:
        texts = all(isinstance(value.get(part), str) for part in ("number", "state", "at"))
        return texts and value["state"] in self.states and isinstance(value.get("record"), Mapping)

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        if isinstance(raw, Mapping):
            return raw
        number = "".join(ascii_digits(tidy(raw[:400])).upper().split())
        if not number.isascii() or not 3 <= len(number) <= MAX_NUMBER:
            raise Invalid(_("Check the format."))
        registry = str(field.config.get("registry"))
        if not sources.current().may_look_up(registry):
            raise Invalid(_("Too many searches. Wait an hour, or continue at the counter."))
        given = {"last_name": state.value(field.expressions["last_name"])}
        answer = lookups.ask(registry, number, given)
        if answer.state == "not_found" and field.config.get("strict"):
            raise Invalid(_("Nothing was found under this number and this name: check both."))
        return {
            "number": number,
            "registry": registry,
            "state": answer.state,
            "at": answer.at,
            "record": dict(answer.record),
        }

    def control(self, question: Question, control: Control) -> SafeString:
        raw, value = question.raw, question.value
        typed = raw.get("number") if isinstance(raw, Mapping) else raw
        text = typed[:MAX_NUMBER] if isinstance(typed, str) else ""
        box = control.input(
            type="text", value=text, dir="ltr", spellcheck="false", autocomplete="off"
        )
        ask = {
            "type": "submit", "class": "g-button g-button--secondary", "value": "1",
            "name": f"_refresh:{control.name}", "disabled": control.disabled,
        }  # fmt: skip
        row = tag("div", {"class": "g-cluster"}, box, tag("button", ask, _("Search")))
        found = isinstance(value, Mapping) and self.is_sound(value)
        return join([row, self.result(value, control.language)]) if found else row

    def result(self, value: Mapping[str, Any], language: str) -> SafeString:
        tones = {"found": "success", "not_found": "warning", "unreachable": "warning"}
        texts = {
            "found": _("Found in the register:"),
            "not_found": _("Nothing was found under this number and this name. Check both, or "
                           "continue: an agent will search."),
            "unreachable": _("The register does not answer at the moment. Continue: an agent will "
                             "check later."),
        }  # fmt: skip
        lines = [tag("p", {}, texts[value["state"]])]
        if value["state"] == "found":
            lines.append(
                tag("p", {}, tag("strong", {}, ", ".join(map(str, value["record"].values()))))
            )
        lines.append(tag("p", {"class": "g-small"}, self.told(value, language)))
        box = {"class": f"g-notice g-notice--{tones[value['state']]}", "role": "status"}
        return tag("div", box, *lines)

    def told(self, value: Mapping[str, Any], language: str) -> str:
        connector = lookups.CONNECTORS.get(str(value.get("registry")))
        name = pick(connector.name, language) if connector else str(value.get("registry"))
        at = parse_datetime(str(value.get("at")))
        return f"{name}, {date_format(localtime(at), 'DATETIME_FORMAT')}" if at else name

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        if not isinstance(value, Mapping) or not self.is_sound(value):
            return "" if value is None else str(value)
        words = {
            "found": ", ".join(map(str, value["record"].values())),
            "not_found": _("not found"),
            "unreachable": _("the register did not answer"),
        }
        return f"{value['number']} – {words[value['state']]} ({self.told(value, language)})"

    def to_search(self, field: FieldSpec, value: Any) -> str:
        return str(value.get("number") or "") if isinstance(value, Mapping) else ""

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        known = ", ".join(lookups.CONNECTORS)
        unknown = config.get("registry") not in lookups.CONNECTORS
        return [f"registry is among {known}"] if unknown else []


@register
class Link(Kept):
    """An earlier request of the same person, or a document issued to him.

    Who is known chooses among his own; anybody may type a number, which an agent will check.
    """

    key = "link"
    label = gettext_lazy("Earlier request or document")
    description = gettext_lazy(
        "What the person already has here is proposed; nothing to attach again."
    )
    settings = (
        one_of(
            "of",
            gettext_lazy("What is referred to"),
            ("case", gettext_lazy("A request")),
            ("document", gettext_lazy("A document issued here")),
        ),
        Setting("services", "words", gettext_lazy("Only of these e-services")),
        Setting("example", "word", gettext_lazy("Example")),
    )
    blank_message = gettext_lazy("Choose one, or write its number.")
    shape = {
        "properties": {
            "reference": {"type": "string", "minLength": 4, "maxLength": MAX_NUMBER},
            "own": {"type": "boolean"},
        },
        "required": ["reference", "own"],
    }

    def is_fieldset(self, field: FieldSpec) -> bool:
        return True

    def read(self, data: Mapping[str, Any], name: str) -> Any:
        chosen = data.get(name)
        typed = data.get(f"{name}.number")
        return typed if chosen in (None, "", "_other") and typed is not None else chosen

    def is_sound(self, value: Mapping[str, Any]) -> bool:
        return isinstance(value.get("reference"), str) and isinstance(value.get("own"), bool)

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        stored = raw if isinstance(raw, Mapping) else None
        reference = str(stored["reference"] if stored else tidy(raw[:400])).upper()
        if not reference.isascii() or not 4 <= len(reference) <= MAX_NUMBER:
            raise Invalid(_("Check the format."))
        for one in sources.current().earlier(field):
            if one.reference.upper() == reference:
                kept = {"reference": one.reference, "own": True, "title": one.title}
                return kept | ({"day": one.day} if one.day else {})
        return stored or {"reference": reference, "own": False}

    def control(self, question: Question, control: Control) -> SafeString:
        raw = question.raw
        typed = str(raw.get("reference") or "") if isinstance(raw, Mapping) else raw or ""
        offered = list(sources.current().earlier(question.field))
        lines = []
        for index, one in enumerate(offered):
            label = f"{one.title} – {one.reference}"
            if one.day:
                label += (
                    f" ({FIELD_TYPES['date'].to_text(question.field, one.day, control.language)})"
                )
            checked = typed == one.reference
            lines.append(control.choice("radio", index, one.reference, label, checked=checked))
        is_other = bool(typed) and typed not in [one.reference for one in offered]
        if offered:
            other = _("Another one, whose number I have")
            lines.append(control.choice("radio", len(offered), "_other", other, checked=is_other))
        box_id = f"{control.id}-number" if offered else control.id
        number = control.attributes(
            suffix=".number", id=box_id, type="text", dir="ltr", spellcheck="false",
            value=str(typed)[:MAX_NUMBER] if is_other else "", aria_describedby=None,
            class_="g-input g-input--short",
        )  # fmt: skip
        lines.append(tag("label", {"class": "g-small", "for": box_id}, _("Number")))
        lines.append(tag("input", number))
        return join(lines)

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        if not isinstance(value, Mapping):
            return str(value or "")
        number = str(value.get("reference") or "")
        if value.get("own"):
            return f"{value.get('title') or ''} – {number}"
        return _("%s (number typed by the applicant, to be checked)") % number if number else ""

    def to_search(self, field: FieldSpec, value: Any) -> str:
        return str(value.get("reference") or "") if isinstance(value, Mapping) else ""

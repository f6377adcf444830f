"""Choices: yes or no, consent, one of a list, several of a list, an office."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eservices.formdefs import datalists
from eservices.formdefs.controls import Control, join, tag
from eservices.formdefs.spec import FieldSpec, Option, Question, State
from eservices.formdefs.types import settings as s
from eservices.formdefs.types.base import Family, FieldType, Invalid, register
from eservices.formdefs.types.settings import Setting
from portal.core.texts import pick

RADIO_LIMIT = 7  # beyond, a list is shorter to read on a phone


def open_options(field: FieldSpec, state: State) -> tuple[Option, ...]:
    """Return the options that the answers so far leave open."""
    parent = field.expressions.get("parent")
    wanted = state.value(parent) if parent else None
    return tuple(
        option
        for option in valid_options(field, state.today)
        if (parent is None or option.parent == wanted) and state.holds(option.show_if)
    )


def valid_options(field: FieldSpec, today: date | None = None) -> tuple[Option, ...]:
    """Return the options that may be chosen on this day."""
    if not any(option.start or option.end for option in field.options):
        return field.options
    day = (today or timezone.localdate()).isoformat()
    return tuple(option for option in field.options if option.is_valid_on(day))


class Listed(FieldType):
    """What all types with options share."""

    family = "choice"

    def labels(self, field: FieldSpec, values: Iterable[Any], language: str) -> list[str]:
        known = {option.value: option.label for option in field.options}
        return [
            pick(known[value], language)
            if isinstance(value, str) and value in known
            else str(value)
            for value in values
        ]

    def anonymise(self, field: FieldSpec, value: Any) -> Any:
        return value  # a choice among few says who nobody is; keep it for the figures

    def row(self, option: Option, control: Control) -> tuple[Any, dict[str, Any]]:
        """Return the label of an option, with its help, and the attributes of its line."""
        label: Any = pick(option.label, control.language)
        if option.help:
            hint = tag("span", {"class": "g-help"}, pick(option.help, control.language))
            label = join([label, tag("br", {}), hint])
        return label, {"data-parent": option.parent}


WIDGET = s.one_of(
    "widget",
    gettext_lazy("How to choose"),
    ("radio", gettext_lazy("Buttons")),
    ("select", gettext_lazy("List")),
    ("autocomplete", gettext_lazy("Type the first letters")),
)


@register
class Choice(Listed):
    key = "choice"
    label = gettext_lazy("One answer of a list")
    description = gettext_lazy(
        "Buttons, a list, or a long list in which to type the first letters."
    )
    settings = (s.OPTIONS, s.LIST, s.UNDER, WIDGET, s.PARENT)
    repeats = True
    blank_message = gettext_lazy("Choose an answer.")

    def is_radio(self, field: FieldSpec) -> bool:
        wanted = field.config.get("widget")
        return wanted == "radio" or (wanted is None and len(field.options) <= RADIO_LIMIT)

    def is_fieldset(self, field: FieldSpec) -> bool:
        return self.is_radio(field)

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        offered = open_options(field, state)
        if field.config.get("widget") == "autocomplete":
            return datalists.find(offered, raw)
        if any(option.value == raw for option in offered):
            return raw
        raise Invalid(_("Choose one of the answers of the list."))

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        return {"type": "string", "enum": [option.value for option in field.options]}

    def control(self, question: Question, control: Control) -> SafeString:
        open_now = set(question.options)
        offered = [(option, option in open_now) for option in valid_options(question.field)]
        if "parent" in question.field.expressions and not question.field.is_live:
            offered = [(option, True) for option in question.options]
        if question.field.config.get("widget") == "autocomplete":
            return datalists.control(question, control, offered)
        if not self.is_radio(question.field):
            return self.select(offered, question, control)
        lines = []
        for index, (option, is_open) in enumerate(offered):
            label, extra = self.row(option, control)
            chosen = question.raw == option.value
            lines.append(
                control.choice(
                    "radio", index, option.value, label, checked=chosen, hidden=not is_open, **extra
                )
            )
        return join(lines)

    def select(
        self, offered: list[tuple[Option, bool]], question: Question, control: Control
    ) -> SafeString:
        lines = [tag("option", {"value": ""}, _("Choose"))]
        for option, is_open in offered:
            hidden = not is_open
            attributes = {
                "value": option.value,
                "selected": question.raw == option.value and is_open,
                "hidden": hidden,
                "disabled": hidden,
                "data-parent": option.parent if question.field.is_live else None,
            }
            lines.append(tag("option", attributes, pick(option.label, control.language)))
        attributes = control.attributes(class_="g-select")
        return tag("select", attributes, join(lines))

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        return "" if value is None else self.labels(field, [value], language)[0]


@register
class Office(Choice):
    """An office among those the service names; the code is the answer."""

    key = "office"
    label = gettext_lazy("Office")
    description = gettext_lazy("One of the offices of the service; the request can go there.")
    reader = "text"


@register
class MultiChoice(Listed):
    key = "multi_choice"
    label = gettext_lazy("Several answers of a list")
    settings = (
        s.OPTIONS,
        s.LIST,
        s.UNDER,
        Setting("min", "integer", gettext_lazy("Fewest answers"), most=200),
        Setting("max", "integer", gettext_lazy("Most answers"), least=1, most=200),
        s.PARENT,
    )
    many = True
    reader = "list"
    blank_message = gettext_lazy("Choose at least one answer.")

    def read(self, data: Mapping[str, Any], name: str) -> Any:
        if name not in data:
            return None
        return data.getlist(name) if isinstance(data, QueryDict) else data[name]

    def is_blank(self, raw: Any) -> bool:
        return not isinstance(raw, list) or not any(raw)

    def to_raw(self, value: Any) -> Any:
        return value if isinstance(value, list) else None

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        options = [option.value for option in open_options(field, state)]
        if not all(value in options for value in raw):
            raise Invalid(_("Choose among the answers of the list."))
        chosen = [value for value in options if value in raw]
        least, most = field.config.get("min") or 0, field.config.get("max")
        if len(chosen) < least:
            raise Invalid(ngettext("Choose at least %d.", "Choose at least %d.", least) % least)
        if most and len(chosen) > most:
            raise Invalid(ngettext("Choose at most %d.", "Choose at most %d.", most) % most)
        return chosen

    def control(self, question: Question, control: Control) -> SafeString:
        chosen = question.raw if isinstance(question.raw, list) else []
        lines = []
        for index, option in enumerate(valid_options(question.field)):
            label, extra = self.row(option, control)
            hidden = option not in question.options
            checked = option.value in chosen
            lines.append(
                control.choice(
                    "checkbox", index, option.value, label, checked=checked, hidden=hidden, **extra
                )
            )
        return join(lines)

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        if not isinstance(value, list):
            return str(value or "")
        return ", ".join(self.labels(field, map(str, value), language))

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        items = {"type": "string", "enum": [option.value for option in field.options]}
        limits = {"min": "minItems", "max": "maxItems"}
        given = {name: field.config[key] for key, name in limits.items() if field.config.get(key)}
        return {"type": "array", "items": items, "uniqueItems": True, "minItems": 1, **given}

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        wrong = (config.get("min") or 0) > (config.get("max") or 200)
        return ["min is greater than max"] if wrong else []


@register
class YesNo(FieldType):
    key = "yes_no"
    label = gettext_lazy("Yes or no")
    family: ClassVar[Family] = "choice"
    many = True
    reader = "bool"
    repeats = True
    blank_message = gettext_lazy("Choose yes or no.")

    def to_raw(self, value: Any) -> Any:
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else None

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        if raw not in ("yes", "no"):
            raise Invalid(self.blank_message)
        return raw == "yes"

    def control(self, question: Question, control: Control) -> SafeString:
        answers = (("yes", _("Yes")), ("no", _("No")))
        return join(
            control.choice("radio", index, value, label, checked=question.raw == value)
            for index, (value, label) in enumerate(answers)
        )

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        return {"type": "boolean"}

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        return (_("Yes") if value else _("No")) if isinstance(value, bool) else str(value or "")

    def anonymise(self, field: FieldSpec, value: Any) -> Any:
        return value


@register
class Consent(YesNo):
    """One box to tick; the label is what is agreed to."""

    key = "consent"
    label = gettext_lazy("Consent")
    description = gettext_lazy("One box to tick.")
    many = False
    blank_message = gettext_lazy("Tick the box to continue.")

    def read(self, data: Mapping[str, Any], name: str) -> Any:
        return data.get(name)

    def to_raw(self, value: Any) -> Any:
        return "yes" if value is True else None

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        return True if raw == "yes" else None

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        return {"const": True}

    def control(self, question: Question, control: Control) -> SafeString:
        label = pick(question.field.config.get("label"), control.language)
        described = control.described_by
        return control.choice(
            "checkbox", 0, "yes", label, checked=question.raw == "yes", describedby=described
        )

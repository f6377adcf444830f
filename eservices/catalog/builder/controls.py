"""What an editor may set, declared as data: one control per entry of a definition.

A screen is a list of controls; a new field type, a new setting is a line of data, never a migration.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices.formdefs.types import FieldType
from eservices.formdefs.types.settings import Setting

Words = str | Promise
Choices = tuple[tuple[str, Words], ...]


@dataclass(frozen=True, slots=True)
class Control:
    """One entry: `name` is its dotted place, `kind` how it is asked (spec_form.KINDS)."""

    name: str
    kind: str
    label: Words
    help: Words = ""
    choices: Choices = ()
    required: bool = False
    least: int | None = None
    most: int | None = None
    none_label: Words = ""
    width: str = ""  # "half": two on a line


def text(name: str, label: Words, help: Words = "", **more: Any) -> Control:
    return Control(name, "texts", label, help, **more)


def long_text(name: str, label: Words, help: Words = "", **more: Any) -> Control:
    return Control(name, "long_texts", label, help, **more)


def whole(name: str, label: Words, least: int, most: int, help: Words = "") -> Control:
    return Control(name, "whole", label, help, least=least, most=most, width="half")


def tick(name: str, label: Words, help: Words = "") -> Control:
    return Control(name, "bool", label, help)


def choice(
    name: str, label: Words, choices: Iterable[tuple[str, Words]], help: Words = ""
) -> Control:
    return Control(name, "choice", label, help, choices=tuple(choices), width="half")


# --- What a field type may be told -------------------------------------------------------------
# The types declare their settings; here each kind of setting meets the control that asks it.
KINDS = {
    "word": "line",
    "text": "texts",
    "long_text": "long_texts",
    "integer": "whole",
    "boolean": "bool",
    "choice": "choice",
    "formats": "formats",
    "words": "lines",
    "countries": "lines",
    "expression": "formula",
    "options": "options",
    "list": "list_name",
    "entries": "json",
    "named": "json",
}
HALF = ("whole", "choice", "formula", "line")
HELPS = {
    "formula": _("A value, or a formula such as copies * 500."),
    "lines": _("One per line."),
    "formats": _("A for a letter, 9 for a figure, * for either. Several: one per line."),
    "json": _("For experts, in JSON."),
}


def config_controls(kind: FieldType) -> list[Control]:
    """Return the controls of what a field type may be told, from the type's own declaration."""
    return [_control(one) for one in kind.settings if one.kind in KINDS]


def _control(setting: Setting) -> Control:
    kind = KINDS[setting.kind]
    choices: Choices = tuple(setting.choices)
    if kind == "lines" and choices:
        kind = "many"
    if kind == "choice":
        choices = (("", _("Usual")), *choices)
    is_number = kind == "whole"
    return Control(
        setting.key,
        kind,
        setting.label,
        setting.help or HELPS.get(kind, ""),
        choices=choices,
        required=setting.wanted and kind != "options",
        least=setting.least if is_number else None,
        most=setting.most if is_number else None,
        width="half" if kind in HALF else "",
    )


# --- What every field has ----------------------------------------------------------------------
LABEL = text("label", _("Question"), _("As people will read it."), required=True)
HELP = long_text(
    "help", _("Help"), _("A sentence under the question: what to write, where to find it.")
)
OBLIGATION = Control("required", "obligation", _("Is an answer required?"))
SHOWN = Control("show_if", "condition", _("When is it asked?"), none_label=_("Always"))
PERSONAL = tick(
    "personal",
    _("Personal data"),
    _("It is hidden or erased when the file reaches the end of its retention."),
)
KEY = Control(
    "key",
    "key",
    _("Key"),
    _(
        "The name of the answer in conditions and documents. What refers to it follows when you change it."
    ),
)
AUTOCOMPLETE = choice(
    "autocomplete",
    _("The browser may fill in"),
    [
        ("", _("Nothing")),
        ("family-name", _("Last name")),
        ("given-name", _("First names")),
        ("name", _("Full name")),
        ("bday", _("Date of birth")),
        ("tel", _("Telephone")),
        ("email", _("E-mail address")),
        ("address-level2", _("Town")),
    ],
)
MESSAGES = [
    text("messages.required", _("Message when the answer is missing")),
    text("messages.invalid", _("Message when the answer is wrong")),
]
NOTE = Control(
    "note", "long", _("Note for editors"), _("Source, law article: people do not see it.")
)


HOLDERS = ("group", "section")  # they hold questions and have no answer of their own


def field_controls(kind: FieldType) -> dict[str, list[Control]]:
    """Return the controls of a field by panel: what is asked, its type's own, the rest."""
    label = (
        LABEL
        if kind.asks or kind.key in ("heading", "computed", "group")
        else text("label", _("Title"))
    )
    question = [label]
    if kind.asks:
        question += [HELP, OBLIGATION] if kind.key not in HOLDERS else [HELP]
    more = [KEY, NOTE]
    if kind.asks and kind.key not in HOLDERS:
        more = [KEY, PERSONAL, AUTOCOMPLETE, *MESSAGES, NOTE]
    return {
        "question": question,
        "config": config_controls(kind),
        "condition": [SHOWN],
        "more": more,
    }


STEP = [
    text("title", _("Title of the step"), required=True),
    long_text("intro", _("Introduction"), _("One or two sentences above the questions.")),
    Control("show_if", "condition", _("When is this step shown?"), none_label=_("Always")),
    KEY,
]
RULE = [
    Control(
        "require",
        "condition",
        _("What must hold"),
        _("If it does not, people read the message below."),
        required=True,
        none_label=_("Nothing yet"),
    ),
    Control("when", "condition", _("Checked when"), none_label=_("Always")),
    text("message", _("Message"), _("Say what to do, not what is wrong."), required=True),
    Control("field", "subject", _("Shown beside the question")),
]

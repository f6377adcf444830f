"""What an editor may set, declared as data: one control per entry of a definition.

A screen is a list of controls; a new field type, a new setting is a line of data, never a migration.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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


# --- What each config key of the field types is ------------------------------------------------
LENGTHS = (1, 10_000)
CONFIG: Mapping[str, Control] = {
    one.name: one
    for one in [
        whole("max_length", _("At most, in characters"), *LENGTHS),
        whole("min_length", _("At least, in characters"), 0, 10_000),
        tick("uppercase", _("Write in capitals")),
        whole("rows", _("Height, in lines"), 2, 30),
        choice(
            "width",
            _("Width"),
            [
                ("", _("Full width")),
                ("short", _("Short")),
                ("year", _("A year")),
                ("money", _("An amount")),
            ],
        ),
        choice(
            "inputmode",
            _("Keyboard of the phone"),
            [("", _("Letters")), ("numeric", _("Figures")), ("decimal", _("Figures and a point"))],
        ),
        Control(
            "mask",
            "line",
            _("Format"),
            _(
                "A for a letter, 9 for a figure, * for either; other signs as they are. Example: AA-9999"
            ),
        ),
        Control("regex", "line", _("Regular expression"), _("For experts, instead of the format.")),
        Control("example", "line", _("Example"), _("Shown to people: it must fit the format.")),
        choice(
            "checksum",
            _("Check digit"),
            [("", _("None")), ("luhn", "Luhn"), ("iban", "IBAN"), ("rib", "RIB")],
        ),
        Control("unit", "texts", _("Unit"), _("Written behind the number: kg, m², years.")),
        tick("grouping", _("Separate the thousands")),
        whole("decimals", _("Figures after the point"), 0, 4),
        Control(
            "min",
            "formula",
            _("Smallest value"),
            _("A number, a date, or a formula."),
            width="half",
        ),
        Control(
            "max",
            "formula",
            _("Greatest value"),
            _("A number, a date, or a formula."),
            width="half",
        ),
        tick("birth", _("This is a date of birth")),
        choice(
            "precision",
            _("If the day is not known"),
            [("", _("The year alone is enough")), ("month", _("Month and year are enough"))],
        ),
        Control("options", "options", _("Answers to choose from")),
        choice(
            "widget",
            _("Shown as"),
            [
                ("", _("Buttons, or a list when there are many")),
                ("radio", _("Buttons")),
                ("select", _("A list that opens")),
                ("autocomplete", _("A field that completes")),
            ],
        ),
        Control("list", "list_name", _("Shared list"), _("Instead of its own answers.")),
        Control(
            "parent",
            "formula",
            _("Depends on the answer to"),
            _("The key of a question: only the answers of that parent are offered."),
        ),
        Control(
            "region",
            "line",
            _("Country of numbers without prefix"),
            _("Two letters, for example DJ."),
        ),
        Control(
            "countries",
            "lines",
            _("Countries accepted"),
            _("Two letters each, one per line. Empty: all."),
        ),
        Control("first", "lines", _("Countries shown first"), _("Two letters each, one per line.")),
        Control("except", "lines", _("Countries left out"), _("Two letters each, one per line.")),
        Control("prefixes", "lines", _("Prefixes of the operators"), _("One per line.")),
        Control("parts", "lines", _("Parts that are asked"), _("One per line. Empty: all.")),
        Control("required_parts", "lines", _("Parts that must be filled"), _("One per line.")),
        Control("kinds", "lines", _("Kinds of number accepted"), _("One per line.")),
        Control("text", "long_texts", _("Text"), _("An empty line begins a new paragraph.")),
        choice(
            "tone",
            _("Tone"),
            [("", _("Calm")), ("info", _("Information")), ("warning", _("Warning"))],
        ),
        choice(
            "format",
            _("The value is"),
            [
                ("", _("A text")),
                ("number", _("A number")),
                ("money", _("An amount")),
                ("date", _("A date")),
            ],
        ),
        tick("hidden", _("Hidden from people")),
        Control(
            "currency", "line", _("Currency"), _("Three letters; by default that of the e-service.")
        ),
        Control(
            "value",
            "formula",
            _("Formula"),
            _("For example: copies * 500, or somme(associes.parts)"),
        ),
        Control("row_title", "texts", _("Name of an entry"), _("Child, witness, document …")),
        Control("add_label", "texts", _("Text of the button that adds one")),
    ]
}
GROUP_SIZES = {
    "min": whole("min", _("Entries, at least"), 0, 200),
    "max": whole("max", _("Entries, at most"), 1, 200),
}
CHOICE_SIZES = {
    "min": whole("min", _("Answers, at least"), 0, 200),
    "max": whole("max", _("Answers, at most"), 1, 200),
}
NOT_ASKED = frozenset({"fields", "rules"})  # they have screens of their own
SHOWN_ALWAYS = ("options", "list", "text", "value", "mask", "example", "row_title", "min", "max")


def config_controls(kind: Any) -> list[Control]:
    """Return the controls of what a field type may be told, from the type's own declaration."""
    names = [
        name for name in sorted(kind.config_keys | kind.expression_keys) if name not in NOT_ASKED
    ]
    names.sort(key=lambda name: SHOWN_ALWAYS.index(name) if name in SHOWN_ALWAYS else 99)
    sizes = {"group": GROUP_SIZES, "multi_choice": CHOICE_SIZES}.get(kind.key, {})
    declared: Mapping[str, Control] = getattr(kind, "config_controls", {})
    return [
        sizes.get(name) or declared.get(name) or CONFIG.get(name) or Control(name, "json", name)
        for name in names
    ]


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


def field_controls(kind: Any) -> dict[str, list[Control]]:
    """Return the controls of a field by panel: what is asked, its type's own, the rest."""
    label = LABEL if kind.asks or kind.key in ("heading", "computed") else text("label", _("Title"))
    question = [label]
    if kind.asks:
        question += [HELP, OBLIGATION] if kind.key != "group" else [HELP]
    more = [KEY, NOTE]
    if kind.asks and kind.key != "group":
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

"""What an editor may set on a question: declared once, read by the checks and by the form builder."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

Kind = Literal[
    "word",  # a plain text, the same in every language
    "text",  # a short text in the languages of the form
    "long_text",  # paragraphs in the languages of the form
    "integer",
    "boolean",
    "choice",  # one of `choices`
    "formats",  # one mask or regular expression, or a list of them
    "words",  # a list of plain texts, among `choices` when there are any
    "countries",  # a list of ISO 3166 codes
    "expression",
    "options",
    "list",  # the name of a list of the form, or of a shared code list
    "fields",
    "rules",
    "entries",  # a list of small named entries; the type itself checks them
    "named",  # named values; the type itself checks them
]


@dataclass(frozen=True)
class Setting:
    """One thing to set: its key in the definition, and how to ask an editor for it."""

    key: str
    kind: Kind
    label: Any
    help: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    least: int = 0
    most: int = 10_000
    wanted: bool = False

    def faults(self, value: Any) -> list[str]:
        """Return what is wrong with `value`. Texts and expressions are checked where they stand."""
        if self.kind == "integer":
            good = type(value) is int and self.least <= value <= self.most
            return (
                []
                if good
                else [f"{self.key} must be a whole number from {self.least} to {self.most}"]
            )
        shape, words = SHAPES.get(self.kind, (object, ""))
        is_good: bool = isinstance(value, shape)
        if not is_good:
            return [f"{self.key} must be {words}"]
        if self.kind in {"words", "countries"} and not all(isinstance(one, str) for one in value):
            return [f"{self.key} must be {words}"]
        if self.kind == "word" and len(value) > 500:
            return [f"{self.key} is too long"]
        if not self.choices:
            return []
        known = [key for key, _label in self.choices]
        unknown = [one for one in ([value] if self.kind == "choice" else value) if one not in known]
        return [f"{self.key} is among {', '.join(known)}"] if unknown else []


SHAPES: dict[str, tuple[type, str]] = {
    "word": (str, "a text"),
    "choice": (str, "a text"),
    "list": (str, "a text"),
    "boolean": (bool, "true or false"),
    "words": (list, "a list of texts"),
    "countries": (list, "a list of texts"),
    "entries": (list, "a list"),
    "options": (list, "a list"),
    "fields": (list, "a list"),
    "rules": (list, "a list"),
    "named": (Mapping, "named values"),
}


def one_of(key: str, label: Any, *choices: tuple[str, Any], help: Any = "") -> Setting:
    return Setting(key, "choice", label, help, choices)


# --- Settings that several types share ---------------------------------------------------------
MIN_LENGTH = Setting("min_length", "integer", _("Shortest length"))
MAX_LENGTH = Setting("max_length", "integer", _("Greatest length"), least=1)
WIDTH = one_of(
    "width", _("Width of the box"), ("short", _("Short")), ("year", _("A year")),
    ("money", _("An amount")),
)  # fmt: skip
INPUTMODE = one_of(
    "inputmode", _("Keyboard of the phone"), ("text", _("Letters")), ("numeric", _("Figures")),
    ("decimal", _("Figures and comma")), ("tel", _("Telephone")), ("email", _("E-mail")),
    ("url", _("Web address")),
)  # fmt: skip
LEAST = Setting("min", "expression", _("Smallest value"))
MOST = Setting("max", "expression", _("Greatest value"))
FIRST_DAY = Setting("min", "expression", _("First day accepted"))
LAST_DAY = Setting("max", "expression", _("Last day accepted"))
UNIT = Setting("unit", "text", _("Unit"), _("Shown after the number, for example: km."))
GROUPING = Setting("grouping", "boolean", _("Write thousands apart"))
CURRENCY = Setting("currency", "word", _("Currency"))
BIRTH = Setting("birth", "boolean", _("It is a date of birth"))
OPTIONS = Setting("options", "options", _("Answers to choose from"))
CODES = Setting("options", "options", _("What each code stands for"))
LIST = Setting("list", "list", _("List of answers"), _("A list of this form, or a shared one."))
UNDER = Setting(
    "under", "word", _("Part of the list"), _("The entry below which to choose, for example: BJ.")
)
PARENT = Setting(
    "parent", "expression", _("Depends on"), _("The answer that tells which part of the list to offer.")
)  # fmt: skip
REGION = Setting("region", "word", _("Country of numbers without a prefix"))
COUNTRIES = Setting("countries", "countries", _("Countries accepted"))
VALUE = Setting("value", "expression", _("Calculation"), wanted=True)

# What any question may say. The rest is the type's own.
COMMON = (
    Setting("label", "text", _("Question")),
    Setting("help", "text", _("Help"), _("One sentence below the question.")),
    Setting("required", "boolean", _("An answer is required")),
    Setting("required_if", "expression", _("Required only if")),
    Setting("show_if", "expression", _("Show only if")),
    Setting("messages", "named", _("Own error messages")),
    Setting("personal", "boolean", _("Personal data")),
    Setting("autocomplete", "word", _("What the browser may fill in")),
    Setting("note", "word", _("Note for editors")),
)

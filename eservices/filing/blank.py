"""The form on paper, from the same definition: what to write where, in black on A4, in any language."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.formdefs.engine import CompiledSpec
from eservices.formdefs.spec import FieldSpec
from eservices.formdefs.subjects import Subject, subjects
from eservices.formdefs.wording import condition_words
from portal.core.texts import pick

MOST_BOXES = 14  # choices shown; a longer list is written by hand
ROWS = 4  # of a group, when more may come
# How many signs a kind of answer has: one box for each, so that a reader of forms can read them.
COMBS = {"phone": 12, "mobile_money": 12, "national_id": 14, "integer": 8, "money": 10, "decimal": 10,
         "bank_account": 28, "time": 4}  # fmt: skip
BIRTHDAYS = frozenset({"date", "partial_date", "date_time"})
SKIPPED = frozenset({"computed", "payment_line", "filled", "lookup", "image", "section"})


@dataclass
class Blank:
    """One thing to fill in. `kind` chooses its boxes: see templates/filing/blank_field.html."""

    kind: str
    label: str
    help: str = ""
    condition: str = ""
    is_optional: bool = False
    boxes: range = range(0)
    lines: range = range(1)
    options: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    rows: range = range(0)


@dataclass
class BlankStep:
    title: str
    intro: str
    condition: str
    blanks: list[Blank]


def steps(spec: CompiledSpec) -> list[BlankStep]:
    """Return every step with its questions, conditional ones with their condition in words."""
    known = {one.path: one for one in subjects(spec.source, language=get_language())}
    return [
        BlankStep(
            title=pick(step.title),
            intro=pick(step.intro),
            condition=_condition(step.show_if, known),
            blanks=[_blank(one, known) for one in step.fields if one.type.key not in SKIPPED],
        )
        for step in spec.steps
    ]


def pieces(spec: CompiledSpec) -> list[Blank]:
    known = {one.path: one for one in subjects(spec.source, language=get_language())}
    return [
        Blank(
            "piece",
            pick(rule.config.get("label")),
            pick(rule.config.get("help")),
            _condition(rule.show_if, known),
            is_optional=not rule.config.get("required", True),
        )
        for rule in spec.pieces
    ]


def _blank(one: FieldSpec, known: dict[str, Subject]) -> Blank:
    kind, config = one.type.key, one.config
    blank = Blank(
        "lines",
        pick(config.get("label")),
        pick(config.get("text") or config.get("help")),
        _condition(one.show_if, known),
        is_optional=one.type.asks and not one.required and one.required_if is None,
    )
    if not one.type.asks:
        blank.kind = "text" if kind == "explanation" else "heading"
    elif one.fields:
        blank.kind = "rows"
        blank.parts = [pick(c.config.get("label")) for c in one.fields if c.type.key not in SKIPPED]
        blank.rows = range(min(max(config.get("min") or 0, ROWS), config.get("max") or ROWS))
    elif kind == "yes_no":
        blank.kind, blank.options = "boxes", [_("Yes"), _("No")]
    elif kind in {"consent", "attestation"}:
        blank.kind = "tick"
    elif one.options and len(one.options) <= MOST_BOXES:
        blank.kind, blank.options = "boxes", [pick(option.label) for option in one.options]
    elif kind in BIRTHDAYS:
        blank.kind = "date"
    elif kind in COMBS:
        blank.kind, blank.boxes = "comb", range(COMBS[kind])
    elif kind == "signature":
        blank.kind = "signature"
    elif names := getattr(one.type, "names", None):
        blank.kind, blank.parts = "parts", [str(names[name]) for name in _parts(one)]
    elif kind == "long_text":
        blank.lines = range(4)
    return blank


def _parts(one: FieldSpec) -> list[str]:
    kind: Any = one.type
    wanted = one.config.get("parts") or kind.usual
    return [name for name in wanted if name in kind.names]


def _condition(expression: Any, known: dict[str, Subject]) -> str:
    if expression is None:
        return ""
    try:
        words = condition_words(expression.source, known)
    except (KeyError, TypeError, ValueError):
        return _("depending on your other answers")
    return _("only if: %s") % words

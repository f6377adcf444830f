"""What stands in a step without asking, and the group of questions that repeats."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from eservices.formdefs.controls import Control, tag
from eservices.formdefs.spec import MAX_ROWS, FieldSpec, Question
from eservices.formdefs.types import settings as s
from eservices.formdefs.types.base import FIELD_TYPES, FieldType, register
from eservices.formdefs.types.settings import Setting
from portal.core.money import EXPONENTS, Money
from portal.core.texts import pick


@register
class Heading(FieldType):
    key = "heading"
    label = _("Heading")
    family = "layout"
    asks = False

    def control(self, question: Question, control: Control) -> SafeString:
        text = pick(question.field.config.get("label"), control.language)
        return tag("h2", {"id": control.id}, text)


@register
class Explanation(FieldType):
    """Words for the person: `text`, with blank lines between paragraphs, in a calm or loud tone."""

    key = "explanation"
    label = _("Explanation")
    description = _("Words for the person, between the questions.")
    family = "layout"
    settings = (
        Setting("text", "long_text", _("Text")),
        s.one_of(
            "tone", _("Tone"), ("info", _("Calm")), ("success", _("Good news")),
            ("warning", _("Warning")), ("danger", _("Danger")),
        ),
    )  # fmt: skip
    asks = False

    def control(self, question: Question, control: Control) -> SafeString:
        config = question.field.config
        title = pick(config.get("label"), control.language)
        paragraphs = [
            p for p in pick(config.get("text"), control.language).split("\n\n") if p.strip()
        ]
        body = [tag("p", {}, tag("strong", {}, title))] if title else []
        body += [tag("p", {}, paragraph) for paragraph in paragraphs]
        tone = config.get("tone", "info")
        return tag("div", {"class": f"g-notice g-notice--{tone}"}, *body)

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        return [] if config.get("text") or config.get("label") else ["text is missing"]


@register
class Computed(FieldType):
    """A value that the service works out. What a client sends for it is never read."""

    key = "computed"
    label = _("Calculated value")
    description = _("Worked out from the answers, shown or hidden.")
    family = "number"
    settings: ClassVar[tuple[Setting, ...]] = (
        s.VALUE,
        s.one_of(
            "format", _("How it is written"), ("text", _("Text")), ("number", _("Number")),
            ("money", _("Amount")), ("date", _("Date")),
        ),
        s.CURRENCY,
        Setting("hidden", "boolean", _("Hidden")),
    )  # fmt: skip
    asks = False
    reader = "computed"

    def control(self, question: Question, control: Control) -> SafeString:
        text = self.to_text(question.field, question.value, control.language)
        attributes = {"class": "g-amount", "id": control.id, "data-computed": question.path}
        return tag("output", attributes, text or "—")

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        if isinstance(value, bool) or value is None:
            return "" if value is None else FIELD_TYPES["yes_no"].to_text(field, value, language)
        shape = field.config.get("format")
        if isinstance(value, (int, float)):
            if shape == "money" and isinstance(value, int):
                return str(Money(value, field.currency))
            return number_format(Decimal(repr(value)), use_l10n=True, force_grouping=True)
        return (
            FIELD_TYPES["date"].to_text(field, value, language) if shape == "date" else str(value)
        )

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        known = config.get("currency") is None or str(config["currency"]) in EXPONENTS
        return [] if known else ["unknown currency"]

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        return {}


@register
class PaymentLine(Computed):
    """Something to pay, told where its question stands; `expand` makes a fee of it."""

    key = "payment_line"
    label = _("Line to pay")
    description = _("An amount, or a price for each; it is added to what is due.")
    settings = (
        Setting("unit", "expression", _("Price"), wanted=True),
        Setting("quantity", "expression", _("How many")),
        Setting("per", "text", _("For each"), _("For example: copy.")),
    )
    inside = False

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        return str(Money(value, field.currency)) if type(value) is int else ""

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        unit = config.get("unit")
        wrong = isinstance(unit, (int, float)) and (type(unit) is not int or unit < 0)
        return ["unit is a whole amount, never negative"] if wrong else []


@register
class Section(FieldType):
    """A heading and questions that come and go together. Written out before the form is compiled."""

    key = "section"
    label = _("Section")
    description = _("A heading and questions shown together, under one condition.")
    family = "layout"
    settings = (Setting("fields", "fields", _("Questions"), wanted=True),)
    asks = False


MAX_COLUMNS = 40  # a page of all its rows must still be sent in one post


@register
class Group(FieldType):
    """Questions that repeat, row by row. Rows come and go by submit buttons."""

    key = "group"
    label = _("Group that repeats")
    description = _("The same questions for each child, each partner, each document.")
    family = "layout"
    inside = False
    settings = (
        Setting("fields", "fields", _("Questions of one entry")),
        Setting("min", "integer", _("Fewest entries"), most=MAX_ROWS),
        Setting("max", "integer", _("Most entries"), least=1, most=MAX_ROWS),
        Setting(
            "count", "expression", _("Number of entries"),
            _("When an earlier answer tells how many there are."),
        ),
        Setting("row_title", "text", _("Name of an entry"), _("For example: Child.")),
        Setting("add_label", "text", _("Words of the button that adds one")),
        Setting("rules", "rules", _("Conditions that each entry must meet")),
        Setting("totals", "entries", _("Totals under the entries")),
    )  # fmt: skip
    reader = "rows"

    def to_raw(self, value: Any) -> Any:
        return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        columns = {one.key: one.type.schema(one) for one in field.fields if one.type.asks}
        row = {"type": "object", "properties": columns, "additionalProperties": False}
        limits = {"minItems": self.least(field), "maxItems": self.most(field)}
        return {"type": "array", "items": row, **limits}

    def least(self, field: FieldSpec) -> int:
        return self._limit(field.config.get("min"), 0)

    def most(self, field: FieldSpec) -> int:
        return self._limit(field.config.get("max"), MAX_ROWS)

    def _limit(self, value: Any, default: int) -> int:
        """Also for a draft that no check has read: its preview draws no million of rows."""
        return min(value, MAX_ROWS) if type(value) is int and value > 0 else default

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        faults = [] if config.get("fields") else ["a group needs fields"]
        if len(config.get("fields") or []) > MAX_COLUMNS:
            faults.append(f"a group has at most {MAX_COLUMNS} fields")
        if (config.get("min") or 0) > (config.get("max") or MAX_ROWS):
            faults.append("min is greater than max")
        if "count" in config and ("min" in config or "max" in config):
            faults.append("count stands without min and max")
        return faults

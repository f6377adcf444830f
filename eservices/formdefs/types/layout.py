"""What stands in a step without asking, and the group of questions that repeats."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.safestring import SafeString

from eservices.formdefs.controls import Control, tag
from eservices.formdefs.spec import MAX_ROWS, FieldSpec, Question
from eservices.formdefs.types.base import FIELD_TYPES, FieldType, register, whole
from portal.core.money import EXPONENTS, Money
from portal.core.texts import pick


@register
class Heading(FieldType):
    key = "heading"
    asks = False

    def control(self, question: Question, control: Control) -> SafeString:
        text = pick(question.field.config.get("label"), control.language)
        return tag("h2", {"id": control.id}, text)


@register
class Explanation(FieldType):
    """Words for the person: `text`, with blank lines between paragraphs, in a calm or loud tone."""

    key = "explanation"
    config_keys = frozenset({"text", "tone"})
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
        faults = [] if config.get("text") or config.get("label") else ["text is missing"]
        if config.get("tone", "info") not in ("info", "success", "warning", "danger"):
            faults.append("tone is info, success, warning or danger")
        return faults


@register
class Computed(FieldType):
    """A value that the service works out. What a client sends for it is never read."""

    key = "computed"
    config_keys = frozenset({"format", "hidden", "currency"})
    expression_keys = frozenset({"value"})
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
        faults = [] if "value" in config else ["value is missing"]
        if config.get("format", "text") not in ("text", "number", "money", "date"):
            faults.append("format is text, number, money or date")
        if config.get("currency") is not None and str(config["currency"]) not in EXPONENTS:
            faults.append("unknown currency")
        return faults


@register
class Group(FieldType):
    """Questions that repeat, row by row. Rows come and go by submit buttons."""

    key = "group"
    config_keys = frozenset({"min", "max", "fields", "rules", "row_title", "add_label"})
    reader = "rows"

    def to_raw(self, value: Any) -> Any:
        return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []

    def least(self, field: FieldSpec) -> int:
        return field.config.get("min") or 0

    def most(self, field: FieldSpec) -> int:
        return min(field.config.get("max") or MAX_ROWS, MAX_ROWS)

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        faults = whole(config, "min", 0, MAX_ROWS) + whole(config, "max", 1, MAX_ROWS)
        if not faults and (config.get("min") or 0) > (config.get("max") or MAX_ROWS):
            faults.append("min is greater than max")
        return faults + ([] if config.get("fields") else ["a group needs fields"])

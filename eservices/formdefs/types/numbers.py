"""Numbers: whole, decimal, amounts of money. Always exact, never a float while computing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.formdefs.controls import Control, join, tag
from eservices.formdefs.reading import read_number
from eservices.formdefs.spec import FieldSpec, Question, State
from eservices.formdefs.types import settings as s
from eservices.formdefs.types.base import FieldType, Invalid, register
from eservices.formdefs.types.settings import Setting
from portal.core.expressions.values import LIMIT, is_number
from portal.core.money import EXPONENTS, SYMBOLS, Money
from portal.core.texts import pick


def as_json(value: Decimal) -> int | float:
    """Return a number that JSON and the browser keep without loss (four decimals)."""
    return int(value) if value == value.to_integral_value() else float(value)


@register
class Integer(FieldType):
    key = "integer"
    label = gettext_lazy("Whole number")
    family = "number"
    settings: ClassVar[tuple[Setting, ...]] = (s.LEAST, s.MOST, s.UNIT, s.GROUPING)
    reader = "number"
    decimals = 0

    def places(self, field: FieldSpec) -> int:
        return self.decimals

    def to_raw(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return f"{Decimal(repr(value)):f}".replace(".", ",")

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        places = self.places(field)
        number = read_number(raw, places)
        if number is None or abs(number) > LIMIT:
            raise Invalid(_("Write a number, in figures."))
        if number != round(number, places):
            raise Invalid(
                _("Write a number with at most %d digits after the comma.") % places
                if places
                else _("Write a whole number, without a comma.")
            )
        self.check_bounds(field, number, state)
        return as_json(number)

    def check_bounds(self, field: FieldSpec, number: Decimal, state: State) -> None:
        least: Any = state.value(field.expressions["min"]) if "min" in field.expressions else None
        most: Any = state.value(field.expressions["max"]) if "max" in field.expressions else None
        if is_number(least) and number < least:
            raise Invalid(_("Write %s or more.") % self.shown(field, least))
        if is_number(most) and number > most:
            raise Invalid(_("Write %s or less.") % self.shown(field, most))

    def shown(self, field: FieldSpec, number: Any) -> str:
        # A year is a number too, and nobody writes it in groups.
        grouped = field.config.get("grouping", True)
        return number_format(number, use_l10n=True, force_grouping=grouped)

    def echo(self, field: FieldSpec) -> int:
        return 60

    def control(self, question: Question, control: Control) -> SafeString:
        raw = question.raw[:60] if isinstance(question.raw, str) else ""
        places = self.places(question.field)
        box = control.input(
            type="text",
            class_="g-input g-input--short",
            value=raw,
            dir="ltr",
            inputmode="decimal" if places else "numeric",
        )
        unit = self.unit(question.field, control.language)
        return join([box, " ", tag("span", {"class": "g-muted"}, unit)]) if unit else box

    def unit(self, field: FieldSpec, language: str) -> str:
        return pick(field.config.get("unit"), language)

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        names = {"min": "minimum", "max": "maximum"}
        fixed = {
            name: field.config[key]
            for key, name in names.items()
            if is_number(field.config.get(key))
        }
        return {"type": "integer", "minimum": -LIMIT, "maximum": LIMIT, **fixed}

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return "" if value is None else str(value)
        unit = self.unit(field, language)
        return f"{self.shown(field, Decimal(repr(value)))} {unit}".strip()


@register
class DecimalNumber(Integer):
    key = "decimal"
    label = gettext_lazy("Decimal number")
    settings = (
        s.LEAST,
        s.MOST,
        s.UNIT,
        s.GROUPING,
        Setting("decimals", "integer", gettext_lazy("Digits after the comma"), least=1, most=4),
    )

    def places(self, field: FieldSpec) -> int:
        return field.config.get("decimals", 2)

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        return {**super().schema(field), "type": "number"}


@register
class Amount(Integer):
    """An amount, kept as a whole number of the currency's smallest unit."""

    key = "money"
    label = gettext_lazy("Amount of money")
    settings = (s.LEAST, s.MOST, s.CURRENCY)
    reader = "money"

    def places(self, field: FieldSpec) -> int:
        return EXPONENTS.get(field.currency, 0)

    def to_raw(self, value: Any) -> Any:
        return str(value) if type(value) is int else None

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        units = 10 ** self.places(field)
        number = read_number(raw, self.places(field))
        if number is None or abs(number) > LIMIT:
            raise Invalid(_("Write an amount in figures, for example 15 000."))
        if number * units != int(number * units):
            raise Invalid(_("Write an amount without so many digits after the comma."))
        minor = int(number * units)
        if minor < 0 and "min" not in field.expressions:
            raise Invalid(_("Write %s or more.") % self.shown(field, 0))
        self.check_bounds(field, Decimal(minor), state)
        return minor

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        """In the smallest unit of the currency; never below nought where nothing else is said."""
        found = super().schema(field)
        least = found["minimum"] if "min" in field.expressions else 0
        return {**found, "minimum": least, "x-currency": field.currency}

    def shown(self, field: FieldSpec, number: Any) -> str:
        return str(Money(int(number), field.currency))

    def unit(self, field: FieldSpec, language: str) -> str:
        return SYMBOLS.get(field.currency, field.currency)

    def echo(self, field: FieldSpec) -> int:
        # With cents, what is kept is not what is shown.
        return 0 if self.places(field) else super().echo(field)

    def control(self, question: Question, control: Control) -> SafeString:
        places = self.places(question.field)
        if places and isinstance(question.raw, str) and question.raw == self.to_raw(question.value):
            question.raw = f"{question.value / 10**places:.{places}f}".replace(".", ",")
        return super().control(question, control)

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        return self.shown(field, value) if type(value) is int else str(value or "")

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        known = config.get("currency") is None or str(config["currency"]) in EXPONENTS
        return [] if known else ["unknown currency"]

"""The plain operators: functions of values already evaluated. All total, all without effect.

Null in arithmetic gives null; sums, counts, min, max and coalesce skip it. An ordering (lt, le, gt,
ge, between) with null, or between different types, is false. `ne` is exactly "not eq".
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.core.expressions import dates
from portal.core.expressions.values import (
    SCALE,
    Number,
    Value,
    as_text,
    bounded,
    divide,
    equal,
    fixed,
    from_text,
    is_empty,
    is_number,
    short,
    unfixed,
)
from portal.core.money import EXPONENTS, Money


@dataclass(frozen=True)
class Operator:
    call: Callable[..., Value]
    least: int
    most: int


OPERATORS: dict[str, Operator] = {}
MANY = 100


def operator(name: str, least: int, most: int | None = None) -> Callable[[Callable], Callable]:
    """Register a function of `least` to `most` values under `name`."""

    def register(call: Callable[..., Value]) -> Callable[..., Value]:
        if name in OPERATORS:
            raise ValueError(f"operator {name!r} is already registered")
        OPERATORS[name] = Operator(call, least, least if most is None else most)
        return call

    return register


# --- Comparison --------------------------------------------------------------------------------
def _order(left: Value, right: Value) -> int | None:
    if is_number(left) and is_number(right):
        return (left > right) - (left < right)
    if not (isinstance(left, str) and isinstance(right, str)):
        return None
    first, second = dates.order_key(left), dates.order_key(right)
    if first is None or second is None or first[0] != second[0]:
        return None
    return (first[1] > second[1]) - (first[1] < second[1])


operator("eq", 2)(equal)
operator("ne", 2)(lambda left, right: not equal(left, right))
operator("lt", 2)(lambda left, right: _order(left, right) == -1)
operator("le", 2)(lambda left, right: _order(left, right) in (-1, 0))
operator("gt", 2)(lambda left, right: _order(left, right) == 1)
operator("ge", 2)(lambda left, right: _order(left, right) in (0, 1))
operator("empty", 1)(is_empty)
operator("filled", 1)(lambda value: not is_empty(value))


@operator("between", 3)
def between(value: Value, low: Value, high: Value) -> bool:
    return _order(low, value) in (-1, 0) and _order(value, high) in (-1, 0)


@operator("in", 2)
def is_in(value: Value, options: Value) -> bool:
    return isinstance(options, list) and any(equal(value, option) for option in options)


@operator("contains", 2)
def contains(whole: Value, part: Value) -> bool:
    if isinstance(whole, str) and isinstance(part, str):
        return part in whole
    return is_in(part, whole)


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [] if value is None else [value]


@operator("any_of", 2)
def any_of(values: Value, options: Value) -> bool:
    return any(is_in(value, _listed(options)) for value in _listed(values))


@operator("all_of", 2)
def all_of(values: Value, options: Value) -> bool:
    return all(is_in(option, _listed(values)) for option in _listed(options))


# --- Numbers -----------------------------------------------------------------------------------
def _numbers(values: tuple[Value, ...]) -> list[Number] | None:
    return list(values) if all(is_number(value) for value in values) else None


@operator("add", 1, MANY)
def add(*values: Value) -> Number | None:
    numbers = _numbers(values)
    return None if numbers is None else unfixed(sum(map(fixed, numbers)))


@operator("sub", 1, 2)
def sub(*values: Value) -> Number | None:
    numbers = _numbers(values)
    if numbers is None:
        return None
    first, *rest = map(fixed, numbers)
    return unfixed(first - rest[0] if rest else -first)


@operator("mul", 1, MANY)
def mul(*values: Value) -> Number | None:
    numbers = _numbers(values)
    if numbers is None:
        return None
    scaled = SCALE
    for number in numbers:
        product = unfixed(divide(scaled * fixed(number), SCALE))
        if product is None:
            return None
        scaled = fixed(product)
    return unfixed(scaled)


@operator("div", 2)
def div(left: Value, right: Value) -> Number | None:
    if _numbers((left, right)) is None or not right:
        return None
    return unfixed(divide(fixed(left) * SCALE, fixed(right)))


@operator("mod", 2)
def mod(left: Value, right: Value) -> Number | None:
    """The rest has the sign of the divisor."""
    if _numbers((left, right)) is None or not right:
        return None
    return unfixed(fixed(left) % fixed(right))


@operator("abs", 1)
def absolute(value: Value) -> Number | None:
    return abs(value) if is_number(value) else None


@operator("round", 1, 2)
def rounded(value: Value, digits: Value = 0) -> Number | None:
    if not is_number(value) or digits not in (0, 1, 2, 3, 4) or isinstance(digits, bool):
        return None
    step = SCALE // 10 ** int(digits)
    return unfixed(divide(fixed(value), step) * step)


@operator("floor", 1)
def floor(value: Value) -> Number | None:
    return unfixed(fixed(value) // SCALE * SCALE) if is_number(value) else None


@operator("ceil", 1)
def ceil(value: Value) -> Number | None:
    return unfixed(-(-fixed(value) // SCALE) * SCALE) if is_number(value) else None


def _extreme(values: tuple[Value, ...], wanted: int) -> Value:
    pool = values[0] if len(values) == 1 and isinstance(values[0], list) else values
    best: Value = None
    for value in pool:
        if value is None:
            continue
        order = 0 if best is None else _order(value, best)
        if order is None or _order(value, value) is None:
            return None
        if best is None or order == wanted:
            best = value
    return best


operator("min", 1, MANY)(lambda *values: _extreme(values, -1))
operator("max", 1, MANY)(lambda *values: _extreme(values, 1))


@operator("number", 1)
def number(value: Value) -> Number | None:
    return from_text(value) if isinstance(value, str) else value if is_number(value) else None


# --- Text --------------------------------------------------------------------------------------
@operator("text", 1)
def text(value: Value) -> str | None:
    return as_text(value)


@operator("concat", 1, MANY)
def concat(*values: Value) -> str | None:
    parts = [as_text(value) for value in values]
    return None if None in parts else short("".join(part for part in parts if part))


operator("lower", 1)(lambda value: value.lower() if isinstance(value, str) else None)
operator("upper", 1)(lambda value: value.upper() if isinstance(value, str) else None)
operator("trim", 1)(lambda value: value.strip(" \t\r\n\u00a0") if isinstance(value, str) else None)


@operator("fold", 1)
def fold(value: Value) -> str | None:
    """The letters and figures alone, small and without accents: two ways to write one name are equal."""
    if not isinstance(value, str):
        return None
    kept = "".join(map(_folded, unicodedata.normalize("NFD", value)))
    return " ".join(kept.lower().split())


def _folded(sign: str) -> str:
    kind = unicodedata.category(sign)[0]
    return "" if kind == "M" else sign if kind in "LN" else " "


@operator("length", 1)
def length(value: Value) -> int | None:
    if value is None:
        return 0
    return len(value) if isinstance(value, (str, list)) else None


@operator("starts_with", 2)
def starts_with(value: Value, start: Value) -> bool:
    return isinstance(value, str) and isinstance(start, str) and value.startswith(start)


@operator("money", 2)
def money(amount: Value, currency: Value) -> str | None:
    """How an amount in minor units reads; null for a fraction or an unknown currency."""
    if not is_number(amount) or isinstance(amount, Decimal) or not isinstance(currency, str):
        return None
    return str(Money(amount, currency)) if currency in EXPONENTS else None


# --- Dates -------------------------------------------------------------------------------------
def _on_dates(call: Callable[..., Any], *values: Value) -> Any:
    days = [dates.parse(value) for value in values]
    return None if None in days else call(*days)


def _whole(value: Value) -> bool:
    return is_number(value) and not isinstance(value, Decimal)


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()


@operator("date", 1)
def date(value: Value) -> str | None:
    return _on_dates(_iso, value)


@operator("add_days", 2)
def add_days(start: Value, days: Value) -> str | None:
    if not _whole(days):
        return None
    return _on_dates(lambda day: _iso(dates.add_days(day, days)), start)


@operator("add_months", 2)
def add_months(start: Value, months: Value) -> str | None:
    if not _whole(months):
        return None
    return _on_dates(lambda day: _iso(dates.add_months(day, months)), start)


@operator("days_between", 2)
def days_between(start: Value, end: Value) -> int | None:
    return _on_dates(lambda first, last: bounded((last - first).days), start, end)


operator("months_between", 2)(lambda start, end: _on_dates(dates.whole_months, start, end))
operator("years_between", 2)(lambda start, end: _on_dates(dates.whole_years, start, end))
operator("year", 1)(lambda value: _on_dates(lambda day: day.year, value))
operator("month", 1)(lambda value: _on_dates(lambda day: day.month, value))


@operator("age_on", 2)
def age_on(birth: Value, on: Value) -> int | None:
    """Completed years of age; null before birth."""
    return _on_dates(lambda b, d: dates.whole_years(b, d) if d >= b else None, birth, on)


# --- Rows --------------------------------------------------------------------------------------
@operator("unique", 1)
def unique(values: Value) -> bool | None:
    """Whether no two values of the list are equal; nothing answered is not compared."""
    if not isinstance(values, list):
        return None
    seen = [value for value in values if not isinstance(value, Mapping) and not is_empty(value)]
    keys = [as_text(value) if not isinstance(value, list) else repr(value) for value in seen]
    return len(set(keys)) == len(keys)

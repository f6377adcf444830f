"""The values of the expression language: null, true/false, number, text, list, row.

Numbers are exact: fixed point with four decimals, between -10^15 and 10^15, halves rounded away
from zero. What does not fit is null. `static/js/expressions.js` does the same with BigInt.
"""

import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

DECIMALS = 4
SCALE = 10**DECIMALS
LIMIT = 10**15
MAX_LIST = 1000
MAX_TEXT = 10_000

Number = int | Decimal
Value = Any


def bounded(value: Number) -> Number | None:
    """Return `value`, or null beyond the limits."""
    return value if -LIMIT <= value <= LIMIT else None


def divide(numerator: int, denominator: int) -> int:
    """Return the quotient rounded to a whole, halves away from zero."""
    quotient, rest = divmod(abs(numerator), abs(denominator))
    quotient += 2 * rest >= abs(denominator)
    return quotient if (numerator < 0) == (denominator < 0) else -quotient


def fixed(value: Number) -> int:
    """Return `value` as a whole number of ten-thousandths."""
    return value * SCALE if isinstance(value, int) else int(value.scaleb(DECIMALS))


def unfixed(scaled: int) -> Number | None:
    """The opposite of `fixed`; null beyond the limits."""
    whole, rest = divmod(scaled, SCALE)
    value: Number = whole if not rest else Decimal(scaled).scaleb(-DECIMALS)
    return bounded(value)


def from_decimal(value: Decimal) -> Number | None:
    if not value.is_finite() or value.adjusted() > 16:
        return None
    if value.adjusted() < -DECIMALS - 2:
        return 0
    sign, digits, exponent = value.as_tuple()
    scaled = int("".join(map(str, digits)) or "0") * (-1 if sign else 1)
    power = int(exponent) + DECIMALS
    return unfixed(scaled * 10**power if power >= 0 else divide(scaled, 10**-power))


def from_text(text: str) -> Number | None:
    """Read `12`, `-3.5` or `3,5`; null for anything else."""
    plain = text.strip().replace(",", ".")
    body = plain[1:] if plain[:1] in {"-", "+"} else plain
    whole, _, rest = body.partition(".")
    if len(body) > 40 or not (whole.isascii() and whole.isdigit()):
        return None
    if "." in body and not (rest.isascii() and rest.isdigit()):
        return None
    try:
        return from_decimal(Decimal(plain))
    except InvalidOperation:
        return None


def normal(value: Any) -> Value:
    """Return `value` as the language sees it; what the language does not know is null."""
    if value is None or isinstance(value, (bool, str, Mapping)):
        return value
    if isinstance(value, int):
        return bounded(value)
    if isinstance(value, float):
        # repr is the shortest text that gives the same float: what the browser prints too.
        return from_decimal(Decimal(repr(value))) if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return from_decimal(value)
    if isinstance(value, (list, tuple)):
        return [normal(item) for item in value] if len(value) <= MAX_LIST else None
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")[:16]
    return value.isoformat() if isinstance(value, date) else None


def is_number(value: Value) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def is_true(value: Value) -> bool:
    """null, false, 0, an empty text, an empty list and an empty row are not true."""
    return bool(value)


def is_empty(value: Value) -> bool:
    """Nothing was answered. 0 and false are answers."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, (list, Mapping)) and not value)


def equal(left: Value, right: Value) -> bool:
    """The same value of the same type. Two rows are never equal."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, (Mapping, list)) or isinstance(right, (Mapping, list)):
        return False
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def as_text(value: Value) -> str | None:
    """Return how `value` reads inside a text; null for a list or a row."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0")
    return str(value) if isinstance(value, (int, str)) else None


def short(text: str) -> str | None:
    """Return `text`, or null when it grew beyond the limit."""
    return text if len(text) <= MAX_TEXT else None

"""Expressions as formulas: `copies * 500`, `somme(associes.apport)`, `si(mineur; 0; 500)`.

What people know from spreadsheets, for the values that lines of a condition cannot say. Every
expression can be written so and read back; functions have French names where there is one.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal.core.errors import PortalError
from portal.core.expressions import FORMS
from portal.core.expressions.operators import OPERATORS

FRENCH = {
    "somme": "sum", "nombre": "count", "si": "if", "annee": "year", "mois": "month", "arrondi": "round",
    "plus_jours": "add_days", "plus_mois": "add_months", "joindre": "concat", "minimum": "min",
    "maximum": "max", "premier": "coalesce", "non": "not", "rempli": "filled", "vide": "empty",
    "parmi": "in", "age_le": "age_on",
}  # fmt: skip
NAMES = {english: french for french, english in FRENCH.items()}
COMPARISONS = {"=": "eq", "≠": "ne", "!=": "ne", "<=": "le", "≤": "le", ">=": "ge", "≥": "ge", "<": "lt", ">": "gt"}  # fmt: skip
ARITHMETIC = {"+": "add", "-": "sub", "*": "mul", "×": "mul", "/": "div", "÷": "div"}
TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>\"[^\"]*\")|(?P<name>[^\W\d]\w*(?:\.\w+)*)"
    r"|(?P<sign><=|>=|!=|[-+*/×÷=≠<>≤≥();,\[\]]))"
)
LEVELS = {"or": 1, "and": 2, "cmp": 3, "add": 4, "sub": 4, "mul": 5, "div": 5}
WORDS = {"et": "and", "and": "and", "ou": "or", "or": "or"}
CONSTANTS = {"oui": True, "vrai": True, "faux": False, "rien": None}


class BadFormula(PortalError):
    """The formula cannot be read; the message says where."""

    code = "bad_formula"


def parse(text: str) -> Any:
    """Return the expression that a formula means. :raises BadFormula:"""
    if not text.strip():
        return None
    return _Parser(_tokens(text)).whole()


def show(expression: Any) -> str:
    """Return the formula of any expression."""
    return _show(expression, 0)


# --- Reading -----------------------------------------------------------------------------------
def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise BadFormula(
                _("The formula cannot be read from here: %s") % text[position:].strip()
            )
        position = match.end()
        tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
    return [*tokens, ("end", "")]


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def whole(self) -> Any:
        value = self.binary(1)
        if self.peek()[0] != "end":
            raise BadFormula(_("The formula cannot be read from here: %s") % self.peek()[1])
        return value

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at]

    def take(self, sign: str) -> bool:
        if self.peek() == ("sign", sign):
            self.at += 1
            return True
        return False

    def operator(self) -> str | None:
        kind, text = self.peek()
        if kind == "name":
            return WORDS.get(text)
        return ARITHMETIC.get(text) or COMPARISONS.get(text) if kind == "sign" else None

    def binary(self, level: int) -> Any:
        self.depth += 1
        if self.depth > 200:
            raise BadFormula(_("The formula is too long."))
        left = self.unary()
        while (name := self.operator()) and LEVELS.get(name, LEVELS["cmp"]) >= level:
            own = LEVELS.get(name, LEVELS["cmp"])
            self.at += 1
            right = self.binary(own + 1)
            flat = name in ("add", "mul", "and", "or") and isinstance(left, dict) and name in left
            left = {name: [*left[name], right] if flat else [left, right]}
        return left

    def unary(self) -> Any:
        if self.take("-"):
            value = self.unary()
            return -value if isinstance(value, (int, float)) else {"sub": [value]}
        if self.take("("):
            value = self.binary(1)
            self.close(")")
            return value
        if self.take("["):
            return self.arguments("]")
        kind, text = self.peek()
        self.at += 1
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "text":
            return text[1:-1]
        if kind == "name":
            return self.call(text) if self.take("(") else self.name(text)
        raise BadFormula(_("Something is missing at the end of the formula.") if kind == "end"
                         else _("The formula cannot be read from here: %s") % text)  # fmt: skip

    def name(self, text: str) -> Any:
        if text in CONSTANTS:
            return CONSTANTS[text]
        return {"today": []} if text == "aujourdhui" else {"var": text}

    def call(self, text: str) -> Any:
        given = self.arguments(")")
        if text == "age" and len(given) == 1:
            return {"age_on": [*given, {"today": []}]}
        name = FRENCH.get(text, text)
        if name not in OPERATORS and name not in FORMS:
            raise BadFormula(_("There is no function “%s”.") % text)
        path = given[0].get("var", "") if len(given) == 1 and isinstance(given[0], Mapping) else ""
        if name in ("sum", "pluck") and "." in path:
            rows, _dot, column = path.partition(".")
            given = [{"var": rows}, column]
        return {name: given}

    def arguments(self, end: str) -> list[Any]:
        given: list[Any] = []
        if self.take(end):
            return given
        while True:
            given.append(self.binary(1))
            if not (self.take(";") or self.take(",")):
                break
        self.close(end)
        return given

    def close(self, sign: str) -> None:
        if not self.take(sign):
            raise BadFormula(_("A “%s” is missing.") % sign)


# --- Writing -----------------------------------------------------------------------------------
SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "and": "et", "or": "ou", "eq": "=", "ne": "≠",
         "le": "≤", "ge": "≥", "lt": "<", "gt": ">"}  # fmt: skip


def _show(value: Any, level: int) -> str:
    if isinstance(value, list):
        return "[" + "; ".join(_show(one, 0) for one in value) + "]"
    if isinstance(value, Mapping) and len(value) == 1:
        name, given = next(iter(value.items()))
        return _show_call(str(name), given if isinstance(given, list) else [given], level)
    if isinstance(value, bool):
        return "oui" if value else "faux"
    if value is None:
        return "rien"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _show_call(name: str, given: list[Any], level: int) -> str:
    if name == "var":
        return str(given[0])
    if name == "today":
        return "aujourdhui"
    if name == "age_on" and len(given) == 2 and given[1] == {"today": []}:
        return f"age({_show(given[0], 0)})"
    if name in SIGNS and len(given) > 1:
        own = LEVELS.get(name, LEVELS["cmp"])
        # The second part of a difference needs its brackets: a - (b - c).
        parts = [_show(one, own + (at > 0)) for at, one in enumerate(given)]
        text = f" {SIGNS[name]} ".join(parts)
        return f"({text})" if own < level else text
    if name in ("sum", "pluck") and len(given) == 2 and isinstance(given[1], str):
        return f"{NAMES.get(name, name)}({_show(given[0], 0)}.{given[1]})"
    return f"{NAMES.get(name, name)}({'; '.join(_show(one, 0) for one in given)})"

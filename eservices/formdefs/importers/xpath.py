"""The expressions of XLSForm, in our language. What has no equal is refused by name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from eservices.formdefs.importers.base import Unsupported

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^']*'|\"[^\"]*\")|\$\{(?P<var>[^}]+)\}"
    r"|(?P<op><=|>=|!=|[=<>+*(),-]|\|)|(?P<path>\.\./[\w./-]+|/[\w./-]+|\.\.|\.)"
    r"|(?P<name>[A-Za-z_][\w:.-]*))"
)
MAX_SIGNS = 4000
COMPARISONS = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
PLAIN = {
    "not": ("not", 1), "string-length": ("length", 1), "round": ("round", 2), "abs": ("abs", 1),
    "int": ("floor", 1), "number": ("number", 1), "date": ("date", 1), "coalesce": ("coalesce", 2),
    "concat": ("concat", 20), "min": ("min", 20), "max": ("max", 20), "if": ("if", 3),
    "string": ("text", 1), "count-selected": ("length", 1), "once": ("coalesce", 1),
    "starts-with": ("starts_with", 2), "contains": ("contains", 2), "ceiling": ("ceil", 1),
    "floor": ("floor", 1),
}  # fmt: skip


@dataclass
class Scope:
    """What a name means where the expression stands. `kinds`: our field types by our key."""

    variable: Callable[[str], tuple[str, str]]  # name → (path to read, kind)
    own: tuple[str, str] | None = None  # what `.` is
    columns: bool = False  # bare names are columns of a list of choices
    repeat_of: Mapping[str, str] | None = None  # name → key of its repeat, for sums


def translate(text: str, scope: Scope) -> Any:
    """Return `text` in our language. :raises Unsupported: naming what has no equal."""
    if len(text) > MAX_SIGNS:
        raise Unsupported(_("it is too long"))
    return _Parser(text, scope).whole()


class _Parser:
    def __init__(self, text: str, scope: Scope) -> None:
        self.scope, self.position, self.depth = scope, 0, 0
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text.rstrip()):
            match = TOKEN.match(text, at)
            if match is None:
                raise Unsupported(f"“{text[at : at + 20].strip()}”")
            kind = match.lastgroup or ""
            self.tokens.append((kind, match[kind]))
            at = match.end()

    def whole(self) -> Any:
        value = self.either()
        if self.position < len(self.tokens):
            raise Unsupported(f"“{self.tokens[self.position][1]}”")
        return value

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.position] if self.position < len(self.tokens) else ("", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.position += 1
        return token

    def takes(self, *values: str) -> str:
        kind, value = self.peek()
        if kind in {"op", "name"} and value in values:
            self.position += 1
            return value
        return ""

    def either(self) -> Any:
        self.depth += 1
        if self.depth > 40:
            raise Unsupported(_("it is nested too deeply"))
        parts = [self.both()]
        while self.takes("or"):
            parts.append(self.both())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else {"or": parts}

    def both(self) -> Any:
        parts = [self.comparison()]
        while self.takes("and"):
            parts.append(self.comparison())
        return parts[0] if len(parts) == 1 else {"and": parts}

    def comparison(self) -> Any:
        left = self.sum()
        while sign := self.takes(*COMPARISONS):
            left = self.compared(sign, left, self.sum())
        return left

    def compared(self, sign: str, left: Any, right: Any) -> Any:
        for one, other in ((left, right), (right, left)):
            if other == "" and sign in {"=", "!="}:
                return {"empty" if sign == "=" else "filled": [one]}
        if self.kind(left) in {"choice", "multi_choice"} and isinstance(right, (int, float)):
            right = str(right)  # the values of lists are texts
        if self.kind(left) in {"consent", "yes_no"} and right in {"OK", "yes", "1", 1}:
            right = True
        return {COMPARISONS[sign]: [left, right]}

    def sum(self) -> Any:
        left = self.product()
        while sign := self.takes("+", "-"):
            right = self.product()
            if sign == "-" and self.is_date(left) and self.is_date(right):
                left = {"days_between": [right, left]}
            elif self.is_date(left):
                days = right if sign == "+" else {"sub": [right]}
                left = {"add_days": [left, days]}
            else:
                left = {"add" if sign == "+" else "sub": [left, right]}
        return left

    def product(self) -> Any:
        left = self.unary()
        while sign := self.takes("*", "div", "mod"):
            left = {{"*": "mul", "div": "div", "mod": "mod"}[sign]: [left, self.unary()]}
        return left

    def unary(self) -> Any:
        if self.takes("-"):
            value = self.unary()
            return -value if isinstance(value, (int, float)) else {"sub": [value]}
        return self.atom()

    def atom(self) -> Any:
        kind, value = self.take()
        if kind == "number":
            return float(value) if "." in value else int(value)
        if kind == "text":
            return value[1:-1]
        if kind == "var":
            return self.variable(value.strip())
        if kind == "path":
            return self.path(value)
        if kind == "op" and value == "(":
            inside = self.either()
            self.close()
            return inside
        if kind == "name":
            return self.call(value) if self.peek()[1] == "(" else self.bare(value)
        raise Unsupported(f"“{value or 'the end'}”")

    def close(self) -> None:
        if not self.takes(")"):
            raise Unsupported(_("a parenthesis is not closed"))

    def variable(self, name: str) -> Any:
        path, _kind = self.scope.variable(name)
        return {"var": path}

    def path(self, value: str) -> Any:
        if value == ".":
            if self.scope.own is None:
                raise Unsupported("“.”")
            return {"var": self.scope.own[0]}
        if value == "..":
            raise Unsupported("“..”")
        return self.variable(value.rsplit("/", 1)[-1])

    def bare(self, name: str) -> Any:
        if not self.scope.columns:
            raise Unsupported(f"“{name}”")
        return {"column": name}

    def call(self, name: str) -> Any:
        self.take()
        arguments: list[Any] = []
        if not self.takes(")"):
            arguments.append(self.either())
            while self.takes(","):
                arguments.append(self.either())
            self.close()
        return self.function(name, arguments)

    def function(self, name: str, given: list[Any]) -> Any:
        if name in {"true", "false"} and not given:
            return name == "true"
        if name in {"today", "now"} and not given:
            return {"today": []}
        if name in {"selected", "jr:selected"} and len(given) == 2:
            return {"contains" if self.kind(given[0]) == "multi_choice" else "eq": given}
        if name in {"sum", "count"} and len(given) == 1:
            return self.over_rows(name, given[0])
        if name == "format-date" and given[1:] in (["%Y"], ["%y"]):
            return {"year": given[:1]}
        if name == "boolean" and len(given) == 1:
            return {"if": [given[0], True, False]}
        known, most = PLAIN.get(name, ("", 0))
        if not known or not 1 <= len(given) <= most:
            raise Unsupported(f"{name}()")
        return {known: given}

    def over_rows(self, name: str, given: Any) -> Any:
        path = str(given.get("var", "")) if isinstance(given, Mapping) else ""
        column = path.removeprefix("row.")
        group = (self.scope.repeat_of or {}).get(column)
        if name == "count":
            return {"count": [{"var": group or path}]}
        if group is None:
            raise Unsupported(_("sum() of something that does not repeat"))
        return {"sum": [{"var": group}, column]}

    def kind(self, value: Any) -> str:
        if not isinstance(value, Mapping) or "var" not in value:
            return ""
        if self.scope.own and value["var"] == self.scope.own[0]:
            return self.scope.own[1]
        return self.scope.variable(str(value["var"]).removeprefix("row."))[1]

    def is_date(self, value: Any) -> bool:
        if isinstance(value, Mapping) and set(value) & {"today", "date", "add_days"}:
            return True
        return self.kind(value) in {"date", "partial_date", "date_time"}

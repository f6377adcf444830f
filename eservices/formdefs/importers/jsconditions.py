"""The small conditions that form.io writes in JavaScript, in our language; the rest is refused.

`show = data.kind === 'new' && data.age > 17;` and `valid = data.a == 1 ? true : 'Say 1';` are what
editors really write there. Nothing is run: a text is read, sign by sign.
"""

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from eservices.formdefs.importers.base import Unsupported

MAX_SIGNS = 1_000
MAX_DEPTH = 20
TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^'\\]*'|\"[^\"\\]*\"|`[^`\\$]*`)"
    r"|(?P<name>[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)|(?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[!<>()?:,;+*/=-]))"
)
COMPARED = {
    "===": "eq", "==": "eq", "!==": "ne", "!=": "ne", "<": "lt", ">": "gt", "<=": "le", ">=": "ge",
}  # fmt: skip
WORDS = {"true": True, "false": False, "null": None, "undefined": None}
ROOTS = ("data.", "row.", "instance.data.", "this.data.")


def shown(code: str, variable: Callable[[str], Any]) -> Any:
    """Return the condition of `show = …`. :raises Unsupported:"""
    return _Reader(_right_side(code, "show"), variable).all()


def valid(code: str, variable: Callable[[str], Any]) -> tuple[Any, str]:
    """Return the condition and the message of `valid = … ? true : '…'`. :raises Unsupported:"""
    reader = _Reader(_right_side(code, "valid"), variable)
    require = reader.either()
    reader.want("?")
    if reader.take() != ("name", "true"):
        raise Unsupported(_("a choice between two texts"))
    reader.want(":")
    kind, text = reader.take()
    if kind != "text":
        raise Unsupported(_("a message that is calculated"))
    return require, text[1:-1]


def _right_side(code: str, name: str) -> str:
    if len(code) > MAX_SIGNS:
        raise Unsupported(_("a long program"))
    match = re.fullmatch(
        rf"\s*(?:(?:var|let|const)\s+)?(?:{name}\s*=(?!=)|return)?(.*?);?\s*", code, re.S
    )
    if match is None or ";" in match[1] or "{" in match[1]:
        raise Unsupported(_("a program of several lines"))
    return match[1]


class _Reader:
    def __init__(self, code: str, variable: Callable[[str], Any]) -> None:
        self.variable, self.tokens, self.at, self.depth = variable, list[tuple[str, str]](), 0, 0
        position = 0
        while position < len(code.rstrip()):
            match = TOKEN.match(code, position)
            if match is None:
                raise Unsupported(f"“{code[position : position + 10]}”")
            self.tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
            position = match.end()

    def take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise Unsupported(_("an unfinished condition"))
        self.at += 1
        return self.tokens[self.at - 1]

    def next_is(self, *signs: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at] in [
            ("sign", one) for one in signs
        ]

    def want(self, sign: str) -> None:
        if self.take() != ("sign", sign):
            raise Unsupported(_("a condition without “%(sign)s”") % {"sign": sign})

    def all(self) -> Any:
        found = self.either()
        if self.at != len(self.tokens):
            raise Unsupported(f"“{self.tokens[self.at][1]}”")
        return found

    def either(self) -> Any:
        parts = [self.both()]
        while self.next_is("||"):
            self.take()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else {"or": parts}

    def both(self) -> Any:
        parts = [self.compared()]
        while self.next_is("&&"):
            self.take()
            parts.append(self.compared())
        return parts[0] if len(parts) == 1 else {"and": parts}

    def compared(self) -> Any:
        left = self.one()
        if not self.next_is(*COMPARED):
            return left
        name = COMPARED[self.take()[1]]
        right = self.one()
        if name in {"eq", "ne"} and (right == "" or right is None):
            return {"empty" if name == "eq" else "filled": [left]}
        return {name: [left, right]}

    def one(self) -> Any:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unsupported(_("a condition nested too deeply"))
        kind, text = self.take()
        if (kind, text) == ("sign", "!"):
            found: Any = {"not": [self.one()]}
        elif (kind, text) == ("sign", "("):
            found = self.either()
            self.want(")")
        elif (kind, text) == ("sign", "-"):
            found = (
                -float(self.take()[1]) if self.tokens[self.at][0] == "number" else self.refuse(text)
            )
        elif kind == "number":
            found = float(text) if "." in text else int(text)
        elif kind == "text":
            found = text[1:-1]
        elif kind == "name":
            found = self.named(text)
        else:
            found = self.refuse(text)
        self.depth -= 1
        return found

    def named(self, name: str) -> Any:
        if name in WORDS:
            return WORDS[name]
        if self.next_is("("):
            return self.called(name)
        for root in ROOTS:
            if name.startswith(root):
                return self.variable(name.removeprefix(root))
        return self.refuse(name)

    def called(self, name: str) -> Any:
        """`data.list.includes('x')` and the same of a text are the only calls."""
        self.want("(")
        argument = self.one()
        self.want(")")
        path, _dot, method = name.rpartition(".")
        for root in ROOTS:
            if method in {"includes", "indexOf"} and path.startswith(root) and method == "includes":
                return {"contains": [self.variable(path.removeprefix(root)), argument]}
        return self.refuse(f"{name}()")

    def refuse(self, what: str) -> Any:
        raise Unsupported(f"“{what}”")

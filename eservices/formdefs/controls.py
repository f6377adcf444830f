"""HTML of the controls. Built in Python: ten fields cost a fraction of a millisecond."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape as _escape
from typing import Any

from django.utils.safestring import SafeString

SPECIAL = re.compile(r"[&<>\"']")
special = SPECIAL.search
VOID = frozenset({"input", "br", "img"})


def tag(name: str, attributes: Mapping[str, Any], *children: Any) -> SafeString:
    """Return an element. Everything is escaped, unless it is safe already; None and False vanish."""
    parts = []
    for key, value in attributes.items():
        if value is True:
            parts.append(f" {key}")
        elif value is not None and value is not False:
            text = str(value)  # a plain string, also of a safe one: quotes are escaped in both
            parts.append(f' {key}="{_escape(text) if special(text) else text}"')
    # SafeString itself: the way through `mark_safe`, made for lazy texts, costs as much as the rest.
    start = f"<{name}{''.join(parts)}>"
    if name in VOID:
        return SafeString(start)
    body = "".join([child if type(child) is SafeString else _escaped(child) for child in children])
    return SafeString(f"{start}{body}</{name}>")


def escape(text: str) -> str:
    """Return `text` for HTML. Most texts have nothing to escape, and looking is quicker."""
    return _escape(text) if special(text) else text


def join(parts: Iterable[Any]) -> SafeString:
    return SafeString("".join(map(_escaped, parts)))


def _escaped(part: Any) -> str:
    # Django's conditional_escape does the same for lazy texts and costs five times as much.
    return part if isinstance(part, SafeString) else escape(str(part))


@dataclass(slots=True)
class Control:
    """What every control of one question shares: its name, its state, what describes it."""

    name: str
    id: str
    language: str
    described_by: str | None = None
    invalid: bool = False
    disabled: bool = False
    required: bool = False
    hint: str | None = None  # autocomplete

    def input(self, **attributes: Any) -> SafeString:
        """Return an input; a keyword's underscore at the end is dropped, inside it is a hyphen."""
        return tag("input", self.attributes(**attributes))

    def attributes(self, suffix: str = "", **attributes: Any) -> dict[str, Any]:
        base = {
            "class": "g-input",
            "type": None,
            "id": self.id,
            "name": f"{self.name}{suffix}",
            "autocomplete": self.hint,
            "aria-describedby": self.described_by,
            "aria-invalid": "true" if self.invalid else None,
            "disabled": self.disabled,
        }
        return base | {
            key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()
        }

    def choice(
        self, kind: str, index: int, value: str, label: Any, *, checked: bool, **extra: Any
    ) -> SafeString:
        """Return one radio or checkbox with its label. The first has the question's own id."""
        element_id = f"{self.id}-{index}" if index else self.id
        hidden = bool(extra.pop("hidden", False))
        box = tag(
            "input",
            {
                "class": "g-choice__input",
                "type": kind,
                "id": element_id,
                "name": self.name,
                "value": value,
                "checked": checked and not hidden,
                "disabled": self.disabled or hidden,
                "aria-invalid": "true" if self.invalid else None,
                "aria-describedby": extra.pop("describedby", None),
            },
        )
        text = tag("label", {"class": "g-choice__label", "for": element_id}, label)
        return tag("div", {"class": "g-choice", "hidden": hidden, **extra}, box, text)

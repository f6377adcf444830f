"""The HTML of a column drawn once, and filled in for each row of a group.

A group of two hundred rows draws the same few questions two hundred times. What differs from row to
row is the number of the row and, for most types, the text that was typed: marks hold their places.
"""

import re
import secrets
from collections.abc import Hashable, Mapping
from typing import Any

from django.utils.safestring import SafeString

from eservices.formdefs.controls import escape
from eservices.formdefs.spec import Question

# Letters and figures only, so that escaping leaves marks alone; nobody can know and type them.
# Short enough for the boxes of a date, which show twenty characters.
_SECRET = secrets.token_hex(5)
ROW, NUMBER, BODY = f"r{_SECRET}", f"n{_SECRET}", f"b{_SECRET}"
TEXTS = tuple(f"t{_SECRET}{place}" for place in range(10))
_MARK = re.compile(f"([rnb]{_SECRET}|t{_SECRET}[0-9])")


class Stencil:
    """HTML with marks in it."""

    __slots__ = ("parts", "slots")

    def __init__(self, html: str) -> None:
        self.parts = _MARK.split(html)
        self.slots = [(place, self.parts[place]) for place in range(1, len(self.parts), 2)]

    def fill(self, texts: Mapping[str, str]) -> SafeString:
        """Return the HTML with `texts`, safe already, in the place of their marks."""
        parts = self.parts.copy()
        for place, mark in self.slots:
            parts[place] = texts[mark]
        return SafeString("".join(parts))


def look(question: Question) -> Hashable | None:
    """Return what another row's question must have too to look like this one, texts apart.

    None when it is to be drawn by itself.
    """
    field, raw = question.field, question.raw
    if question.errors or question.is_new or question.rows:
        return None
    shape: Hashable
    if (longest := field.type.echo(field)) and _is_short(raw, longest):
        shape = tuple(raw) if isinstance(raw, Mapping) else raw is None
    elif field.type.repeats and (raw is None or isinstance(raw, str)):
        shape = raw
    else:
        return None
    return (id(field), question.shown, question.required, question.options, shape)


def sketch(question: Question, group: str) -> Question:
    """Return a question of `group` as this one, with marks instead of its row and its texts."""
    field, raw = question.field, question.raw
    if field.type.echo(field):
        raw = dict(zip(raw, TEXTS, strict=False)) if isinstance(raw, Mapping) else raw
        raw = TEXTS[0] if isinstance(raw, str) else raw
    return Question(
        field, f"{group}.{ROW}.{field.key}", raw=raw, required=question.required,
        shown=question.shown, options=question.options,
    )  # fmt: skip


def texts_of(question: Question) -> dict[str, str]:
    """Return what the marks of this question's texts stand for."""
    raw = question.raw
    texts = raw.values() if isinstance(raw, Mapping) else (raw or "",)
    return {mark: escape(text) for mark, text in zip(TEXTS, texts, strict=False)}


def _is_short(raw: Any, longest: int) -> bool:
    if raw is None:
        return True
    texts = raw.values() if isinstance(raw, Mapping) else (raw,)
    return len(texts) <= len(TEXTS) and all(
        isinstance(text, str) and len(text) <= longest for text in texts
    )

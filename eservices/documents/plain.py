"""Make any value safe to print: text that our fonts can draw, without invisible signs, of bounded size."""

import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

COVERAGE = Path(__file__).parent / "fonts" / "coverage.txt"
LONGEST_TEXT = 8_000
MAX_ITEMS = 500
MAX_DEPTH = 9
REPLACEMENT = "\ufffd"  # drawn as a question mark in a lozenge: the loss is seen
JOINERS = {"\u200c", "\u200d"}


def plain(value: Any, depth: int = 0, *, most: int = MAX_ITEMS) -> Any:
    """Return `value` as text, lists and mappings of text only; None becomes empty.

    Of a list, the first `most` are kept: nobody prints more by accident.
    """
    if value is None or depth > MAX_DEPTH:
        return ""
    if isinstance(value, Mapping):
        return {
            str(key): plain(item, depth + 1, most=most) for key, item in list(value.items())[:most]
        }
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1, most=most) for item in value[:most]]
    return plain_text(str(value))


def plain_text(text: str) -> str:
    """Return `text` on one line as the fonts can draw it.

    Signs that change the direction of writing are dropped: they could make a name or a date read
    otherwise than it is stored.
    """
    normal = unicodedata.normalize("NFC", text[:LONGEST_TEXT])
    return " ".join("".join(_drawable(char) for char in normal).split(" ")).strip()


def _drawable(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Zl", "Zp", "Cc"}:
        return " "
    if category == "Cf":
        return char if char in JOINERS else ""
    if _covered(char):
        return char
    # Full-width letters, ligatures, mathematical letters have an ordinary equivalent.
    simpler = unicodedata.normalize("NFKC", char)
    return simpler if simpler != char and all(map(_covered, simpler)) else REPLACEMENT


def _covered(char: str) -> bool:
    starts, ends = _ranges()
    at = bisect_right(starts, ord(char)) - 1
    return at >= 0 and ord(char) <= ends[at]


@cache
def _ranges() -> tuple[list[int], list[int]]:
    pairs = [line.split("-") for line in COVERAGE.read_text().split()]
    return [int(first, 16) for first, _ in pairs], [int(last, 16) for _, last in pairs]

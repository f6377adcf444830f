"""Reading what people type: their digits, their spaces, their separators."""

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import get_language_bidi

# Directions that could turn a name round in somebody else's page, and marks nobody types on purpose.
BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0xFEFF])
MAX_ECHO = 20_000


def tidy(text: str, *, lines: bool = False) -> str:
    """Return `text` in NFC, without control or direction characters nor spaces around."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(BIDI)
    kept = (
        " " if char == "\t" or (char == "\n" and not lines) else char
        for char in text
        if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs", "Cn", "Co"}
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def as_typed(text: str) -> str:
    """Return an example for a sentence of the active language; in Arabic its groups keep their order."""
    return f"\u2066{text}\u2069" if get_language_bidi() else text


def ascii_digits(text: str) -> str:
    """Return `text` with the digits of any script as 0-9: ٢٠٢٤ is 2024."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.digit(char)) if unicodedata.category(char) == "Nd" else char
        for char in text
    )


def read_number(text: str, decimals: int) -> Decimal | None:
    """Read `1 500`, `1,500`, `1.500` or `-3,5`; None when the text is no number.

    A point or a comma is a decimal separator, except where thousands are certain: it comes several
    times, or before the other one, or exactly three digits follow and no decimals are asked.
    """
    plain = re.sub(r"[\s\u066c'’_]", "", ascii_digits(text[:60])).replace("\u066b", ",")
    plain = plain.replace("\u2212", "-")
    match = re.fullmatch(r"([+-]?)([0-9]+(?:[.,][0-9]+)*)", plain)
    if match is None or len(plain) > 40:
        return None
    sign, body = match.groups()
    marks = re.findall(r"[.,]", body)
    if marks:
        last = marks[-1]
        _, _, tail = body.rpartition(last)
        grouped = len(tail) == 3 and len(set(marks)) == 1
        if grouped and (len(marks) > 1 or not decimals):
            body = body.replace(last, "")
        elif marks.count(last) > 1:
            return None
        else:
            head, _, tail = body.rpartition(last)
            if not re.fullmatch(r"[0-9]+|[0-9]{1,3}(?:[.,][0-9]{3})+", head):
                return None
            body = head.replace(".", "").replace(",", "") + "." + tail
    return Decimal(sign + body)


def read_whole(text: str) -> int | None:
    """Return the whole number that `text` is made of; None otherwise."""
    plain = ascii_digits(text.strip())
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 9 else None


def fold(text: str) -> str:
    """Return `text` for comparison and search: small letters, no accents."""
    spread = unicodedata.normalize("NFKD", text)
    return "".join(char for char in spread if not unicodedata.combining(char)).casefold()

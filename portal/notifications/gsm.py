"""What an SMS costs: GSM 03.38 holds 160 signs, one sign outside it makes that 70."""

import unicodedata
from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")  # two septets each
LOOKALIKES = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "…": "...", "–": "-", "—": "-",
    "œ": "oe", "Œ": "OE", "ç": "c", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "•": "-",
}  # fmt: skip
# Marks that steer the direction of text: harmless on a screen, but they would cost the alphabet.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2066\u2067\u2068\u2069\ufeff"))


@dataclass(frozen=True)
class SmsSize:
    encoding: str  # "GSM" or "UCS-2"
    units: int
    parts: int


def measure(text: str) -> SmsSize:
    """Return how `text` is encoded and in how many parts it is sent and billed."""
    if all(char in BASIC or char in EXTENDED for char in text):
        units = sum(2 if char in EXTENDED else 1 for char in text)
        return SmsSize("GSM", units, _parts(units, single=160, joined=153))
    units = len(text.encode("utf-16-be")) // 2
    return SmsSize("UCS-2", units, _parts(units, single=70, joined=67))


def to_gsm(text: str) -> str:
    """Return `text` with the nearest signs of GSM 03.38: "prêt" becomes "pret".

    A text in another script is returned unchanged: it could not be read otherwise.
    """
    plain = "".join(_nearest(char) for char in text.translate(INVISIBLE))
    return plain if measure(plain).encoding == "GSM" else text


def _nearest(char: str) -> str:
    if char in BASIC or char in EXTENDED:
        return char
    if char in LOOKALIKES:
        return LOOKALIKES[char]
    base = unicodedata.normalize("NFD", char)[0]
    return base if base in BASIC else char


def _parts(units: int, *, single: int, joined: int) -> int:
    return 1 if units <= single else -(-units // joined)

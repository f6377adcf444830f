"""The words a case is found by, as they are written and as they sound.

A name reaches us in many spellings: Mohamed, Mohammed, Mouhamed, محمد. Besides the words themselves,
`search_text` holds the skeleton of each: what all those spellings share, between tildes.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, Value

from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec
from eservices.formdefs.reading import fold

WORDS = 5  # looked for
SHORTEST = 2
GRAM = 3
MOST_OFFICES = 20  # looked up by the index; each office adds to what is asked of it
KEYED = 120  # words of a case that get a skeleton; a long story has more
LETTERS = re.compile(r"[^\W\d_]+")
# The consonants of the Arabic alphabet as they are written in French; long vowels are left out.
ARABIC = {
    **dict.fromkeys("اأإآىةءئؤ", ""), "ب": "b", "ت": "t", "ث": "s", "ج": "j", "ح": "h", "خ": "k",
    "د": "d", "ذ": "d", "ر": "r", "ز": "s", "س": "s", "ش": "s", "ص": "s", "ض": "d", "ط": "t",
    "ظ": "s", "ع": "", "غ": "g", "ف": "f", "ق": "k", "ك": "k", "ل": "l", "م": "m", "ن": "n",
    "ه": "h", "و": "", "ي": "", "پ": "p", "ڤ": "v", "گ": "g",
}  # fmt: skip
FIRST = {**dict.fromkeys("اأإآع", "a"), "ي": "y", "و": "w"}  # a name keeps that it begins so
SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(ou|w)(?=[aeiouy])", "w"),  # Ouattara, Wattara
        (r"ph", "f"),
        (r"(ch|sh|sch)", "s"),  # Cheikh, Sheikh; Aïcha, Aisha
        (r"(kh|ck|qu|q|c(?![eiy]))", "k"),  # Khadija, Kadija; Cadra, Kadra
        (r"c", "s"),
        (r"gh", "g"),
        (r"(dj|dh?j|gi(?=[aou]))", "j"),  # Djama, Jama
        (r"th", "t"),
        (r"dh", "d"),
        (r"v", "w"),
        (r"z", "s"),
        (r"h(?![aeiouy])(?=$)", ""),  # Robleh, Roble
    )
]


def text(spec: CompiledSpec, answers: Mapping[str, Any], *, name: str = "") -> str:
    """Return what a case with these answers, filed by `name`, is searched in."""
    words = f"{fold(name)} {engine.search_text(spec, answers)}".strip()
    found = {skeleton(word): None for word in LETTERS.findall(words)[:KEYED]}
    keys = [key for key in found if len(key) >= SHORTEST]
    return f"{words} ~{'~'.join(keys)}~" if keys else words


def skeleton(word: str) -> str:
    """Return what the spellings of a name have in common: its consonants, as they sound."""
    word = fold(word)
    if any(letter in ARABIC for letter in word):
        first = FIRST.get(word[0], "")
        return _single(first + "".join(ARABIC.get(letter, "") for letter in word))
    for pattern, sound in SOUNDS:
        word = pattern.sub(sound, word)
    first = {"y": "y"}.get(word[:1], "a" if word[:1] in set("aeiou") else "")
    return _single(first + re.sub(r"[aeiouy]", "", word))


def as_written(words: str) -> Q | None:
    """Every word must stand in the text; None when there is nothing to look for."""
    parts = _parts(words)
    condition = Q()
    for part in parts:
        condition &= Q(search_text__contains=part)
    return condition if parts else None


def as_heard(words: str) -> Q | None:
    """Every word must stand in the text or sound like one that does; None when none has a sound."""
    condition, heard = Q(), False
    for part in _parts(words):
        one = Q(search_text__contains=part)
        if sound := _sound(part):
            one |= Q(search_text__contains=sound)
            heard = True
        condition &= one
    return condition if heard else None


class HasGrams(Func):
    """Groups of three letters stand in a case: true wherever the words asked for do.

    It may be true elsewhere too. It is there for the index that holds these groups by office.
    """

    template = "%(expressions)s::tsquery"
    arg_joiner = " @@ "
    output_field: Any = BooleanField()

    def __init__(self, query: str) -> None:
        grams = Func(F("office_id"), F("search_text"), function="case_grams")
        super().__init__(grams, Value(query))


def by_index(words: str, office_ids: Collection[int], *, heard: bool) -> HasGrams | None:
    """Return what an index can say first of `as_written`, or `as_heard`, in these offices.

    None when there is no such index, or nothing for it to look up.
    """
    if connection.vendor != "postgresql" or len(office_ids) > MOST_OFFICES:
        return None
    asked = []
    for part in _parts(words):
        ways = [part, _sound(part)] if heard and _sound(part) else [part]
        if all(len(way) >= GRAM for way in ways):
            asked.append([sorted({way[i : i + GRAM] for i in range(len(way) - 2)}) for way in ways])
    if not asked:
        return None
    offices = " | ".join(f"({_query(office_id, asked)})" for office_id in office_ids)
    return HasGrams(offices)


def _query(office_id: int, asked: list[list[list[str]]]) -> str:
    """Return a condition on grams: all words, each in one of its ways, which has all its grams."""
    words = []
    for ways in asked:
        each = [" & ".join(_lexeme(f"{office_id}:{gram}") for gram in grams) for grams in ways]
        words.append(f"({' | '.join(f'({way})' for way in each)})")
    return " & ".join(words)


def _lexeme(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"


def _sound(part: str) -> str:
    """Return how a word stands among the sounds of a case; empty when it has none."""
    key = skeleton(part) if LETTERS.fullmatch(part) else ""
    if len(key) < SHORTEST:
        return ""
    # Without its end the skeleton of a long word still says enough: it may be half typed.
    return f"~{key}" if len(key) > 3 else f"~{key}~"


def _parts(words: str) -> list[str]:
    clean = fold(words).replace("\x00", " ").replace("~", " ")
    return [word for word in re.split(r"[\s'’-]+", clean) if len(word) >= SHORTEST][:WORDS]


def _single(key: str) -> str:
    return re.sub(r"(.)\1+", r"\1", key)

"""Formats of identifiers: masks (`AA-999999`) and a small part of regular expressions.

Both become a list of atoms that is matched by following all possibilities at once, so the time
grows with the text only: no definition, however hostile, can make a match slow.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

MAX_LENGTH = 100
MAX_ATOMS = 60
UPPER = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
LETTERS = UPPER | frozenset("abcdefghijklmnopqrstuvwxyz")
DIGITS = frozenset("0123456789")
MASK = {"A": LETTERS, "9": DIGITS, "*": LETTERS | DIGITS}
ESCAPES = {"d": DIGITS, "w": LETTERS | DIGITS | {"_"}, "s": frozenset(" ")}
PRINTABLE = frozenset(map(chr, range(32, 127)))


class BadPattern(ValueError):
    """The pattern is outside the small language; the message says where."""


@dataclass(frozen=True, slots=True)
class Atom:
    chars: frozenset[str]
    least: int
    most: int


@lru_cache(maxsize=512)
def mask_atoms(mask: str) -> tuple[Atom, ...]:
    """`A` is a letter, `9` a digit, `*` either, `\\` keeps the next sign; the rest is itself."""
    atoms, signs = [], iter(mask[:MAX_LENGTH])
    for sign in signs:
        if sign == "\\":
            sign = next(signs, "\\")
            atoms.append(Atom(frozenset(sign), 1, 1))
        else:
            atoms.append(Atom(MASK.get(sign, frozenset(sign)), 1, 1))
    return tuple(atoms)


@lru_cache(maxsize=512)
def regex_atoms(pattern: str) -> tuple[Atom, ...]:
    """Literals, `.`, `\\d \\w \\s`, `[A-Z0-9]`, each with `? * + {n} {m,n}`. :raises BadPattern:"""
    if len(pattern) > MAX_LENGTH:
        raise BadPattern(f"a pattern has at most {MAX_LENGTH} signs")
    signs = list(pattern.removeprefix("^").removesuffix("$"))
    atoms: list[Atom] = []
    position = 0
    while position < len(signs):
        chars, position = _chars(signs, position)
        least, most, position = _times(signs, position)
        atoms.append(Atom(chars, least, most))
    if len(atoms) > MAX_ATOMS:
        raise BadPattern(f"a pattern has at most {MAX_ATOMS} parts")
    return tuple(atoms)


def _chars(signs: list[str], position: int) -> tuple[frozenset[str], int]:
    sign = signs[position]
    if sign == "\\":
        following = signs[position + 1] if position + 1 < len(signs) else "\\"
        return ESCAPES.get(following, frozenset(following)), position + 2
    if sign == "[":
        return _class(signs, position + 1)
    if sign == ".":
        return PRINTABLE, position + 1
    if sign in "()|*+?{}]^$":
        raise BadPattern(f"{sign!r} is not available here (no groups, no alternatives)")
    return frozenset(sign), position + 1


def _class(signs: list[str], position: int) -> tuple[frozenset[str], int]:
    chars: set[str] = set()
    while position < len(signs) and signs[position] != "]":
        start = signs[position]
        if start in {"^", "["}:
            raise BadPattern(f"{start!r} is not available between brackets")
        if start == "\\":
            piece, position = _chars(signs, position)
            chars |= piece
        elif (
            position + 2 < len(signs) and signs[position + 1] == "-" and signs[position + 2] != "]"
        ):
            end = signs[position + 2]
            if not 0 <= ord(end) - ord(start) < 256:
                raise BadPattern(f"{start}-{end} is not a range")
            chars |= set(map(chr, range(ord(start), ord(end) + 1)))
            position += 3
        else:
            chars.add(start)
            position += 1
    if position >= len(signs) or not chars:
        raise BadPattern("a bracket is empty or not closed")
    return frozenset(chars), position + 1


def _times(signs: list[str], position: int) -> tuple[int, int, int]:
    sign = signs[position] if position < len(signs) else ""
    if sign in {"?", "*", "+"}:
        return int(sign == "+"), 1 if sign == "?" else MAX_LENGTH, position + 1
    if sign != "{":
        return 1, 1, position
    text = "".join(signs[position + 1 :])
    inside, closed, _ = text.partition("}")
    low, comma, high = inside.partition(",")
    if not closed or not low.isdigit() or (high and not high.isdigit()):
        raise BadPattern("braces hold one or two numbers")
    least = int(low)
    most = int(high) if high else (MAX_LENGTH if comma else least)
    if not least <= most <= MAX_LENGTH:
        raise BadPattern(f"at most {MAX_LENGTH} times")
    return least, most, position + len(inside) + 2


def matches(atoms: tuple[Atom, ...], text: str) -> bool:
    """Whether the whole of `text` fits. Time: length of the text × number of atoms."""
    if len(text) > MAX_LENGTH:
        return False
    states = _open(atoms, {(0, 0)})
    for char in text:
        moved = {
            (index, min(done + 1, atoms[index].most))
            for index, done in states
            if index < len(atoms) and done < atoms[index].most and char in atoms[index].chars
        }
        states = _open(atoms, moved)
        if not states:
            return False
    return any(index == len(atoms) for index, _ in states)


def _open(atoms: tuple[Atom, ...], states: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Add what can be reached without reading: an atom seen often enough may be left."""
    reached, waiting = set(states), list(states)
    while waiting:
        index, done = waiting.pop()
        if index < len(atoms) and done >= atoms[index].least:
            following = (index + 1, 0)
            if following not in reached:
                reached.add(following)
                waiting.append(following)
    return reached


def as_regex(atoms: tuple[Atom, ...]) -> str:
    """Return a usual regular expression of what is kept: in capitals, whatever was typed."""
    small = LETTERS - UPPER
    return "".join(
        f"[{_signs(atom.chars - small or atom.chars)}]{{{atom.least},{atom.most}}}"
        for atom in atoms
    )


def _signs(chars: frozenset[str]) -> str:
    """Write a set of signs in brackets, runs of three and more as ranges."""
    codes, text = sorted(map(ord, chars)), ""
    while codes:
        run = 1
        while run < len(codes) and codes[run] == codes[0] + run:
            run += 1
        first, last = _escaped(codes[0]), _escaped(codes[run - 1])
        text += f"{first}-{last}" if run > 2 else "".join(map(_escaped, codes[:run]))
        codes = codes[run:]
    return text


def _escaped(code: int) -> str:
    return f"\\{chr(code)}" if chr(code) in "\\]^-[" else chr(code)


# --- Checksums ---------------------------------------------------------------------------------
def luhn(text: str) -> bool:
    if not text.isdigit() or not text.isascii():
        return False
    doubled = (int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(text)))
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def iban(text: str) -> bool:
    """ISO 13616: the rest modulo 97 is 1 when the first four signs are moved to the end."""
    if not (text.isascii() and text.isalnum() and 15 <= len(text) <= 34):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def rib(text: str) -> bool:
    """West African account of 24 signs: bank (2 letters + 3 digits), branch 5, account 12, key 2.

    Letters count as their rank modulo 9, as in the French key the BCEAO took over.
    """
    if len(text) != 24 or not text.isascii() or not text.isalnum() or not text[-2:].isdigit():
        return False
    digits = "".join(sign if sign.isdigit() else _rib_digit(sign) for sign in text[:22].upper())
    return 97 - (int(digits) * 100) % 97 == int(text[22:])


def _rib_digit(letter: str) -> str:
    rank = ord(letter) - ord("A")
    return str((rank if rank < 18 else rank + 1) % 9 + 1)


CHECKSUMS: dict[str, Callable[[str], bool]] = {"luhn": luhn, "iban": iban, "rib": rib}

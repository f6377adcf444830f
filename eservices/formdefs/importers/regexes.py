"""A regular expression of elsewhere as settings of ours, with an example made out of it."""

from typing import Any

from eservices.formdefs.masks import (
    LETTERS,
    MAX_LENGTH,
    PRINTABLE,
    Atom,
    BadPattern,
    matches,
    regex_atoms,
)

NAME_SIGNS = LETTERS | frozenset(" '-.")
ANY_LENGTH = 200
FIGURES, CAPITALS = "1234567890", "ABCDEFGHJK"


def formatted(pattern: str) -> dict[str, Any] | None:
    """Return the settings of a question that asks for `pattern`; None when ours cannot say it."""
    formats = [
        one.upper() for one in pattern.strip("/").removeprefix("^").removesuffix("$").split("|")
    ]
    escaped = pattern.replace("\\D", "").replace("\\S", "").replace("\\W", "")
    if escaped != pattern:  # in capitals they would mean the contrary
        return None
    formats = [_small_escapes(one) for one in formats]
    try:
        all_atoms = [regex_atoms(one) for one in formats]
    except BadPattern:
        return None
    if any(atom.chars == PRINTABLE for atoms in all_atoms for atom in atoms):
        return _lengths(all_atoms[0]) if len(all_atoms) == 1 else None
    if len(all_atoms) == 1 and all(atom.chars <= NAME_SIGNS for atom in all_atoms[0]):
        return {"letters": True, **_lengths(all_atoms[0])}
    example = _example(all_atoms[0])
    if not example or not matches(all_atoms[0], example):
        return None
    regex = formats[0] if len(formats) == 1 else formats
    return {"type": "pattern", "regex": regex, "example": example}


def _small_escapes(pattern: str) -> str:
    for name in "DSW":
        pattern = pattern.replace(f"\\{name}", f"\\{name.lower()}")
    return pattern


def _lengths(atoms: tuple[Atom, ...]) -> dict[str, Any]:
    """Return how short and how long a text may be: a name is no identifier to put in capitals."""
    least, most = sum(one.least for one in atoms), sum(one.most for one in atoms)
    settings = {"min_length": min(least, ANY_LENGTH)} if least > 1 else {}
    return settings | ({"max_length": most} if 0 < most < MAX_LENGTH else {})


def _example(atoms: tuple[Atom, ...]) -> str:
    figures, capitals, text = 0, 0, ""
    for atom in atoms:
        for _time in range(min(max(atom.least, 1 if atom.most > 1 else 0), 30)):
            if FIGURES[figures % 10] in atom.chars or not atom.chars.isdisjoint(FIGURES):
                sign = next(one for one in FIGURES[figures % 10 :] + FIGURES if one in atom.chars)
                figures += 1
            elif not atom.chars.isdisjoint(CAPITALS):
                sign = next(
                    one for one in CAPITALS[capitals % 10 :] + CAPITALS if one in atom.chars
                )
                capitals += 1
            else:
                sign = min(atom.chars)
            text += sign
    return text

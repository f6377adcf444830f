"""A date written out in letters, as acts of civil status do: nobody changes a figure of it."""

import re

SMALL = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
]
TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def date_in_words(value: object) -> str:
    """Return an ISO date, or a year or a month alone, in French letters; nothing when it is no date."""
    match = DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return ""
    year = _year(int(match[1]))
    if not match[2]:
        return f"vers {year}"
    month = MONTHS[min(max(int(match[2]), 1), 12) - 1]
    if not match[3]:
        return f"{month} {year}"
    day = "premier" if match[3] == "01" else _number(int(match[3]))
    return f"{day} {month} {year}"


def _year(year: int) -> str:
    thousands, rest = divmod(year, 1000)
    # « mil » before a number, in a date only.
    head = {0: "", 1: "mil" if rest else "mille"}.get(thousands, f"{_number(thousands)} mille")
    return " ".join(filter(None, [head, _number(rest) if rest else ""])) or SMALL[0]


def _number(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    head = "cent" if hundreds == 1 else f"{SMALL[hundreds]} cent{'' if rest else 's'}"
    return f"{head} {_below_hundred(rest)}" if rest else head


def _below_hundred(number: int) -> str:
    if number < 17:
        return SMALL[number]
    if number < 20:
        return f"dix-{SMALL[number - 10]}"
    ten, unit = divmod(number, 10)
    if ten in (7, 9):
        ten, unit = ten - 1, unit + 10
    if unit in (1, 11) and ten != 8:
        return f"{TENS[ten]} et {_below_hundred(unit)}"
    if not unit:
        return TENS[ten] + ("s" if ten == 8 else "")
    return f"{TENS[ten]}-{_below_hundred(unit)}"

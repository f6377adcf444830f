"""A register for demonstrations: a handful of people, in memory, that behaves like a real one."""

import unicodedata
from collections.abc import Mapping

from eservices.cases.registries import RegistryUnreachable

# Nobody real. The number is the key; the rest is compared, never given.
PEOPLE: dict[str, dict[str, str]] = {
    "1234567890": {"last_name": "ADJOVI", "first_names": "Sena", "birth_date": "1994-07-12"},
    "2345678901": {"last_name": "DOSSOU", "first_names": "Koffi", "birth_date": "1988-01-30"},
    "3456789012": {"last_name": "AGBOSSOU", "first_names": "Afi", "birth_date": "2001-11-05"},
}
CUT = "0000000000"  # this number stands for a register that does not answer


class DemoRegistry:
    """Answers by the national number; says only whether everything given agrees."""

    def check(self, data: Mapping[str, str], *, message_id: str) -> str:
        number = "".join(sign for sign in data.get("number", "") if sign.isdigit())
        if number == CUT:
            raise RegistryUnreachable("demo")
        person = PEOPLE.get(number)
        if person is None:
            return "unknown"
        given = {key: value for key, value in data.items() if key in person and value}
        agrees = all(_folded(value) == _folded(person[key]) for key, value in given.items())
        return "concordant" if given and agrees else "not_concordant"


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())

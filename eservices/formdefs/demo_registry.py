"""A civil registry of invented people, to try forms that ask one. 0000000000 is a night without
network."""

from collections.abc import Mapping
from typing import Any

from eservices.formdefs.lookups import RegistryUnavailable
from eservices.formdefs.reading import fold

PEOPLE: dict[str, dict[str, str]] = {
    "1234567890": {"last_name": "HOUNSOU", "first_names": "Reine", "birth_date": "1990-02-28"},
    "2345678901": {"last_name": "AGBODJAN", "first_names": "Koffi", "birth_date": "1964"},
    "3456789012": {"last_name": "DOSSOU", "first_names": "Afi Marie", "birth_date": "2012-07-14"},
    "123456789": {"last_name": "ABDI", "first_names": "Hodan", "birth_date": "1964"},
    "B12345678": {"last_name": "OUEDRAOGO", "first_names": "Issa", "birth_date": "1978-11-03"},
    "12345678901": {"last_name": "KOUASSI", "first_names": "Aya", "birth_date": "1988-05-21"},
}


class DemoRegistry:
    key = "demo_civil"
    name = {
        "fr": "Registre d'état civil de démonstration",
        "ar": "سجل الحالة المدنية التجريبي",
        "en": "Demonstration civil registry",
    }
    outputs: Mapping[str, Any] = {
        "last_name": {"fr": "Nom", "ar": "اللقب", "en": "Last name"},
        "first_names": {"fr": "Prénoms", "ar": "الأسماء", "en": "First names"},
        "birth_date": {"fr": "Date de naissance", "ar": "تاريخ الولادة", "en": "Date of birth"},
    }

    def find(self, number: str, given: Mapping[str, Any], *, timeout: float) -> Mapping | None:
        if number == "0000000000":
            raise RegistryUnavailable
        record = PEOPLE.get(number)
        if record is None:
            return None
        said = fold(str(given.get("last_name") or ""))
        return record if said == fold(record["last_name"]) else None

"""Who somebody is: a person in one question, a national identifier, a bank account."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.formdefs.controls import Control
from eservices.formdefs.masks import CHECKSUMS
from eservices.formdefs.reading import as_typed, ascii_digits, tidy
from eservices.formdefs.spec import FieldSpec, Question, State
from eservices.formdefs.types import settings as s
from eservices.formdefs.types.base import Family, FieldType, Invalid, register
from eservices.formdefs.types.contact import COUNTRIES, Address
from eservices.formdefs.types.settings import Setting


@register
class Person(Address):
    """Somebody named in passing: a spouse, a witness. Who is at the heart of a request is asked
    with the shared group `identity` instead, a question for each thing."""

    key = "person"
    label = gettext_lazy("Person")
    description = gettext_lazy("Somebody named in passing: a spouse, a witness.")
    family: ClassVar[Family] = "person"
    names = {
        "last_name": gettext_lazy("Last name"),
        "first_names": gettext_lazy("First names"),
        "birth_year": gettext_lazy("Year of birth"),
        "id_number": gettext_lazy("Number of the identity document"),
    }
    usual = ("last_name", "first_names")
    needed = ("last_name", "first_names")

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        value = super().clean(field, raw, state)
        if "last_name" in value:
            value["last_name"] = value["last_name"].upper()
        if "birth_year" in value:
            value["birth_year"] = ascii_digits(value["birth_year"])
            if not re.fullmatch(r"(1[89]|20)[0-9]{2}", value["birth_year"]):
                raise Invalid(_("Write the year of birth with four figures."))
        return value

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        found = super().schema(field)
        if "birth_year" in found["properties"]:
            found["properties"]["birth_year"]["pattern"] = "^(1[89]|20)[0-9]{2}$"
        return found

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        if not isinstance(value, Mapping):
            return str(value or "")
        name = " ".join(str(value[part]) for part in self.usual if value.get(part))
        rest = [str(value[part]) for part in ("birth_year", "id_number") if value.get(part)]
        return f"{name} ({', '.join(rest)})" if rest else name

    def anonymise(self, field: FieldSpec, value: Any) -> Any:
        return None


@dataclass(frozen=True)
class IdRule:
    """How one country writes one number. A check digit, where one is published, is `checksum`."""

    pattern: str
    example: str
    checksum: str = ""

    def holds(self, text: str) -> bool:
        known = CHECKSUMS.get(self.checksum)
        return re.fullmatch(self.pattern, text) is not None and (known is None or known(text))


# No state of the four publishes a check digit: the shape is what can be held against a typing error.
ID_RULES: dict[str, IdRule] = {
    "npi": IdRule(r"[0-9]{10}", "1234567890"),  # Benin
    "cnib": IdRule(r"B[0-9]{7,9}", "B12345678"),  # Burkina Faso
    "cni": IdRule(r"(C|CI)[0-9]{8,10}", "CI001234567"),  # Côte d'Ivoire, card
    "nni": IdRule(r"[0-9]{11}", "12345678901"),  # Côte d'Ivoire, person
    "nni_dj": IdRule(r"[0-9]{6,12}", "123456789"),  # Djibouti
}
USUAL_RULES = {"BJ": ("npi",), "BF": ("cnib",), "CI": ("nni", "cni"), "DJ": ("nni_dj",)}


@register
class NationalId(FieldType):
    """The number a state gives to a person or a card. `kinds` are keys of ID_RULES."""

    key = "national_id"
    label = gettext_lazy("National identity number")
    family = "person"
    settings = (
        Setting(
            "kinds",
            "words",
            gettext_lazy("Numbers accepted"),
            choices=tuple((kind, kind.upper()) for kind in ID_RULES),
        ),
    )

    def rules(self, field: FieldSpec) -> list[IdRule]:
        kinds = field.config.get("kinds") or USUAL_RULES.get(field.country, ())
        return [ID_RULES[kind] for kind in kinds if kind in ID_RULES]

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        text = "".join(sign for sign in ascii_digits(tidy(raw[:200])).upper() if sign.isalnum())
        rules = self.rules(field)
        if not text.isascii() or len(text) > 40:
            raise Invalid(_("Check the format."))
        if rules and not any(rule.holds(text) for rule in rules):
            raise Invalid(_("Write it like this: %s") % as_typed(rules[0].example))
        return text

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        rules = self.rules(field)
        found: dict[str, Any] = {"type": "string", "pattern": "^[0-9A-Z]{1,40}$", "maxLength": 40}
        if rules:
            shapes = "|".join(rule.pattern for rule in rules)
            found |= {"pattern": f"^(?:{shapes})$", "examples": [rule.example for rule in rules]}
        return found

    def control(self, question: Question, control: Control) -> SafeString:
        raw = question.raw if isinstance(question.raw, str) else ""
        digits = all(rule.example.isdigit() for rule in self.rules(question.field))
        return control.input(
            type="text", class_="g-input g-input--short", value=raw[:200], dir="ltr",
            inputmode="numeric" if digits else None, autocapitalize="characters", spellcheck="false",
        )  # fmt: skip


# ISO 13616 registry: how long an account number of each country is.
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BF": 28, "BG": 22,
    "BH": 22, "BI": 27, "BJ": 28, "BR": 29, "BY": 28, "CF": 27, "CG": 27, "CH": 21, "CI": 28,
    "CM": 27, "CR": 22, "CV": 25, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28,
    "DZ": 26, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GA": 27, "GB": 22,
    "GE": 22, "GI": 23, "GL": 18, "GQ": 27, "GR": 27, "GT": 28, "GW": 25, "HR": 21, "HU": 28,
    "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KM": 27, "KW": 30, "KZ": 20,
    "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MA": 28, "MC": 27, "MD": 24,
    "ME": 22, "MG": 27, "MK": 19, "ML": 28, "MR": 27, "MT": 31, "MU": 30, "MZ": 25, "NE": 28,
    "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
    "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SN": 28, "ST": 25,
    "SV": 28, "TD": 27, "TG": 28, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip


@register
class BankAccount(FieldType):
    """An IBAN, or the West African account number (RIB) of 24 signs with its key.

    `countries` are those whose accounts are accepted; a RIB names its country too.
    """

    key = "bank_account"
    label = gettext_lazy("Bank account")
    description = gettext_lazy("An IBAN, or the West African account number of 24 signs.")
    family = "person"
    settings = (
        Setting(
            "kinds",
            "words",
            gettext_lazy("Numbers accepted"),
            choices=(("rib", "RIB"), ("iban", "IBAN")),
        ),
        s.COUNTRIES,
    )
    blank_message = gettext_lazy("Write the account number.")

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        text = "".join(sign for sign in ascii_digits(tidy(raw[:200])).upper() if sign.isalnum())
        kinds = list(field.config.get("kinds") or ["rib", "iban"])
        lengths = [24] if "rib" in kinds else []
        if "iban" in kinds and text[:2] in IBAN_LENGTHS:
            lengths.append(IBAN_LENGTHS[text[:2]])
        if kinds == ["rib"] and len(text) != 24:
            raise Invalid(_("A RIB has 24 signs: there are %d.") % len(text))
        if lengths and len(text) not in lengths:
            raise Invalid(_("This account number is too long or too short."))
        if not any(CHECKSUMS[kind](text) for kind in kinds if kind in {"rib", "iban"}):
            raise Invalid(_("Check the account number: it does not match its key."))
        countries = field.config.get("countries")
        if countries and text[:2] not in countries:
            raise Invalid(
                _("Give an account held in one of these countries: %s.") % _names(countries)
            )
        return text

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        """The key itself (the rest modulo 97) is more than a schema can say."""
        countries = field.config.get("countries")
        start = f"(?:{'|'.join(countries)})" if countries else "[A-Z]{2}"
        shapes = {"rib": "[0-9A-Z]{20}[0-9]{2}", "iban": "[0-9]{2}[0-9A-Z]{11,30}"}
        kinds = [one for one in field.config.get("kinds") or ["rib", "iban"] if one in shapes]
        rests = "|".join(shapes[kind] for kind in kinds)
        most = 24 if kinds == ["rib"] else 34
        return {
            "type": "string",
            "pattern": f"^{start}(?:{rests})$",
            "minLength": 15,
            "maxLength": most,
        }

    def control(self, question: Question, control: Control) -> SafeString:
        raw = question.raw if isinstance(question.raw, str) else ""
        return control.input(
            type="text", value=raw[:200], dir="ltr", spellcheck="false", autocapitalize="characters"
        )

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        text = str(value or "")
        if len(text) == 24 and CHECKSUMS["rib"](text):
            return " ".join([text[:5], text[5:10], text[10:22], text[22:]])
        return " ".join(text[start : start + 4] for start in range(0, len(text), 4))

    def to_search(self, field: FieldSpec, value: Any) -> str:
        return str(value or "")

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        unknown = [code for code in config.get("countries") or [] if code not in COUNTRIES]
        return [f"there is no country {code!r}" for code in unknown]


def _names(codes: list[str]) -> str:
    return ", ".join(COUNTRIES[code][0] for code in codes if code in COUNTRIES)

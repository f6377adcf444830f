"""How to reach people: phone, mobile-money number, country, address without postcode."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import phonenumbers
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from eservices.formdefs.controls import Control, join, tag
from eservices.formdefs.reading import as_typed, ascii_digits, fold, tidy
from eservices.formdefs.spec import FieldSpec, Question, State
from eservices.formdefs.types import settings as s
from eservices.formdefs.types.base import Family, FieldType, Invalid, register
from eservices.formdefs.types.settings import Setting

# Names from the Unicode CLDR, in French, Arabic and English.
COUNTRIES: dict[str, list[str]] = json.loads(
    (Path(__file__).parent.parent / "data" / "countries.json").read_text(encoding="utf-8")
)
LANGUAGES = ("fr", "ar", "en")


def country_name(code: str, language: str) -> str:
    names = COUNTRIES.get(code)
    return names[LANGUAGES.index(language) if language in LANGUAGES else 0] if names else code


@register
class Phone(FieldType):
    """A telephone number, kept as E.164. Without a prefix it is one of the service's country."""

    key = "phone"
    label = gettext_lazy("Telephone")
    family = "person"
    settings: ClassVar[tuple[Setting, ...]] = (s.REGION, s.COUNTRIES)
    blank_message = gettext_lazy("Write a telephone number.")

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        region = field.config.get("region") or field.country
        number = None
        text = ascii_digits(tidy(raw[:60]))
        if len(raw) <= 60:
            text = f"+{text[2:]}" if text.startswith("00") else text
            try:
                number = phonenumbers.parse(text, region or None)
            except phonenumbers.NumberParseException:
                number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise Invalid(_("Write a telephone number like %s.") % as_typed(self.example(region)))
        allowed = field.config.get("countries")
        if allowed and phonenumbers.region_code_for_number(number) not in allowed:
            names = ", ".join(country_name(code, (get_language() or "fr")[:2]) for code in allowed)
            raise Invalid(_("Write a number of this country: %s.") % names)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        allowed = field.config.get("countries") or []
        codes = sorted({phonenumbers.country_code_for_region(code) for code in allowed} - {0})
        start = f"(?:{'|'.join(map(str, codes))})" if codes else "[1-9]"
        example = self.example(field.config.get("region") or field.country)
        return {
            "type": "string",
            "pattern": f"^\\+{start}[0-9]{{5,14}}$",
            "maxLength": 16,
            "examples": ["".join(sign for sign in example if sign in "+0123456789")],
        }

    def example(self, region: str) -> str:
        sample = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        if sample is None:
            return "+253 77 83 10 01"
        return phonenumbers.format_number(sample, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

    def echo(self, field: FieldSpec) -> int:
        return 60

    def control(self, question: Question, control: Control) -> SafeString:
        raw = question.raw[:60] if isinstance(question.raw, str) else ""
        control.hint = control.hint or "tel"
        return control.input(type="tel", value=raw, dir="ltr", inputmode="tel")

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        try:
            number = phonenumbers.parse(str(value or ""), None)
        except phonenumbers.NumberParseException:
            return str(value or "")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

    def to_search(self, field: FieldSpec, value: Any) -> str:
        return str(value or "")


@register
class MobileMoney(Phone):
    """The number of a mobile-money account; `prefixes` are the operator's, after the country code."""

    key = "mobile_money"
    label = gettext_lazy("Mobile money number")
    settings = (
        s.REGION,
        s.COUNTRIES,
        Setting("prefixes", "words", gettext_lazy("First figures of the operator")),
    )

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        number = super().clean(field, raw, state)
        parsed = phonenumbers.parse(number, None)
        national = phonenumbers.national_significant_number(parsed)
        prefixes = field.config.get("prefixes")
        if prefixes and not national.startswith(tuple(map(str, prefixes))):
            raise Invalid(_("This number is not one of the operator."))
        return number


@register
class Country(FieldType):
    key = "country"
    label = gettext_lazy("Country")
    family = "place"
    settings = (
        Setting("first", "countries", gettext_lazy("Countries at the top of the list")),
        Setting("except", "countries", gettext_lazy("Countries left out")),
    )
    repeats = True
    blank_message = gettext_lazy("Choose a country.")

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        if raw not in COUNTRIES or raw in (field.config.get("except") or []):
            raise Invalid(_("Choose a country of the list."))
        return raw

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        banned = field.config.get("except") or []
        return {"type": "string", "enum": [code for code in COUNTRIES if code not in banned]}

    def control(self, question: Question, control: Control) -> SafeString:
        config, chosen = question.field.config, question.raw
        first, banned = tuple(config.get("first") or ()), tuple(config.get("except") or ())
        lines = _country_options(control.language, first, banned)
        if chosen in COUNTRIES:
            value = f'value="{chosen}"'
            lines = mark_safe(lines.replace(value, f"{value} selected", 1))  # noqa: S308 - a known code
        control.hint = control.hint or "off"
        blank = tag("option", {"value": ""}, _("Choose"))
        return tag("select", control.attributes(class_="g-select"), blank, lines)

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        return country_name(str(value), language) if value else ""

    def anonymise(self, field: FieldSpec, value: Any) -> Any:
        return value


@lru_cache(maxsize=8)
def _sorted(language: str) -> tuple[str, ...]:
    return tuple(sorted(COUNTRIES, key=lambda code: fold(country_name(code, language))))


@lru_cache(maxsize=64)
def _country_options(language: str, first: tuple[str, ...], banned: tuple[str, ...]) -> SafeString:
    """Two hundred and fifty lines, drawn once for each way of ordering them."""
    codes = [*(code for code in first if code in COUNTRIES)]
    codes += [code for code in _sorted(language) if code not in first]
    return join(
        tag("option", {"value": code}, country_name(code, language))
        for code in codes
        if code not in banned
    )


PARTS = {
    "region": gettext_lazy("Region or department"),
    "commune": gettext_lazy("Town or commune"),
    "quarter": gettext_lazy("District or village"),
    "landmark": gettext_lazy("Landmark, for example: behind the mosque, green gate"),
}


@register
class Address(FieldType):
    """Where somebody lives: town, district and a landmark. No postcode, no street number."""

    key = "address"
    label = gettext_lazy("Address")
    description = gettext_lazy("Town, district and landmark: no postcode, no street number.")
    family: ClassVar[Family] = "place"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("parts", "words", gettext_lazy("Lines asked")),
        Setting("required_parts", "words", gettext_lazy("Lines required")),
    )
    many = True
    reader = "map"
    length = 200
    names: ClassVar[Mapping[str, Any]] = PARTS
    usual: ClassVar[Sequence[str]] = ("commune", "quarter", "landmark")
    needed: ClassVar[Sequence[str]] = ("commune",)

    def parts(self, field: FieldSpec) -> list[str]:
        chosen = field.config.get("parts") or self.usual
        return [part for part in chosen if part in self.names]

    def read(self, data: Mapping[str, Any], name: str) -> Any:
        raw = {part: data.get(f"{name}.{part}") for part in self.names if f"{name}.{part}" in data}
        return raw or None

    def is_blank(self, raw: Any) -> bool:
        return not isinstance(raw, Mapping) or not any(
            isinstance(value, str) and value.strip() for value in raw.values()
        )

    def to_raw(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return None
        return {
            part: text
            for part, text in value.items()
            if part in self.names and isinstance(text, str)
        }

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        value = {}
        for part in self.parts(field):
            text = raw.get(part) if isinstance(raw.get(part), str) else ""
            if len(text) > self.length * 4 or len(tidy(text)) > self.length:
                raise Invalid(_("Write at most %d characters on each line.") % self.length)
            if tidy(text):
                value[part] = tidy(text)
        missing = [
            str(self.names[part])
            for part in field.config.get("required_parts") or self.needed
            if part in self.parts(field) and part not in value
        ]
        if missing:
            raise Invalid(_("Fill in: %s.") % ", ".join(missing))
        return value

    def echo(self, field: FieldSpec) -> int:
        return self.length

    def control(self, question: Question, control: Control) -> SafeString:
        raw = question.raw if isinstance(question.raw, Mapping) else {}
        lines = []
        for index, part in enumerate(self.parts(question.field)):
            element_id = f"{control.id}-{part}" if index else control.id
            attributes = control.attributes(
                suffix=f".{part}", id=element_id, type="text", dir="auto",
                value=str(raw.get(part) or "")[:1000], aria_describedby=None,
            )  # fmt: skip
            label = tag("label", {"class": "g-small", "for": element_id}, self.names[part])
            lines.append(tag("div", {}, label, tag("input", attributes)))
        return tag("div", {"class": "g-stack"}, *lines)

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        if not isinstance(value, Mapping):
            return str(value or "")
        return ", ".join(str(value[part]) for part in reversed(PARTS) if value.get(part))

    def anonymise(self, field: FieldSpec, value: Any) -> Any:
        kept = {"region", "commune"}
        return {k: v for k, v in value.items() if k in kept} if isinstance(value, Mapping) else None

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        named = [*(config.get("parts") or []), *(config.get("required_parts") or [])]
        return [f"unknown part {part!r}" for part in named if part not in self.names]

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        parts = self.parts(field)
        needed = field.config.get("required_parts") or self.needed
        line = {"type": "string", "minLength": 1, "maxLength": self.length}
        return {
            "type": "object",
            "properties": {part: {**line, "title": str(self.names[part])} for part in parts},
            "required": [part for part in needed if part in parts],
            "additionalProperties": False,
        }

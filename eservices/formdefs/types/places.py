"""A point on the map, typed or told: no map is needed to give it."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.formdefs.reading import ascii_digits, tidy
from eservices.formdefs.spec import FieldSpec, State
from eservices.formdefs.types.base import Invalid, register
from eservices.formdefs.types.contact import Address

LIMITS = {"lat": 90, "lon": 180}
PAIR = re.compile(r"\s*([+-]?[0-9]{1,3}(?:\.[0-9]+)?)\s*[,;\s]\s*([+-]?[0-9]{1,3}(?:\.[0-9]+)?)\s*")


@register
class MapPoint(Address):
    """Latitude and longitude in degrees, as a phone shows them, or a landmark in words."""

    key = "map_point"
    label = gettext_lazy("Point on the map")
    description = gettext_lazy("Latitude and longitude, or a landmark in words.")
    names = {
        "lat": gettext_lazy("Latitude, for example: 12.3714"),
        "lon": gettext_lazy("Longitude, for example: -1.5197"),
        "landmark": gettext_lazy("Or a landmark, for example: behind the mosque, green gate"),
    }
    usual = ("lat", "lon", "landmark")
    needed = ()
    settings = ()
    blank_message = gettext_lazy("Give the point in figures, or a landmark.")

    def to_raw(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return None
        return {part: _typed(value[part]) for part in self.names if value.get(part) is not None}

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        texts = super().clean(field, raw, state)
        pasted = PAIR.fullmatch(ascii_digits(texts.get("lat", "")))
        if pasted and not texts.get("lon"):  # both copied at once out of a map
            texts |= {"lat": pasted[1], "lon": pasted[2]}
        value: dict[str, Any] = {}
        if ("lat" in texts) != ("lon" in texts):
            raise Invalid(_("Give both the latitude and the longitude, or neither."))
        for part, most in LIMITS.items():
            if part in texts:
                value[part] = _degrees(texts[part], most)
        if "landmark" in texts:
            value["landmark"] = texts["landmark"]
        return value

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        if not isinstance(value, Mapping):
            return str(value or "")
        point = ", ".join(_typed(value[part]) for part in LIMITS if value.get(part) is not None)
        return " – ".join(filter(None, [point, str(value.get("landmark") or "")]))

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        degrees = {
            part: {
                "type": "number",
                "minimum": -most,
                "maximum": most,
                "title": str(self.names[part]),
            }
            for part, most in LIMITS.items()
        }
        words = {"type": "string", "minLength": 1, "maxLength": self.length}
        return {
            "type": "object",
            "properties": {**degrees, "landmark": words},
            "dependentRequired": {"lat": ["lon"], "lon": ["lat"]},
            "minProperties": 1,
            "additionalProperties": False,
        }

    def anonymise(self, field: FieldSpec, value: Any) -> Any:
        return None


def _typed(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value)


def _degrees(text: str, most: int) -> float:
    plain = ascii_digits(tidy(text[:40])).replace(",", ".").replace("\u2212", "-").rstrip("°")
    if not re.fullmatch(r"[+-]?[0-9]{1,3}(\.[0-9]{1,12})?", plain) or abs(float(plain)) > most:
        raise Invalid(
            _("Write a number of degrees between -%(most)d and %(most)d.") % {"most": most}
        )
    return round(float(plain), 6)

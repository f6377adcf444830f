"""The field types as editors choose them: a name, a sentence, an icon, a family."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices.formdefs.types import FIELD_TYPES

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Card:
    key: str
    label: Words
    help: Words
    icon: str
    family: str


FAMILIES: dict[str, Words] = {
    "text": _("Text"),
    "choice": _("Choice"),
    "number": _("Numbers"),
    "date": _("Dates"),
    "person": _("Person and contact"),
    "place": _("Places"),
    "file": _("Files and signature"),
    "link": _("Links with other data"),
    "layout": _("Presentation and calculation"),
}
ICONS = {
    "text": "text", "long_text": "paragraph", "pattern": "hash", "url": "link", "email": "mail",
    "yes_no": "toggle", "choice": "radio", "multi_choice": "check", "office": "building",
    "consent": "shield", "attestation": "shield", "country": "globe", "integer": "hash",
    "decimal": "hash", "money": "coins", "date": "calendar", "partial_date": "calendar",
    "date_time": "clock", "time": "clock", "person": "user", "national_id": "id", "phone": "phone",
    "mobile_money": "phone", "bank_account": "coins", "address": "pin", "map_point": "pin",
    "heading": "heading", "explanation": "info", "group": "rows", "section": "list",
    "computed": "calculator", "file": "clip", "signature": "pen", "image": "image",
    "appointment": "calendar", "slot": "calendar", "lookup": "search", "payment_line": "coins",
}  # fmt: skip
FAMILY_ICONS = {
    "text": "text", "choice": "radio", "number": "hash", "date": "calendar", "person": "user",
    "place": "pin", "file": "clip", "link": "link", "layout": "rows",
}  # fmt: skip


def card(key: str) -> Card:
    """Return the card of a type; a plain one for a type that is not known here."""
    kind = FIELD_TYPES.get(key)
    if kind is None:
        return Card(key, key, "", "box", "layout")
    icon = ICONS.get(key) or FAMILY_ICONS.get(kind.family, "box")
    return Card(key, kind.label, kind.description, icon, kind.family)


def families(*, inside_group: bool = False) -> list[tuple[Words, list[Card]]]:
    """Return the types that may be added, by family."""
    known = [card(key) for key, kind in FIELD_TYPES.items() if kind.inside or not inside_group]
    return [
        (label, cards)
        for family, label in FAMILIES.items()
        if (cards := [one for one in known if one.family == family])
    ]

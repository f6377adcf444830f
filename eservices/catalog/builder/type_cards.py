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
    "number": _("Numbers and dates"),
    "person": _("Person and contact"),
    "layout": _("Presentation and calculation"),
    "other": _("Other"),
}
CARDS = {
    card.key: card
    for card in [
        Card("text", _("Short text"), _("A name, a place, a few words on one line."), "text", "text"),
        Card("long_text", _("Long text"), _("Several lines: a motive, a description."), "paragraph", "text"),
        Card("pattern", _("Formatted number"), _("A number of document with a fixed format."), "hash", "text"),
        Card("url", _("Web address"), _("The address of a page."), "link", "text"),
        Card("yes_no", _("Yes or no"), _("Two buttons."), "toggle", "choice"),
        Card("choice", _("One answer"), _("One answer among several."), "radio", "choice"),
        Card("multi_choice", _("Several answers"), _("Boxes to tick."), "check", "choice"),
        Card("office", _("Office"), _("The office that will handle the request."), "building", "choice"),
        Card("consent", _("Consent"), _("One box to tick: the label is what is agreed to."), "shield", "choice"),
        Card("country", _("Country"), _("A country or a nationality."), "globe", "choice"),
        Card("integer", _("Whole number"), _("A quantity, a number of copies."), "hash", "number"),
        Card("decimal", _("Decimal number"), _("A surface, a weight, a rate."), "hash", "number"),
        Card("money", _("Amount of money"), _("In the currency of the e-service."), "coins", "number"),
        Card("date", _("Date"), _("Day, month and year."), "calendar", "number"),
        Card("partial_date", _("Date that may be partial"), _("The year alone is accepted: “born around 1964”."), "calendar", "number"),
        Card("date_time", _("Date and time"), _("A day and an hour."), "clock", "number"),
        Card("time", _("Time"), _("An hour of the day."), "clock", "number"),
        Card("person", _("Person"), _("Somebody named: a spouse, a witness."), "user", "person"),
        Card("national_id", _("National identity number"), _("Checked by the rules of each country."), "id", "person"),
        Card("phone", _("Telephone"), _("Checked by the rules of each country."), "phone", "person"),
        Card("email", _("E-mail address"), _("Always optional: few people have one."), "mail", "person"),
        Card("mobile_money", _("Mobile-money number"), _("The number of the account to pay or repay."), "phone", "person"),
        Card("bank_account", _("Bank account"), _("IBAN or RIB, with its key."), "coins", "person"),
        Card("address", _("Address"), _("Town, district and a landmark; no postcode."), "pin", "person"),
        Card("map_point", _("Point on the map"), _("Where it is, from the phone or in words."), "pin", "person"),
        Card("heading", _("Heading"), _("A title between questions."), "heading", "layout"),
        Card("explanation", _("Explanation"), _("A paragraph to read."), "info", "layout"),
        Card("group", _("Repeated group"), _("The same questions several times: children, witnesses."), "rows", "layout"),
        Card("computed", _("Computed value"), _("Worked out from the answers by a formula."), "calculator", "layout"),
        Card("formatted", _("Formatted number"), _("A number of document with a fixed format."), "hash", "text"),
        Card("file", _("File"), _("A document or a photo, in the form itself."), "clip", "other"),
        Card("signature", _("Signature"), _("Drawn with the finger, or typed."), "pen", "person"),
        Card("attestation", _("Statement on honour"), _("A text that the person certifies."), "shield", "choice"),
        Card("image", _("Image"), _("A picture that explains."), "image", "layout"),
        Card("dependent", _("Linked lists"), _("Region, then province, then town."), "rows", "choice"),
        Card("appointment", _("Appointment"), _("A free hour in the diary of an office."), "calendar", "other"),
        Card("lookup", _("Search in a register"), _("Asks another system."), "search", "other"),
        Card("case_link", _("Previous request"), _("Links a request or a document issued before."), "link", "other"),
        Card("payment_line", _("Amount to pay"), _("What this answer costs."), "coins", "other"),
    ]
}  # fmt: skip


def card(kind: str) -> Card:
    """Return the card of a type; a plain one for a type that says nothing of itself."""
    if found := CARDS.get(kind):
        return found
    words = kind.replace("_", " ").capitalize()
    type_ = FIELD_TYPES.get(kind)
    return Card(
        kind, getattr(type_, "name", words) or words, getattr(type_, "summary", ""), "box", "other"
    )


def families(*, inside_group: bool = False) -> list[tuple[Words, list[Card]]]:
    """Return the types that may be added, by family."""
    known = [card(key) for key in FIELD_TYPES if not (inside_group and key == "group")]
    order = list(CARDS)
    known.sort(key=lambda one: order.index(one.key) if one.key in order else 99)
    return [
        (label, cards)
        for family, label in FAMILIES.items()
        if (cards := [one for one in known if one.family == family])
    ]

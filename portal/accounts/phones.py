"""Phone numbers as people type them, kept as E.164."""

import unicodedata
from typing import Any

import phonenumbers
from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.errors import BadPhone

LONGEST_TYPED = 40


def parse_phone(text: str, region: str | None = None) -> str:
    """Return `text` as E.164; a number without country code belongs to `region`.

    Arabic digits, spaces, points and dashes are accepted. :raises BadPhone:
    """
    # NFKC turns full-width digits and plus signs into plain ones; the library knows Arabic digits.
    text = unicodedata.normalize("NFKC", text).strip()
    region = region or settings.GUICHET_COUNTRY
    if len(text) > LONGEST_TYPED:
        raise BadPhone(_message(region))
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as exc:
        raise BadPhone(_message(region)) from exc
    if number.extension or not phonenumbers.is_valid_number(number):
        raise BadPhone(_message(region))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class PhoneField(forms.CharField):
    """A form field that accepts a number as people write it and gives E.164."""

    region: str | None = None  # whose numbers are written without a country code

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Phone number"))
        kwargs.setdefault("max_length", LONGEST_TYPED)
        attrs = {"type": "tel", "autocomplete": "tel", "inputmode": "tel"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        value = super().clean(value)
        if not value:
            return ""
        try:
            return parse_phone(value, self.region)
        except BadPhone as exc:
            raise forms.ValidationError(str(exc), code="invalid_phone") from exc


def readable_phone(phone: str) -> str:
    """Return an E.164 number in groups, as it is read aloud; anything else unchanged."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _message(region: str) -> str:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        return _("Enter a phone number that can receive calls, with its country code.")
    return _("Enter a phone number with its country code, for example %(example)s.") % {
        "example": phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    }

"""A form field for telephone numbers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.errors import BadPhone
from portal.accounts.phones import parse_phone


class PhoneField(forms.CharField):
    """Accepts a number as people write it and gives E.164."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone number"))
        attrs = {"type": "tel", "autocomplete": "tel", "inputmode": "tel"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> str:
        value = super().clean(value)
        if not value:
            return ""
        try:
            return parse_phone(value)
        except BadPhone as exc:
            raise forms.ValidationError(str(exc), code="invalid_phone") from exc

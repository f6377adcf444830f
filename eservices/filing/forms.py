"""Small forms of the citizen's pages that no e-service defines."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.phones import PhoneField

PHONE_ATTRS = {
    "type": "tel",
    "autocomplete": "tel",
    "inputmode": "tel",
    "class": "g-input",
    "dir": "ltr",
}


class PhoneForm(forms.Form):
    phone = PhoneField(label=_("Mobile phone number"), widget=forms.TextInput(attrs=PHONE_ATTRS))


class HelpedForm(forms.Form):
    """The phone of somebody who is helped; it may be written as in the country of the service."""

    phone = PhoneField(
        label=_("Mobile phone of the person you help"),
        widget=forms.TextInput(attrs=PHONE_ATTRS | {"autocomplete": "off"}),
    )

    def __init__(self, country: str, data: Any = None) -> None:
        super().__init__(data)
        phone: Any = self.fields["phone"]
        phone.region = country


class CodeForm(forms.Form):
    access = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.RegexField(
        r"^\s*\d{3}\s?\d{3}\s*$",
        label=_("Code received by SMS"),
        error_messages={"invalid": _("The code has six digits.")},
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "class": "g-input g-input--short",
            }
        ),
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


class TrackForm(forms.Form):
    reference = forms.CharField(
        label=_("Number of your request"),
        max_length=40,
        help_text=_("It is on your acknowledgement, for example DJ26-7K3M9Q2X-4."),
        widget=forms.TextInput(
            attrs={
                "class": "g-input",
                "autocapitalize": "characters",
                "autocomplete": "off",
                "dir": "ltr",
            }
        ),
    )
    phone = PhoneField(
        label=_("Mobile phone given in the request"), widget=forms.TextInput(attrs=PHONE_ATTRS)
    )


class MessageForm(forms.Form):
    text = forms.CharField(
        label=_("Your message"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "g-textarea"}),
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why (optional)"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"class": "g-input"}),
    )


class SaveForm(forms.Form):
    """What makes a save know itself again: the window that sent it, and its number there."""

    _tab = forms.RegexField(r"^[0-9a-zA-Z-]{8,40}$")
    _save = forms.IntegerField(min_value=1, max_value=2**52)

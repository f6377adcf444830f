"""The administrator's form of accredited helpers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eservices.filing.models import Accreditation
from portal.accounts.errors import BadPhone
from portal.accounts.models import User
from portal.accounts.phones import parse_phone


class AccreditationForm(forms.ModelForm):
    """The person is found by phone or e-mail: nobody scrolls through citizens."""

    person = forms.CharField(
        label=_("E-mail address or phone number of the person"), max_length=254
    )

    class Meta:
        model = Accreditation
        fields = ["number", "place", "valid_until", "is_active"]

    field_order = ["person", "number", "place", "valid_until", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            user = self.instance.user
            self.fields["person"].initial = user.email or user.phone
            self.fields["person"].disabled = True

    def clean_person(self) -> str:
        typed = self.cleaned_data["person"].strip()
        user = _find(typed)
        if user is None:
            raise forms.ValidationError(_("Nobody has this e-mail address or phone number."))
        if Accreditation.objects.filter(user=user).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This person is accredited already."))
        self.instance.user = user
        return typed


def _find(typed: str) -> User | None:
    if "@" in typed:
        return User.objects.filter(email__iexact=typed).first()
    try:
        return User.objects.filter(phone=parse_phone(typed), phone_verified=True).first()
    except BadPhone:
        return None

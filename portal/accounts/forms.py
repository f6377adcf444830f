"""What people fill in about their account."""

import time
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.accounts import services
from portal.accounts.errors import BadPhone
from portal.accounts.models import User
from portal.accounts.phones import parse_phone

# Who just proved the phone by SMS may set a new password without the old one: it is the way back
# for people who forgot it and have no e-mail.
CODE_IS_FRESH = 15 * 60


class SignupForm(allauth_forms.SignupForm):
    """Phone, name, optional e-mail, one password."""

    full_name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("As on your identity document."),
    )
    field_order = ["phone", "full_name", "email", "password1"]

    def clean_full_name(self) -> str:
        return " ".join(self.cleaned_data["full_name"].split())

    def clean_phone(self) -> str:
        # Before the e-mail is looked at: a first attempt whose SMS got lost must not block this one.
        phone = self.cleaned_data["phone"]
        services.forget_unproven(phone)
        return phone

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            # As slow as the creation of an account, so that time does not tell them apart.
            make_password(self.cleaned_data["password1"])
        with transaction.atomic():
            return super().try_save(request)


class LoginForm(allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Phone number or e-mail address")
        self.fields["login"].max_length = 254
        self.fields["login"].widget.attrs = {"autocomplete": "username", "maxlength": "254"}

    def clean_login(self) -> str:
        """Return the phone as E.164, so that every way of writing it counts as one."""
        login = super().clean_login()
        if "@" in login:
            return login.lower()
        try:
            return parse_phone(login)
        except BadPhone:
            return login


class RequestLoginCodeForm(allauth_forms.RequestLoginCodeForm):
    """A code by SMS, or by mail when only the address is given."""

    field_order = ["phone", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)
        self.fields["email"].label = _("Or your e-mail address")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not cleaned.get("phone") and not cleaned.get("email"):
            self.add_error("phone", _("Enter your phone number or your e-mail address."))
        return cleaned


class VerifyPhoneForm(allauth_forms.VerifyPhoneForm):
    def clean_code(self) -> str:
        if self.user is None:
            # Nobody, or an attempt that a newer one replaced: same answer as for a wrong code.
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_code()


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if signed_in_by_fresh_code(context.request):
            del self.fields["oldpassword"]


class ProfileForm(forms.Form):
    full_name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "g-input"}),
    )
    language = forms.ChoiceField(
        label=_("Language of my messages"),
        choices=settings.LANGUAGES,
        widget=forms.Select(attrs={"class": "g-select"}),
    )

    def clean_full_name(self) -> str:
        return " ".join(self.cleaned_data["full_name"].split())


def signed_in_by_fresh_code(request: HttpRequest) -> bool:
    """Tell whether this session began with a code, a few minutes ago."""
    if isinstance(request.user, AnonymousUser):
        return False
    return any(
        record.get("method") == "code" and time.time() - record["at"] < CODE_IS_FRESH
        for record in get_authentication_records(request, request.user)
    )

"""What allauth asks of us: phones, names, official addresses, and secrets kept unreadable."""

import base64
import hashlib
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils.encoding import force_bytes
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.accounts import services
from portal.accounts.errors import BadPhone
from portal.accounts.models import User, new_username
from portal.accounts.phones import PhoneField, parse_phone
from portal.accounts.policies import STRONG_FACTORS, accepts_staff_email, is_staff_account
from portal.audit import services as audit

# One answer for every wrong sign-in: it must not tell which half was right.
WRONG_LOGIN = _("The phone, e-mail address or password is not correct.")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts of people. A subclass above this layer knows how to send a message."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": WRONG_LOGIN,
        "phone_password_mismatch": WRONG_LOGIN,
        "username_password_mismatch": WRONG_LOGIN,
        "invalid_login": WRONG_LOGIN,
    }

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        return PhoneField(**kwargs)

    def get_phone(self, user: User) -> tuple[str, bool] | None:  # type: ignore[override]
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:  # type: ignore[override]
        services.set_phone(user, phone, verified=verified)

    def set_phone_verified(self, user: User, phone: str) -> None:  # type: ignore[override]
        services.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Return who proved to hold `phone`; a claim that was never proved is nobody's."""
        try:
            phone = parse_phone(phone)
        except BadPhone:
            return None
        proven = Q(phone_verified=True) | Q(last_login__isnull=False)
        return User.objects.filter(proven, phone=phone).first()

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> Any:  # type: ignore[override]
        if is_staff_account(user):
            audit.record("staff.signed_in", actor=user)
        return super().post_login(request, user, **options)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note a wrong password for a member of staff; what was typed is kept nowhere."""
        super().authentication_failed(request, **credentials)
        email = str(credentials.get("email") or "")
        user = User.objects.filter(email__iexact=email).first() if email else None
        if user is not None and is_staff_account(user):
            audit.record("staff.sign_in_failed", subject=str(user))

    def get_login_stages(self) -> list[str]:
        ours = {
            "allauth.account.stages.PhoneVerificationStage": (
                "portal.accounts.stages.PhoneVerificationStage"
            )
        }
        return [ours.get(path, path) for path in super().get_login_stages()]

    def populate_username(self, request: HttpRequest, user: User) -> None:  # type: ignore[override]
        user.username = new_username()

    def save_user(  # type: ignore[override]
        self, request: HttpRequest, user: User, form: forms.BaseForm, commit: bool = True
    ) -> User:
        user.full_name = form.cleaned_data.get("full_name", "")
        user.language = get_language() or settings.LANGUAGE_CODE
        return cast(User, super().save_user(request, user, form, commit))

    def clean_email(self, email: str) -> str:
        user = getattr(self.request, "user", None)
        if isinstance(user, User) and is_staff_account(user) and not accepts_staff_email(email):
            raise forms.ValidationError(_("Staff accounts need an official e-mail address."))
        return email

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts by e-mail or username only: all phones together would share five failures.
        name = credentials.get("phone") or credentials.get("email") or credentials.get("username")
        return f"login:{str(name or '').lower()}"


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: User) -> str:  # type: ignore[override]
        return str(user)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff replace a factor by adding the new one first."""
        others = Authenticator.objects.filter(
            user=authenticator.user, type__in=STRONG_FACTORS
        ).exclude(pk=authenticator.pk)
        return others.exists() or not is_staff_account(authenticator.user)


def _cipher() -> MultiFernet:
    """Encrypt with the secret key, and still read what its predecessors encrypted."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"second-factor:" + force_bytes(key)).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])

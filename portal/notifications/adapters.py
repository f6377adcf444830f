"""allauth's letters and codes go the way of every other message: queued, retried, visible."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from allauth.account import app_settings
from allauth.core import context as allauth_context
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, override

from portal.accounts.adapters import AccountAdapter
from portal.accounts.models import User
from portal.core import branding
from portal.notifications.rendering import Mail, known_language
from portal.notifications.services import notify, queue_mail


class NotifyingAccountAdapter(AccountAdapter):
    def send_verification_code_sms(  # type: ignore[override]
        self, user: User, phone: str, code: str, **_ignored: Any
    ) -> None:
        minutes = app_settings.PHONE_VERIFICATION_TIMEOUT // 60
        self._send_sms(
            "account.code", phone, user.language, {"code": code, "minutes": str(minutes)}
        )

    def send_unknown_account_sms(self, phone: str, **_ignored: Any) -> None:
        self._send_sms("account.unknown", phone, "", {"url": reverse("account_signup")})

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._send_sms("account.exists", phone, "", {"url": reverse("account_request_login_code")})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail instead of sending it while the person waits."""
        user = context.get("user")
        language = known_language(getattr(user, "language", "") or get_language() or "")
        portal = SimpleNamespace(
            name=branding.current().name_in(language), domain=settings.BASE_URL
        )
        values = context | {
            "request": allauth_context.request,
            "email": email,
            "current_site": portal,
        }
        with override(language), transaction.atomic():
            message = self.render_mail(template_prefix, email, values)
            text = str(message.body)
            queue_mail(
                to=email,
                mail=Mail(message.subject, text, _html(message.subject, text, language)),
                key=f"{template_prefix}:{uuid4()}",
                kind="account.mail",
                language=language,
                is_sensitive="code" in context,
            )

    def _send_sms(self, kind: str, phone: str, language: str, context: dict[str, str]) -> None:
        with transaction.atomic():
            notify(
                kind,
                to_phone=phone,
                to_email="",
                language=language or get_language() or "",
                context=context,
                key=f"{kind}:{uuid4()}",
            )


def _html(subject: str, text: str, language: str) -> str:
    context = {
        "subject": subject,
        "paragraphs": [part for part in text.split("\n\n") if part.strip()],
        "language": language,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "portal": branding.current().name_in(language),
        "base_url": settings.BASE_URL,
    }
    return render_to_string("notifications/mail.html", context)

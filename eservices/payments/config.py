"""The payment settings, typed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings


@dataclass(frozen=True)
class PaymentSettings:
    provider: str
    base_url: str
    livemode: bool
    secret_key: str = field(repr=False)
    webhook_secrets: Sequence[str] = field(repr=False)

    @property
    def active_webhook_secrets(self) -> list[str]:
        """The secrets that may sign a notice; a blank one never may."""
        return [secret for secret in self.webhook_secrets if secret.strip()]


def current() -> PaymentSettings:
    given: dict[str, Any] = settings.PAYMENTS
    return PaymentSettings(**given)

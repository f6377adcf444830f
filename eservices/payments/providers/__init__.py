"""The payment providers of this installation. Only this app may look inside."""

from functools import lru_cache

from django.conf import settings

from eservices.payments.errors import ProviderRejected
from eservices.payments.providers.base import Provider
from eservices.payments.providers.stripe import StripeProvider
from eservices.payments.providers.stripe_client import StripeClient

SANDBOX_APP = "eservices.payments.sandbox.api.application"


def get(code: str) -> Provider:
    """Return the provider called `code`. :raises ProviderRejected: when there is none."""
    if code != StripeProvider.code:
        raise ProviderRejected(f"no payment provider is called {code!r}")
    return StripeProvider(
        _stripe_client(
            settings.PAYMENTS["secret_key"],
            settings.PAYMENTS["base_url"],
            settings.PAYMENTS["livemode"],
            settings.PAYMENTS_SANDBOX,
        ),
        livemode=settings.PAYMENTS["livemode"],
    )


@lru_cache(maxsize=4)
def _stripe_client(secret_key: str, base_url: str, livemode: bool, sandbox: bool) -> StripeClient:
    # The sandbox is named, not imported: a real installation does not even have its tables.
    return StripeClient(
        secret_key,
        base_url=base_url,
        livemode=livemode,
        wsgi_app=SANDBOX_APP if sandbox else "",
    )

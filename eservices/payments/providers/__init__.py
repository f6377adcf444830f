"""The payment providers of this installation. Only this app may look inside."""

from functools import lru_cache

from django.conf import settings

from eservices.payments import config
from eservices.payments.errors import ProviderRejected
from eservices.payments.providers.base import Provider
from eservices.payments.providers.stripe import StripeProvider
from eservices.payments.providers.stripe_client import StripeClient

SANDBOX_APP = "eservices.payments.sandbox.api.application"


def get(code: str) -> Provider:
    """Return the provider called `code`. :raises ProviderRejected: when there is none."""
    if code != StripeProvider.code:
        raise ProviderRejected(f"no payment provider is called {code!r}")
    ours = config.current()
    return StripeProvider(
        _stripe_client(ours.secret_key, ours.base_url, ours.livemode, settings.PAYMENTS_SANDBOX)
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

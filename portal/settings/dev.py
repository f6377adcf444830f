"""One machine, no secret to set, nothing leaves it: `make run` and everyday work."""

import secrets

from portal.settings.base import *
from portal.settings.base import (
    BASE_URL,
    DATA_DIR,
    INSTALLED_APPS,
    MIDDLEWARE,
    PAYMENTS,
    env_bool,
)

DEBUG = env_bool("GUICHET_DEBUG")
DEV_TOOLS = True
ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]


def _local_secret(name: str) -> str:
    """Return a random secret of this machine, made at the first start; no secret is in the repository."""
    path = DATA_DIR / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(secrets.token_urlsafe(48))
        path.chmod(0o600)
    return path.read_text()


SECRET_KEY = _local_secret("secret_key")
CAPTURE_MESSAGES = True
EMAIL_BACKEND = "portal.notifications.backends.CapturedEmailBackend"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys on http://localhost
PAYMENTS_SANDBOX = True
PAYMENT_HOSTS = []  # the sandbox's page is our own
INSTALLED_APPS = [*INSTALLED_APPS, "eservices.payments.sandbox"]
PAYMENTS = PAYMENTS | {
    "base_url": "http://sandbox.invalid",  # answered in process, never by a network
    "secret_key": "sk_test_" + _local_secret("payment_key"),
    "webhook_secrets": ["whsec_" + _local_secret("payment_webhook")],
    "livemode": False,
}
MIDDLEWARE = list(MIDDLEWARE)

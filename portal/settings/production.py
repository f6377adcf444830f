"""A real installation. Refuses to start while a secret is missing."""

from django.core.exceptions import ImproperlyConfigured

from portal.settings.base import *
from portal.settings.base import BASE_URL, PAYMENTS, env, env_bool, env_list


def required(name: str) -> str:
    value = env(name)
    if not value:
        raise ImproperlyConfigured(f"Set {name}: a production installation needs it (README.md).")
    return value


SECRET_KEY = required("GUICHET_SECRET_KEY")
SECRET_KEY_FALLBACKS = env_list("GUICHET_SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env_list("GUICHET_HOSTS") or [required("GUICHET_HOSTS")]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

_https = env_bool("GUICHET_HTTPS", default=True)
SECURE_SSL_REDIRECT = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
# The other subdomains of an administration are not ours to promise https for.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https

if env_bool("GUICHET_PAYMENTS"):
    required("GUICHET_PAYMENT_SECRET_KEY")
    required("GUICHET_PAYMENT_WEBHOOK_SECRETS")
    if PAYMENTS["livemode"] != str(PAYMENTS["secret_key"]).startswith("sk_live_"):
        raise ImproperlyConfigured("GUICHET_PAYMENT_LIVE and the payment key disagree.")

"""Explicit settings of the test suite: fast hashing, captured messages, a database per runner."""

import os
import tempfile

os.environ.setdefault("GUICHET_DATA_DIR", tempfile.mkdtemp(prefix="guichet-test-"))

from portal.settings.base import *
from portal.settings.base import DATA_DIR, INSTALLED_APPS, PAYMENTS, SQLITE_OPTIONS, database, env

SECRET_KEY = "only-for-tests"
DEV_TOOLS = True
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": database(env("DATABASE_URL", f"sqlite:///{DATA_DIR / 'unused.sqlite3'}"))}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that the browser's server threads see the same data; nobody needs it after a crash.
    DATABASES["default"]["TEST"] = {"NAME": env("GUICHET_TEST_DB", str(DATA_DIR / "test.sqlite3"))}
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS | {
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;PRAGMA foreign_keys=ON;"
    }
DATABASES["default"]["CONN_MAX_AGE"] = 0
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "portal.core.storage.PrivateStorage",
        "OPTIONS": {"location": str(DATA_DIR / "private")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
CAPTURE_MESSAGES = True
EMAIL_BACKEND = "portal.notifications.backends.CapturedEmailBackend"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys on http://localhost
PAYMENTS_SANDBOX = True
PAYMENT_HOSTS = []  # the sandbox's page is our own
INSTALLED_APPS = [*INSTALLED_APPS, "eservices.payments.sandbox"]
PAYMENTS = PAYMENTS | {
    "base_url": "http://sandbox.invalid",
    "secret_key": "sk_test_only_for_tests",
    "webhook_secrets": ["whsec_only_for_tests"],
    "livemode": False,
}

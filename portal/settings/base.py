"""Settings shared by every installation. One choice is one environment variable; README lists them."""

import os
from pathlib import Path
from typing import Any

import dj_database_url

from portal.settings.languages import languages

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def env(name: str, default: str = "") -> str:
    """Return the environment variable `name`, or `default`."""
    return os.environ.get(name, default)


def env_bool(name: str, default: bool = False) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


# --- Where this installation lives -------------------------------------------------------------
DATA_DIR = Path(env("GUICHET_DATA_DIR", str(BASE_DIR / "var")))
BASE_URL = env("GUICHET_BASE_URL", f"http://localhost:{env('PORT', '8000')}")
PORTAL_NAME = env("GUICHET_NAME", "Guichet")
GUICHET_COUNTRY = env("GUICHET_COUNTRY", "DJ")  # whose phone numbers need no country code
DEBUG = False
DEV_TOOLS = False  # the mail box, the component gallery and the sandbox: development and tests only

# --- Applications ------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.core",
    "portal.outbox",
    "portal.audit",
    "portal.accounts",
    "portal.notifications",
    "eservices.formdefs",
    "eservices.attachments",
    "eservices.payments",
    "eservices.appointments",
    "eservices.codelists",
    "eservices.documents",
    "eservices.registers",
    "eservices.catalog",
    "eservices.cases",
    "eservices.casework",
    "eservices.figures",
    "eservices.feedback",
    "eservices.sittings",
    "eservices.duties",
    "eservices.tutelage",
    "eservices.filing",
    "eservices.backoffice",
    "cms_pages",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "portal.accounts.apps.StaffUsers",  # wagtail.users, with our forms
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_q",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "portal.core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.core.compression.CompressTextMiddleware",  # after WhiteNoise, which compresses ahead
    "portal.core.middleware.SecurityHeadersMiddleware",
    "portal.core.middleware.NoNulMiddleware",
    "cms_pages.middleware.KeptPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.accounts.middleware.StaffSecondFactorMiddleware",
    "portal.audit.middleware.StaffActsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.core.middleware.PortalErrorMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.core.context.portal",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database ----------------------------------------------------------------------------------
# SQLite: WAL so that readers never wait; synchronous FULL because what a citizen was told is filed
# must survive a power cut; IMMEDIATE because a read that later writes would otherwise fail "locked".
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
}


def database(url: str) -> dict[str, Any]:
    """Return Django's database settings for `url`, with what each engine needs to be safe."""
    config: dict[str, Any] = dict(
        dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    )
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = SQLITE_OPTIONS
    else:
        # Compiling a statement takes longer than any page may: it is made for reports of minutes.
        # Reading here and there costs as reading in a row: no disk of today turns.
        config.setdefault("OPTIONS", {}).setdefault("options", "-c jit=off -c random_page_cost=1.1")
    return config


DATABASES = {"default": database(env("DATABASE_URL", f"sqlite:///{DATA_DIR / 'guichet.sqlite3'}"))}

CACHES = {
    # Rate limits live in the cache, so it must be shared by all processes.
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env("REDIS_URL")}
        if env("REDIS_URL")
        else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
    ),
    "nothing": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}

# --- Languages ---------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = languages(env_list("GUICHET_LANGUAGES", "fr,ar,en"))
# An installation adds a language, or words it otherwise, without touching the code.
LOCALE_PATHS = [DATA_DIR / "locale", BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
USE_I18N = True
WAGTAIL_I18N_ENABLED = True
USE_TZ = True
TIME_ZONE = env("GUICHET_TIME_ZONE", "Africa/Abidjan")

# --- Accounts ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:home"
LOGOUT_REDIRECT_URL = "/"
# The adapter that can write to people: accounts itself lies below notifications.
ACCOUNT_ADAPTER = "portal.notifications.adapters.NotifyingAccountAdapter"
ACCOUNT_FORMS = {
    "signup": "portal.accounts.forms.SignupForm",
    "login": "portal.accounts.forms.LoginForm",
    "request_login_code": "portal.accounts.forms.RequestLoginCodeForm",
    "verify_phone": "portal.accounts.forms.VerifyPhoneForm",
    "change_password": "portal.accounts.forms.ChangePasswordForm",
}
ACCOUNT_USER_DISPLAY = str
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"  # the phone is the identity most people have
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # who changes a password or a factor is told by mail
ACCOUNT_CHANGE_EMAIL = True  # one address per person
ACCOUNT_PHONE_VERIFICATION_ENABLED = True
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # an SMS may take minutes
# No resend of sign-in codes: allauth 65.21 fails on an unknown number there, which tells it apart.
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = False
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/m/ip,5/300s/key",
    "request_login_code": "30/m/ip,3/m/key,10/h/key",
    # Per address generous: a whole cybercafé or mobile network comes from one.
    "verify_phone": "30/m/ip,1/20s/key,6/h/key",
}
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("GUICHET_PROXIES", "0"))
MFA_ADAPTER = "portal.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # cheap phones have clocks that drift
MFA_TOTP_ISSUER = PORTAL_NAME
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "eservices.backoffice.held.refused_form"  # keeps what agents typed
STAFF_EMAIL_DOMAINS = env_list("GUICHET_STAFF_EMAIL_DOMAINS")  # empty: any domain

# --- Journal -----------------------------------------------------------------------------------
# Lines are sealed with the first key; older ones stay valid. Without any, with the secret key.
AUDIT_KEYS = env_list("GUICHET_AUDIT_KEYS")
AUDIT_MAIL_TO = env_list("GUICHET_AUDIT_MAIL_TO")  # who gets each day's head of the chain

# --- Files -------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"  # what editors publish
PRIVATE_ROOT = DATA_DIR / "private"  # what citizens send and the administration issues
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "portal.core.storage.PrivateStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT)},
    },
    "staticfiles": {"BACKEND": "portal.core.storage.StaticStorage"},
}
# A text of some megabytes pasted by mistake comes back with a message; the other answers are saved.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# --- Background work ---------------------------------------------------------------------------
# save_limit -1: success is recorded by our own outbox, and keeping rows costs a lock per task.
# ack_failures: retries are counted by the outbox. cache: its statistics would be two writes a second.
# scheduler: the schedule is in code (portal.jobs.every).
Q_CLUSTER = {
    "name": "guichet",
    "orm": "default",
    "broker_class": "portal.jobs.Broker",
    "workers": 2,
    "queue_limit": 2,
    "bulk": 1,
    "timeout": 120,
    "retry": 300,
    "ack_failures": True,
    "scheduler": False,
    "cache": "nothing",
    "save_limit": -1,
    "catch_up": False,
    "recycle": 500,
    "poll": 0.5,
}

# --- Mail and SMS ------------------------------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env("GUICHET_SMTP_HOST", "localhost")
EMAIL_PORT = int(env("GUICHET_SMTP_PORT", "25"))
EMAIL_HOST_USER = env("GUICHET_SMTP_USER")
EMAIL_HOST_PASSWORD = env("GUICHET_SMTP_PASSWORD")
EMAIL_USE_TLS = env_bool("GUICHET_SMTP_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("GUICHET_FROM_EMAIL", "guichet@localhost")
SMS_GATEWAY_URL = env("GUICHET_SMS_GATEWAY_URL")
SMS_GATEWAY_TOKEN = env("GUICHET_SMS_GATEWAY_TOKEN")
# "prêt" is not in the alphabet of SMS: as it stands the message is billed as three instead of one.
SMS_TRANSLITERATE = env_bool("GUICHET_SMS_TRANSLITERATE", default=True)
# Virus scanner: clamd at unix:/path/of/the/socket or host:port; empty: files are not scanned.
CLAMD = env("GUICHET_CLAMD")
# Registers that agents may ask for a yes or a no: the name in circuits → a class (cases.registries).
REGISTRIES = {"demo": "eservices.cases.registries.demo.DemoRegistry"}
CAPTURE_MESSAGES = False  # true: nothing leaves, everything is readable on the development page

# --- Training ----------------------------------------------------------------------------------
# The whole installation is for practice: every page says so, nothing leaves it.
TRAINING = env_bool("GUICHET_TRAINING")
if TRAINING:
    CAPTURE_MESSAGES = True
    EMAIL_BACKEND = "portal.notifications.backends.CapturedEmailBackend"

# --- Payments ----------------------------------------------------------------------------------
PAYMENTS_SANDBOX = False
PAYMENTS = {
    "provider": env("GUICHET_PAYMENT_PROVIDER", "stripe"),
    "base_url": env("GUICHET_PAYMENT_BASE_URL", "https://api.stripe.com"),
    "secret_key": env("GUICHET_PAYMENT_SECRET_KEY"),
    "webhook_secrets": env_list("GUICHET_PAYMENT_WEBHOOK_SECRETS"),
    "livemode": env_bool("GUICHET_PAYMENT_LIVE"),
}
# Where the provider's own payment page lives: the only other host a form may lead to.
PAYMENT_HOSTS = env_list("GUICHET_PAYMENT_HOSTS", "https://checkout.stripe.com")

# --- Wagtail -----------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = PORTAL_NAME
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False  # staff sign in by a code first; nobody hands out passwords
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no third-party host, the admin included
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "Français"), ("ar", "العربية"), ("en", "English")]

# --- Safety ------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "portal.core.logs.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": env("GUICHET_LOG_LEVEL", "INFO")},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "django-q": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
    },
}

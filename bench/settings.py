"""As `make run`, without what only development needs: measured is what visitors get."""

from portal.settings.dev import *
from portal.settings.dev import STORAGES

DEBUG = False
# Static names without a manifest: nothing to collect first; their weight is measured from the source.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False

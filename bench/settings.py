"""As `make run`, without what only development needs: measured is what visitors get."""

from portal.settings.dev import *
from portal.settings.dev import DATABASES, STORAGES

DEBUG = False
# Static names without a manifest: nothing to collect first; their weight is measured from the source.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False

if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # One backend does all the work of a request, so that its processor time is the whole of it.
    DATABASES["default"]["OPTIONS"]["options"] += " -c max_parallel_workers_per_gather=0"

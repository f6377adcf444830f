"""The WSGI callable that gunicorn loads."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")
application = get_wsgi_application()
# Every view imported before the server forks: paid once, shared, and the first visitor is not slow.
_ = get_resolver().url_patterns

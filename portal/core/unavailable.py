"""What is answered while the database is away: a page that says so, not an error of ours."""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views import defaults

logger = logging.getLogger(__name__)

RETRY_AFTER = 30  # seconds
# Not a template: languages, context and sessions may all need the database that is away.
PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>503</title></head><body>
<h1>Service momentanément indisponible</h1>
<p>Ce que vous avez déjà enregistré est conservé. Réessayez dans une minute.</p>
<h1 lang="ar" dir="rtl">الخدمة غير متاحة مؤقتًا</h1>
<p lang="ar" dir="rtl">ما حفظته سابقًا محفوظ. أعد المحاولة بعد دقيقة.</p>
<h1 lang="en">Service unavailable for a moment</h1>
<p lang="en">What you saved is kept. Please try again in a minute.</p>
</body></html>
"""


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error nobody handled; 503 with Retry-After when the database is what failed.

    The handler of 500s rather than a middleware: it also sees what other middlewares raise.
    """
    failure = sys.exc_info()[1]
    if not isinstance(failure, OperationalError | InterfaceError):
        return defaults.server_error(request)
    logger.error("the database does not answer: %s", failure)
    response = HttpResponse(PAGE, status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response

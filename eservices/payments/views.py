"""Where providers send their notices."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from eservices.payments import services as payments
from eservices.payments.errors import BadSignature

logger = logging.getLogger(__name__)

MAX_NOTICE = 256 * 1024
SIGNATURE_HEADERS = {"stripe": "Stripe-Signature"}


@csrf_exempt
@require_POST
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """Keep a signed notice and answer at once; it is looked into after the answer."""
    if provider not in SIGNATURE_HEADERS or not payments.accepts(provider):
        return HttpResponse(status=404)
    raw = request.read(MAX_NOTICE + 1)
    if len(raw) > MAX_NOTICE:
        return HttpResponse(status=413)
    try:
        payments.receive(provider, raw, request.headers.get(SIGNATURE_HEADERS[provider], ""))
    except BadSignature as exc:
        logger.warning("notice refused: %s", exc)
        return HttpResponse(status=400)
    return HttpResponse(status=200)

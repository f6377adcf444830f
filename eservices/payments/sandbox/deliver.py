"""Send a signed notice to our own address, through the very view that real notices reach."""

import io
import json
import time

from django.core.handlers.wsgi import WSGIRequest
from django.urls import resolve, reverse

from eservices.payments import config
from eservices.payments.providers.signatures import sign
from eservices.payments.sandbox.models import SandboxEvent


class NotDelivered(Exception):
    """The receiver did not answer 2xx: the provider tries again later."""


def deliver(event: SandboxEvent) -> None:
    """:raises NotDelivered:"""
    raw = json.dumps(event.render(), separators=(",", ":")).encode()
    secret = config.current().active_webhook_secrets[0]
    path = reverse("webhooks:receive", args=["stripe"])
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(raw)),
            "HTTP_STRIPE_SIGNATURE": sign(raw, secret, timestamp=int(time.time())),
            "wsgi.input": io.BytesIO(raw),
        }
    )
    # The view and not the whole site: middleware would change the language of the caller's thread.
    view = resolve(path)
    response = view.func(request, *view.args, **view.kwargs)
    if not 200 <= response.status_code < 300:
        raise NotDelivered(f"{path} answered {response.status_code}")

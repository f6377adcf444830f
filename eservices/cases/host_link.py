"""The link printed on an act, for somebody without an account who receives its holder.

It opens with the paper in hand and nothing else, so it is worked out, not kept: the act may be drawn
again, and an amendment carries the same link as the order it replaces.
"""

import hmac

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from eservices.cases.models import Case
from portal.core.references import clean_reference

SALT = "eservices.cases.host_link"
LENGTH = 20  # hexadecimal digits: 80 bits


def address(case: Case) -> str:
    """Return the whole address that the act of `case` shows as a QR code."""
    path = reverse("host", args=[case.reference, _token(case.reference, settings.SECRET_KEY)])
    return settings.BASE_URL.rstrip("/") + path


def find(reference: str, token: str) -> Case | None:
    """Return the case that this printed link opens; None when it opens nothing."""
    reference = clean_reference(reference) or ""
    # A paper outlives a change of the installation's key: the former keys still open it.
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(_token(reference, key), token) for key in keys):
        return None
    related = ("eservice", "version", "office", "decision__document")
    return Case.objects.select_related(*related).filter(reference=reference).first()


def _token(reference: str, key: str | bytes) -> str:
    digest = salted_hmac(SALT, reference, secret=key, algorithm="sha256").hexdigest()
    return digest[:LENGTH]

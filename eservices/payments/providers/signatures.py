"""The `t=…,v1=…` signature that Stripe, Wave and FedaPay share: HMAC-SHA256 over time and raw bytes."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from eservices.payments.errors import BadSignature

TOLERANCE = 300  # seconds, in the past and in the future


def sign(raw: bytes, secret: str, *, timestamp: int, scheme: str = "v1") -> str:
    """Return the header that signs these bytes at this time."""
    return f"t={timestamp},{scheme}={_digest(raw, secret, timestamp)}"


def check(
    raw: bytes, header: str, *, secrets: Sequence[str], now: datetime, scheme: str = "v1"
) -> None:
    """Accept `header` when one of `secrets` signed exactly `raw` within the tolerance.

    :raises BadSignature:
    """
    timestamp, given = _parse(header, scheme)
    if abs(int(now.timestamp()) - timestamp) > TOLERANCE:
        raise BadSignature("the notice is too old or comes from the future")
    # Every pair is compared, so that the time taken says nothing of which secret is in use.
    matches = [
        hmac.compare_digest(_digest(raw, secret, timestamp).encode(), signature.encode())
        for secret in secrets
        if secret
        for signature in given
    ]
    if not any(matches):
        raise BadSignature("no active secret made this signature")


def _digest(raw: bytes, secret: str, timestamp: int) -> str:
    return hmac.new(secret.encode(), b"%d." % timestamp + raw, hashlib.sha256).hexdigest()


def _parse(header: str, scheme: str) -> tuple[int, list[str]]:
    pairs = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    # Ten secrets in rotation are plenty; more is somebody making us work.
    given = [value for name, _, value in pairs if name == scheme][:10]
    if len(times) != 1 or not given or not (times[0].isascii() and times[0].isdigit()):
        raise BadSignature("the signature header cannot be read")
    if len(times[0]) > 12:
        raise BadSignature("the signature header cannot be read")
    return int(times[0]), given

"""Speak to an SMS gateway over HTTP: one JSON request per message."""

from dataclasses import dataclass

import httpx
from django.conf import settings

from portal.notifications.errors import MessageRefused, MessageUnavailable

TIMEOUT = httpx.Timeout(10, connect=5)
# The gateway says that this message is wrong. Everything else may be mended on the other side.
REFUSALS = frozenset({400, 404, 410, 413, 422})
LONGEST_ANSWER = 300


@dataclass(frozen=True)
class SmsGateway:
    """A gateway that takes `{"to", "text", "id"}` with a bearer token and answers `{"id"}`."""

    url: str
    token: str
    transport: httpx.BaseTransport | None = None

    def send(self, *, to: str, text: str, key: str) -> str:
        """Hand over one message and return the gateway's own id, if it gives one.

        `key` travels as idempotency key: a gateway that knows it sends the message once even when
        we ask twice. :raises MessageRefused: :raises MessageUnavailable:
        """
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        try:
            with httpx.Client(timeout=TIMEOUT, transport=self.transport) as client:
                response = client.post(
                    self.url, json={"to": to, "text": text, "id": key}, headers=headers
                )
        except httpx.HTTPError as exc:
            raise MessageUnavailable(f"SMS gateway unreachable: {type(exc).__name__}") from exc
        return _provider_id(response)


def gateway() -> SmsGateway:
    """Return the gateway of this installation. :raises MessageUnavailable: when none is set."""
    if not settings.SMS_GATEWAY_URL:
        raise MessageUnavailable("no SMS gateway is configured (GUICHET_SMS_GATEWAY_URL)")
    return SmsGateway(settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN)


def _provider_id(response: httpx.Response) -> str:
    if response.status_code in REFUSALS:
        raise MessageRefused(f"SMS gateway refused: {response.status_code} {_excerpt(response)}")
    if not response.is_success:
        raise MessageUnavailable(f"SMS gateway answered {response.status_code}")
    try:
        answer = response.json()
    except ValueError:
        return ""  # taken, by a gateway that does not number its messages
    return str(answer.get("id", ""))[:200] if isinstance(answer, dict) else ""


def _excerpt(response: httpx.Response) -> str:
    return response.text[:LONGEST_ANSWER]

"""The reference provider: Stripe Checkout, hosted by the provider, paid by redirect."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from eservices.payments.errors import BadSignature, ProviderRejected, ProviderUnavailable
from eservices.payments.providers import signatures
from eservices.payments.providers.base import (
    Handle,
    Limits,
    Snapshot,
    StartRequest,
    Status,
    VerifiedEvent,
)
from eservices.payments.providers.stripe_client import (
    AuthError,
    NotFound,
    PermissionDenied,
    StripeClient,
    StripeError,
)

SESSIONS = "/v1/checkout/sessions"
EXPAND = {"expand": ["payment_intent.latest_charge"]}
LOCALES = {"fr": "fr", "en": "en"}  # the page does not exist in Arabic: its own choice then
LIMITS = Limits(minimum=1, maximum=99_999_999)
INTENT_STATUS = {
    "processing": Status.PROCESSING,
    "requires_capture": Status.PROCESSING,
    "canceled": Status.CANCELLED,
    "requires_payment_method": Status.FAILED,
}
T = TypeVar("T")


class StripeProvider:
    code = "stripe"
    signature_header = "Stripe-Signature"

    def __init__(self, client: StripeClient) -> None:
        self._client = client

    def limits(self, currency: str) -> Limits:
        return LIMITS

    def build_start(self, request: StartRequest) -> dict[str, Any]:
        metadata = {"attempt": request.attempt, "reference": request.reference}
        return {
            "mode": "payment",
            "success_url": request.return_url,
            "cancel_url": request.cancel_url,
            "client_reference_id": request.reference,
            "locale": LOCALES.get(request.language[:2], "auto"),
            "expires_at": int(request.expires_at.timestamp()),
            "payment_method_types": ["card"],
            "line_items": _line_items(request),
            "metadata": metadata,
            "payment_intent_data": {
                "description": f"{request.reference} {request.description}"[:500],
                "metadata": metadata,
            },
        }

    def start(self, params: Mapping[str, Any], *, key: str) -> Snapshot:
        return _snapshot(_call(lambda: self._client.post(SESSIONS, params, key=key)))

    def fetch(self, handle: Handle) -> Snapshot:
        path = f"{SESSIONS}/{_segment(handle.provider_ref)}"
        try:
            session = _call(lambda: self._client.get(path, EXPAND))
        except _Missing:
            return Snapshot(Status.NOT_FOUND)
        if session.get("payment_intent") is None and handle.payment_id:
            # A refused card leaves its trace on the intent before the session names it.
            session = {**session, "payment_intent": self._intent(handle.payment_id)}
        return _snapshot(session)

    def find(self, attempt: str, *, since: datetime) -> Snapshot:
        query = {"created": {"gte": int(since.timestamp())}}
        for session in _call(lambda: list(self._client.iterate(SESSIONS, query))):
            if (session.get("metadata") or {}).get("attempt") == attempt:
                return self.fetch(Handle(session["id"]))
        return Snapshot(Status.NOT_FOUND)

    def cancel(self, handle: Handle) -> Snapshot:
        path = f"{SESSIONS}/{_segment(handle.provider_ref)}/expire"
        # Refused when it is no longer open: what it has become is then the answer.
        with suppress(ProviderRejected):
            _call(lambda: self._client.post(path))
        return self.fetch(handle)

    def verify(
        self, raw: bytes, signature: str, *, secrets: Sequence[str], now: datetime
    ) -> VerifiedEvent:
        signatures.check(raw, signature, secrets=secrets, now=now)
        try:
            return _event(json.loads(raw), raw)
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as exc:
            raise BadSignature("signed, but not an event") from exc

    def events(self, *, since: datetime) -> Iterator[VerifiedEvent]:
        query = {"created": {"gte": int(since.timestamp())}}
        for event in _call(lambda: list(self._client.iterate("/v1/events", query))):
            yield _event(event, json.dumps(event).encode())

    def _intent(self, payment_id: str) -> dict[str, Any] | None:
        path = f"/v1/payment_intents/{_segment(payment_id)}"
        try:
            return _call(lambda: self._client.get(path, {"expand": ["latest_charge"]}))
        except _Missing:
            return None


class _Missing(ProviderRejected):
    """The provider knows nothing under this identifier."""


def _call(operation: Callable[[], T]) -> T:
    """Run one operation and translate its failure into what the caller should do."""
    try:
        return operation()
    except NotFound as exc:
        raise _Missing(_("The payment service does not know this payment.")) from exc
    except (AuthError, PermissionDenied) as exc:
        # Our own key is wrong: the payer can do nothing but come back, and the request was refused.
        raise ProviderUnavailable(_unavailable(), code=exc.code, status=exc.status) from exc
    except StripeError as exc:
        if exc.retryable or exc.outcome_unknown:
            raise ProviderUnavailable(
                _unavailable(), outcome_unknown=exc.outcome_unknown, status=exc.status
            ) from exc
        message = _("The payment service refused this payment. Try again or pay at the office.")
        raise ProviderRejected(message, code=exc.code or str(exc.status)) from exc


def _unavailable() -> str:
    return _("The payment service does not answer. Nothing was lost: try again in a few minutes.")


def _line_items(request: StartRequest) -> list[dict[str, Any]]:
    """Show the lines of the fee; in one line when some give money back, which no rail accepts."""
    lines = [(line.label, line.quantity, line.unit) for line in request.lines if line.unit]
    if any(quantity < 1 or unit < 0 for _label, quantity, unit in lines):
        lines = [(request.description, 1, request.money.amount)]
    if sum(quantity * unit for _label, quantity, unit in lines) != request.money.amount:
        raise ProviderRejected(_("The lines of the fee do not add up."))
    return [
        {
            "quantity": quantity,
            "price_data": {
                "currency": request.money.currency.lower(),
                "unit_amount": unit,
                "product_data": {"name": label[:250] or request.reference},
            },
        }
        for label, quantity, unit in lines
    ]


def _segment(identifier: str) -> str:
    """Return an identifier that can only be one part of a path."""
    if not identifier.replace("_", "").isalnum() or not identifier.isascii():
        raise ProviderRejected(_("The payment service does not know this payment."))
    return identifier


def _snapshot(session: Mapping[str, Any]) -> Snapshot:
    """Read a checkout session, with or without its intent and charge expanded."""
    try:
        return _read(session)
    except (LookupError, TypeError, ValueError, AttributeError) as exc:
        raise ProviderUnavailable(_unavailable(), outcome_unknown=True) from exc


def _read(session: Mapping[str, Any]) -> Snapshot:
    intent = _object(session.get("payment_intent"))
    charge = _object(intent.get("latest_charge"))
    error = intent.get("last_payment_error") or {}
    return Snapshot(
        status=_status(session, intent),
        provider_ref=str(session["id"]),
        ref=str(session.get("client_reference_id") or ""),
        attempt=str((session.get("metadata") or {}).get("attempt") or ""),
        amount=_integer(session.get("amount_total")),
        currency=str(session.get("currency") or "").upper(),
        livemode=session["livemode"] is True,
        charge_id=str(charge.get("id") or ""),
        payment_id=str(intent.get("id") or ""),
        refunded=_integer(charge.get("amount_refunded")),
        redirect_url=str(session.get("url") or ""),
        expires_at=datetime.fromtimestamp(session["expires_at"], UTC),
        failure_code=str(error.get("decline_code") or error.get("code") or ""),
        evidence=_evidence(session),
    )


def _status(session: Mapping[str, Any], intent: Mapping[str, Any]) -> Status:
    if session["payment_status"] in {"paid", "no_payment_required"}:
        return Status.PAID
    if session["status"] == "expired":
        return Status.EXPIRED
    # "complete" alone is not paid: some methods confirm days later.
    if session["status"] == "complete":
        return INTENT_STATUS.get(str(intent.get("status")), Status.PROCESSING)
    is_processing = intent.get("status") == "processing"
    return Status.PROCESSING if is_processing else Status.OPEN


def _object(value: object) -> Mapping[str, Any]:
    """Return an expandable field as an object, be it null, an identifier or expanded."""
    if isinstance(value, str):
        return {"id": value}
    return value if isinstance(value, Mapping) else {}


def _integer(value: object) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("an amount is a whole number")
    return value


def _evidence(session: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(session, sort_keys=True).encode()).hexdigest()
    return f"{session['id']} sha256:{digest}"[-255:]


def _event(event: Mapping[str, Any], raw: bytes) -> VerifiedEvent:
    subject = event["data"]["object"]
    is_session = subject.get("object") == "checkout.session"
    intent = subject.get("payment_intent") if subject.get("object") != "payment_intent" else subject
    created = event.get("created")
    return VerifiedEvent(
        dedupe_key=str(event.get("id") or hashlib.sha256(raw).hexdigest())[:255],
        type=str(event["type"]),
        object_ref=str(subject["id"])[:255] if is_session else "",
        attempt=str((subject.get("metadata") or {}).get("attempt") or "")[:36],
        payment_id=str(_object(intent).get("id") or "")[:255],
        livemode=event.get("livemode") is True,
        created_at=datetime.fromtimestamp(created, UTC) if isinstance(created, int) else None,
        raw=raw,
    )

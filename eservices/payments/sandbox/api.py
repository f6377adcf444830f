"""The pretended provider's interface, as a WSGI application that the real client calls in process."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from django.conf import settings
from django.db import IntegrityError, transaction

from eservices.payments import config
from eservices.payments.sandbox import payer
from eservices.payments.sandbox.forms import Refused, check_session, decode, integer
from eservices.payments.sandbox.models import (
    SandboxEvent,
    SandboxKey,
    SandboxRefund,
    SandboxSession,
    new_id,
    now,
)
from eservices.payments.sandbox.objects import (
    intent_json,
    list_json,
    record_event,
    refund_json,
    session_json,
)

STALE = 60  # seconds after which a call that never answered no longer holds its key
REASONS = {"duplicate", "fraudulent", "requested_by_customer"}


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    params: dict[str, Any]
    raw: str
    key: str

    @property
    def expand(self) -> frozenset[str]:
        """Names to expand; expanding a part expands what leads to it."""
        names = {str(name) for name in self.params.get("expand", [])}
        return frozenset(names | {name.split(".")[0] for name in names})


class Sandbox:
    """`faults` are consumed one per request: 429, 500_before, 500_after. For tests."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status, body, headers = self._answer(environ)
        content = json.dumps(body).encode()
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
        headers["Request-Id"] = new_id("req")
        start_response(f"{status} .", list(headers.items()))
        return [content]

    def _answer(self, environ: WSGIEnvironment) -> tuple[int, dict[str, Any], dict[str, str]]:
        try:
            _check_access(environ)
            call = _read(environ)
            fault = self.faults.pop(0) if self.faults else ""
            if fault == "429":
                raise Refused("Slow down", status=429, code="rate_limit")
            if call.method == "POST" and call.key:
                return _once(call, fault)
            return *_run(call, fault), {}
        except Refused as refused:
            return refused.status, refused.body, {}


def _check_access(environ: WSGIEnvironment) -> None:
    ours = config.current()
    if ours.livemode or not settings.PAYMENTS_SANDBOX:
        raise Refused("The sandbox is closed", status=403)
    if environ.get("HTTP_AUTHORIZATION") != f"Bearer {ours.secret_key}":
        raise Refused("Invalid API Key provided", status=401)


def _read(environ: WSGIEnvironment) -> Call:
    method = environ["REQUEST_METHOD"]
    raw = environ.get("QUERY_STRING", "")
    if method == "POST":
        raw = environ["wsgi.input"].read(1_000_000).decode()
        if raw and environ.get("CONTENT_TYPE") != "application/x-www-form-urlencoded":
            raise Refused("Send a form, not JSON")
    key = environ.get("HTTP_IDEMPOTENCY_KEY", "")
    return Call(method, environ["PATH_INFO"], decode(raw), raw, key)


def _once(call: Call, fault: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Answer a key the first time; afterwards repeat the answer, whatever it was."""
    fingerprint = hashlib.sha256(f"{call.path}\0{call.raw}".encode()).hexdigest()
    SandboxKey.objects.filter(key=call.key, status=0, started__lt=now() - STALE).delete()
    try:
        with transaction.atomic():
            row = SandboxKey.objects.create(key=call.key, fingerprint=fingerprint)
    except IntegrityError:
        return _again(SandboxKey.objects.get(key=call.key), fingerprint)
    try:
        row.status, row.answer = _run(call, fault)
    except Refused:
        row.delete()  # what failed validation is not stored
        raise
    row.save()
    return row.status, row.answer, {}


def _again(row: SandboxKey, fingerprint: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    if row.fingerprint != fingerprint:
        message = "Keys for idempotent requests can only be used with the same parameters."
        raise Refused(message, type="idempotency_error")
    if not row.status:
        message = "Another request with this key is in progress."
        raise Refused(message, status=409, type="idempotency_error", code="idempotency_key_in_use")
    return row.status, row.answer, {"Idempotent-Replayed": "true"}


def _run(call: Call, fault: str) -> tuple[int, dict[str, Any]]:
    failure = {"error": {"type": "api_error", "message": "boom"}}
    if fault == "500_before":
        return 500, failure
    for method, pattern, handler in ROUTES:
        match = re.fullmatch(pattern, call.path)
        if match and method == call.method:
            with transaction.atomic():
                body = handler(call, *match.groups())
            return (500, failure) if fault == "500_after" else (200, body)
    raise Refused(f"Unrecognized request URL ({call.method}: {call.path})", status=404)


def _session(identifier: str) -> SandboxSession:
    session = SandboxSession.objects.select_for_update().filter(id=identifier).first()
    if session is None:
        message = f"No such checkout.session: {identifier}"
        raise Refused(message, status=404, code="resource_missing", param="session")
    payer.expire_if_late(session)
    return session


def create_session(call: Call) -> dict[str, Any]:
    total, currency, expires_at = check_session(call.params)
    session = SandboxSession.objects.create(
        params=call.params, amount_total=total, currency=currency, expires_at=expires_at
    )
    return session_json(session)


def get_session(call: Call, identifier: str) -> dict[str, Any]:
    return session_json(_session(identifier), expand=call.expand)


def expire_session(call: Call, identifier: str) -> dict[str, Any]:
    session = _session(identifier)
    if session.status != "open":
        message = 'Only Checkout Sessions with a status in ["open"] can be expired.'
        raise Refused(message, code="checkout_session_not_open")
    payer.expire(session)
    return session_json(session)


def list_sessions(call: Call) -> dict[str, Any]:
    rows = SandboxSession.objects.all()
    return _page(call, rows, session_json)


def get_intent(call: Call, identifier: str) -> dict[str, Any]:
    session = SandboxSession.objects.filter(intent_id=identifier).first()
    if session is None:
        message = f"No such payment_intent: {identifier}"
        raise Refused(message, status=404, code="resource_missing", param="intent")
    return intent_json(session, expand_charge="latest_charge" in call.expand)


def create_refund(call: Call) -> dict[str, Any]:
    by_intent, by_charge = call.params.get("payment_intent"), call.params.get("charge")
    if bool(by_intent) == bool(by_charge):
        raise Refused("Send exactly one of payment_intent and charge")
    rows = SandboxSession.objects.select_for_update().filter(is_paid=True)
    session = (
        rows.filter(intent_id=by_intent) if by_intent else rows.filter(charge_id=by_charge)
    ).first()
    if session is None:
        raise Refused("No such charge", status=404, code="resource_missing")
    left = session.amount_total - session.refunded
    amount = integer(call.params, "amount") if "amount" in call.params else left
    reason = call.params.get("reason", "")
    if not 0 < amount <= left:
        code = "charge_already_refunded" if not left else "amount_too_large"
        raise Refused("Refund amount is greater than what is left", code=code, param="amount")
    if reason and reason not in REASONS:
        raise Refused("Invalid reason", param="reason")
    refund = SandboxRefund.objects.create(
        id=new_id("re"),
        session=session,
        amount=amount,
        reason=reason,
        metadata=call.params.get("metadata") or {},
    )
    payer.tell(record_event("refund.created", refund_json(refund)))
    return refund_json(refund)


def list_refunds(call: Call) -> dict[str, Any]:
    rows = SandboxRefund.objects.select_related("session")
    if intent := call.params.get("payment_intent"):
        rows = rows.filter(session__intent_id=intent)
    return _page(call, rows, refund_json)


def list_events(call: Call) -> dict[str, Any]:
    return _page(call, SandboxEvent.objects.all(), SandboxEvent.render)


def _page(call: Call, rows: Any, render: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Answer newest first, after a cursor that must exist."""
    created = call.params.get("created") or {}
    for name in ("gt", "gte", "lt", "lte"):
        if name in created:
            rows = rows.filter(**{f"created__{name}": integer(created, name)})
    ordered = list(rows.order_by("-created", "-pk")[:10_000])
    if cursor := call.params.get("starting_after"):
        position = next((n for n, row in enumerate(ordered) if row.pk == cursor), None)
        if position is None:
            raise Refused("No such object", code="resource_missing", param="starting_after")
        ordered = ordered[position + 1 :]
    limit = integer(call.params, "limit") if "limit" in call.params else 10
    if not 1 <= limit <= 100:
        raise Refused("Invalid limit", code="parameter_invalid_integer", param="limit")
    data = [render(row) for row in ordered[:limit]]
    return list_json(call.path, data, has_more=len(ordered) > limit)


ROUTES: list[tuple[str, str, Callable[..., dict[str, Any]]]] = [
    ("POST", r"/v1/checkout/sessions", create_session),
    ("GET", r"/v1/checkout/sessions", list_sessions),
    ("GET", r"/v1/checkout/sessions/(\w+)", get_session),
    ("POST", r"/v1/checkout/sessions/(\w+)/expire", expire_session),
    ("GET", r"/v1/payment_intents/(\w+)", get_intent),
    ("POST", r"/v1/refunds", create_refund),
    ("GET", r"/v1/refunds", list_refunds),
    ("GET", r"/v1/events", list_events),
]
application = Sandbox()

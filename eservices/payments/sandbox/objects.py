"""The provider's objects as it writes them; tests hold them against the provider's own schema."""

from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse

from eservices.payments.providers.stripe_client import API_VERSION
from eservices.payments.sandbox.models import SandboxEvent, SandboxRefund, SandboxSession, new_id


def session_json(
    session: SandboxSession, *, expand: frozenset[str] = frozenset()
) -> dict[str, Any]:
    intent: Any = session.intent_id if session.status == "complete" else None
    if intent and "payment_intent" in expand:
        intent = intent_json(session, expand_charge="payment_intent.latest_charge" in expand)
    params = session.params
    return {
        "id": session.id,
        "object": "checkout.session",
        "amount_subtotal": session.amount_total,
        "amount_total": session.amount_total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": session.created,
        "currency": session.currency,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "expires_at": session.expires_at,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": params.get("metadata") or {},
        "mode": "payment",
        "payment_intent": intent,
        "payment_method_types": ["card"],
        "payment_status": "paid" if session.is_paid else "unpaid",
        "shipping_options": [],
        "status": session.status,
        "success_url": params.get("success_url"),
        "url": page_url(session) if session.status == "open" else None,
    }


def page_url(session: SandboxSession) -> str:
    """Return the hosted page's address, on the host that the payer comes from."""
    origin = urlsplit(str(session.params["success_url"]))
    path = reverse("sandbox:checkout", args=[session.id])
    return f"{origin.scheme}://{origin.netloc}{path}"


def intent_json(session: SandboxSession, *, expand_charge: bool = False) -> dict[str, Any]:
    data = session.params.get("payment_intent_data") or {}
    charge: Any = session.charge_id or None
    if charge and expand_charge:
        charge = charge_json(session)
    return {
        "id": session.intent_id,
        "object": "payment_intent",
        "amount": session.amount_total,
        "amount_received": session.amount_total if session.is_paid else 0,
        "created": session.created,
        "currency": session.currency,
        "description": data.get("description"),
        "last_payment_error": _error_json(session) if session.error_code else None,
        "latest_charge": charge,
        "livemode": False,
        "metadata": data.get("metadata") or {},
        "payment_method_types": ["card"],
        "status": session.intent_status,
    }


def _error_json(session: SandboxSession) -> dict[str, Any]:
    return {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": session.error_code,
        "message": "Your card was declined.",
    }


def charge_json(session: SandboxSession) -> dict[str, Any]:
    refunded = session.refunded
    return {
        "id": session.charge_id,
        "object": "charge",
        "amount": session.amount_total,
        "amount_captured": session.amount_total,
        "amount_refunded": refunded,
        "billing_details": {
            "address": None,
            "email": None,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "captured": True,
        "created": session.created,
        "currency": session.currency,
        "disputed": False,
        "livemode": False,
        "metadata": (session.params.get("payment_intent_data") or {}).get("metadata") or {},
        "paid": True,
        "payment_intent": session.intent_id,
        "refunded": refunded >= session.amount_total,
        "status": "succeeded",
    }


def refund_json(refund: SandboxRefund) -> dict[str, Any]:
    return {
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "charge": refund.session.charge_id,
        "created": refund.created,
        "currency": refund.session.currency,
        "metadata": refund.metadata,
        "payment_intent": refund.session.intent_id,
        "reason": refund.reason or None,
        "status": refund.status,
    }


def list_json(path: str, data: list[dict[str, Any]], *, has_more: bool) -> dict[str, Any]:
    return {"object": "list", "url": path, "has_more": has_more, "data": data}


def record_event(kind: str, subject: dict[str, Any]) -> SandboxEvent:
    """Remember that something happened to `subject`, as it is now."""
    return SandboxEvent.objects.create(
        id=new_id("evt"),
        type=kind,
        body={
            "object": "event",
            "api_version": API_VERSION,
            "data": {"object": subject},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
        },
    )

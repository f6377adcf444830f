"""What the payer does on the pretended provider's page, and what the provider then tells."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from eservices.payments.sandbox.models import SandboxEvent, SandboxSession, new_id, now
from eservices.payments.sandbox.objects import intent_json, record_event, session_json
from portal.outbox.services import publish

LATE = timedelta(minutes=1)
NOTICE = "sandbox.notice"
PAID_LATE = "sandbox.paid_late"
DECLINES = {"card": "insufficient_funds", "mobile_money": "transaction_not_allowed"}


def lock(session_id: str) -> SandboxSession | None:
    return SandboxSession.objects.select_for_update().filter(pk=session_id).first()


def look(session_id: str) -> SandboxSession | None:
    """Return a session as it is now: one whose time has passed is closed first."""
    with transaction.atomic():
        session = lock(session_id)
        if session:
            expire_if_late(session)
    return session


def pay(session_id: str, *, method: str = "card", notices: int = 1, amount: int = 0) -> list[str]:
    """Pay a session, even one that expired: the telephone network is slow. Returns the events' ids.

    A session that is paid stays as it is. `notices` is how often the provider tells; `amount`
    pays something else than what was asked.
    """
    with transaction.atomic():
        session = lock(session_id)
        if session is None or session.is_paid:
            return []
        session.amount_total = amount or session.amount_total
        session.is_paid = True
        session.status, session.intent_status = "complete", "succeeded"
        session.charge_id, session.error_code, session.method = new_id("ch"), "", method
        session.save()
        event = record_event("checkout.session.completed", session_json(session))
        for _copy in range(notices):
            tell(event)
    return [event.pk]


def pay_twice(session_id: str, *, method: str = "card") -> None:
    """Pay, and pay again through a second page for the same reference, as two open tabs do."""
    with transaction.atomic():
        session = lock(session_id)
        if session is None or session.is_paid:
            return
        twin = SandboxSession.objects.create(
            params=session.params,
            amount_total=session.amount_total,
            currency=session.currency,
            expires_at=session.expires_at,
        )
        pay(session.pk, method=method)
        pay(twin.pk, method=method)


def pay_late(session_id: str, *, method: str = "card") -> None:
    """Leave now, and have the money arrive in a minute."""
    with transaction.atomic():
        at = timezone.now() + LATE
        publish(PAID_LATE, not_before=at, session_id=session_id, method=method)


def decline(session_id: str, *, method: str = "card") -> None:
    """Refuse the payment; the page stays open and the payer may try again."""
    with transaction.atomic():
        session = lock(session_id)
        if session is None or session.status != "open":
            return
        session.error_code, session.method = DECLINES[method], method
        session.save()
        tell(record_event("payment_intent.payment_failed", intent_json(session)))


def expire(session: SandboxSession) -> None:
    """Close an open session. Inside the caller's transaction."""
    session.status, session.intent_status = "expired", "canceled"
    session.save()
    tell(record_event("checkout.session.expired", session_json(session)))


def expire_if_late(session: SandboxSession) -> None:
    if session.status == "open" and session.expires_at <= now():
        expire(session)


def tell(event: SandboxEvent) -> None:
    """Send the notice after the commit, through the outbox."""
    publish(NOTICE, event_id=event.pk)

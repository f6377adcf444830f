"""Notices of providers: checked, kept once, answered at once, looked into afterwards."""

import logging
import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from eservices.payments import config, providers
from eservices.payments.machine import AttemptState
from eservices.payments.models import Payment, PaymentAttempt, WebhookEvent, WebhookStatus
from eservices.payments.providers.base import Handle, Status, VerifiedEvent
from eservices.payments.services.attempts import sync
from portal.outbox.services import publish

logger = logging.getLogger(__name__)

# A notice may be faster than our own commit; after this somebody must look.
RETRIES = [
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
]
RECEIVED = "payment.webhook_received"


def accepts(provider: str) -> bool:
    """Tell whether notices of this provider can be checked; without a secret none can."""
    ours = config.current()
    return provider == ours.provider and bool(ours.active_webhook_secrets)


def receive(provider: str, raw: bytes, signature: str) -> bool:
    """Keep a notice, once; return whether it is new. :raises BadSignature:"""
    event = providers.get(provider).verify(
        raw, signature, secrets=config.current().active_webhook_secrets, now=timezone.now()
    )
    return keep(provider, event)


def keep(provider: str, event: VerifiedEvent) -> bool:
    """Store a notice and have it looked into after the commit; a duplicate changes nothing."""
    try:
        with transaction.atomic():
            row = WebhookEvent.objects.create(
                provider=provider,
                dedupe_key=event.dedupe_key,
                type=event.type[:100],
                object_ref=event.object_ref,
                attempt_hint=event.attempt,
                payment_hint=event.payment_id,
                livemode=event.livemode,
                created_at=event.created_at,
                raw=event.raw,
            )
            publish(RECEIVED, event_id=row.pk)
    except IntegrityError:
        return False
    return True


def process(event_id: int) -> None:
    """Look into one notice: ask the provider, apply the answer. May run twice.

    :raises ProviderUnavailable: to be tried again.
    """
    event = WebhookEvent.objects.get(pk=event_id)
    if event.status in {WebhookStatus.DONE, WebhookStatus.IGNORED}:
        return
    if event.livemode != config.current().livemode:
        _close(event, WebhookStatus.IGNORED)
        return
    attempt = _attempt_of(event) or _adopt(event)
    if attempt:
        sync(attempt.pk, cause=f"webhook {event.type}"[:40], payment_id=event.payment_hint)
        _close(event, WebhookStatus.DONE)
    else:
        _put_off(event)


def replay(*, since: datetime, provider: str, wet_run: bool) -> int:
    """Look again into every notice received since then; safe, because evidence is fetched anew."""
    events = WebhookEvent.objects.filter(provider=provider, received_at__gte=since)
    count = events.count()
    if wet_run:
        for event in events.order_by("pk").iterator():
            with transaction.atomic():
                WebhookEvent.objects.filter(pk=event.pk).update(status=WebhookStatus.NEW)
                publish(RECEIVED, event_id=event.pk)
    return count


def _attempt_of(event: WebhookEvent) -> PaymentAttempt | None:
    known = PaymentAttempt.objects.filter(provider=event.provider)
    attempt = known.filter(provider_ref=event.object_ref).first()
    if attempt is None and event.payment_hint:
        attempt = known.filter(provider_payment_id=event.payment_hint).first()
    if attempt is None and event.attempt_hint:
        hinted = known.filter(pk__in=_uuids(event.attempt_hint)).first()
        # The answer to our own call may still be on its way; another session is another matter.
        is_session = event.type.startswith("checkout.session.")
        if hinted and (hinted.provider_ref is None or not is_session):
            attempt = hinted
    return attempt


def _adopt(event: WebhookEvent) -> PaymentAttempt | None:
    """Take over money paid for one of our debts through a page that we never opened."""
    if not event.type.startswith("checkout.session."):
        return None
    snapshot = providers.get(event.provider).fetch(Handle(event.object_ref))
    payment = Payment.objects.filter(reference=snapshot.ref).first()
    if snapshot.status != Status.PAID or payment is None:
        return None
    return PaymentAttempt.objects.create(
        payment=payment,
        provider=event.provider,
        livemode=event.livemode,
        # Not active: the place belongs to attempts that we opened.
        state=AttemptState.FAILED,
        amount=payment.amount,
        currency=payment.currency,
        create_key=f"adopted:{event.object_ref}",
        create_params={},
        provider_ref=event.object_ref,
        expires_at=snapshot.expires_at or timezone.now(),
        last_error_code="adopted",
    )


def _put_off(event: WebhookEvent) -> None:
    with transaction.atomic():
        if event.tries < len(RETRIES):
            publish(RECEIVED, event_id=event.pk, not_before=timezone.now() + RETRIES[event.tries])
        else:
            logger.error("notice %s (%s) matches nothing of ours", event.pk, event.type)
        WebhookEvent.objects.filter(pk=event.pk).update(
            status=WebhookStatus.UNMATCHED, tries=event.tries + 1
        )


def _close(event: WebhookEvent, status: WebhookStatus) -> None:
    WebhookEvent.objects.filter(pk=event.pk).update(status=status, processed_at=timezone.now())


def _uuids(text: str) -> list[uuid.UUID]:
    """Return what a notice names as one of our attempts; nothing when it cannot be one."""
    try:
        return [uuid.UUID(text)]
    except ValueError:
        return []

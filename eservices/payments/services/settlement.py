"""Apply evidence to an attempt: lock, decide, write, tell. The only place where money is credited."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from eservices.payments.machine import (
    ACTIVE,
    CAPTURED,
    CLOSED,
    UNOPENED,
    AttemptState,
    Decision,
    Effect,
    decide,
)
from eservices.payments.models import AttemptEvent, Payment, PaymentAttempt, PaymentStatus
from eservices.payments.providers.base import Snapshot
from eservices.payments.services import ledger
from portal.core.counters import next_number
from portal.outbox.services import publish

logger = logging.getLogger(__name__)

# When a payer may have paid without us hearing of it; the last ones are for money that comes
# after the attempt is closed.
POLLS_AFTER_START = [timedelta(minutes=n) for n in (2, 5, 10, 20, 40)]
POLLS_AFTER_EXPIRY = [
    timedelta(minutes=2),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=3),
]


def apply(attempt_id: uuid.UUID | str, snapshot: Snapshot, *, cause: str) -> PaymentAttempt:
    """Apply what the provider said of an attempt; the same evidence again changes nothing.

    Opens its own transaction: what it publishes is heard after the commit and never before.
    """
    with transaction.atomic(durable=True):
        attempt = lock(attempt_id)
        state = AttemptState(attempt.state)
        decision = decide(state, attempt.expectation, snapshot, ledger.owed(attempt.payment))
        if decision.effect in WITH_MONEY and ledger.has_charge(attempt, snapshot):
            # The same money is already written for another attempt: a person must look.
            decision = Decision(AttemptState.REVIEW, Effect.REFUSE, "charge_already_written")
        _remember(attempt, snapshot, decision)
        EFFECTS[decision.effect](attempt, snapshot, decision)
        evidence = snapshot.evidence or snapshot.provider_ref or "not found"
        move(attempt, decision.state, cause=cause, evidence=evidence, detail=decision.reason)
    return attempt


def close(attempt_id: uuid.UUID | str, *, code: str) -> PaymentAttempt:
    """Give up an attempt that the provider never opened; one that it did is left alone."""
    with transaction.atomic(durable=True):
        attempt = lock(attempt_id)
        if attempt.state in UNOPENED and not attempt.provider_ref:
            attempt.last_error_code = code[:80]
            move(attempt, AttemptState.FAILED, cause="start", evidence=f"error:{code}")
    return attempt


def doubt(attempt_id: uuid.UUID | str) -> None:
    """Note that nobody knows whether the provider opened the attempt."""
    with transaction.atomic(durable=True):
        attempt = lock(attempt_id)
        if attempt.state == AttemptState.CREATED:
            evidence = "error:outcome_unknown"
            move(attempt, AttemptState.CREATE_UNKNOWN, cause="start", evidence=evidence)


def lock(attempt_id: uuid.UUID | str) -> PaymentAttempt:
    """Lock the debt, then the attempt: always in this order, so that nobody waits in a circle."""
    payment_id = PaymentAttempt.objects.values_list("payment_id", flat=True).get(pk=attempt_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    attempt = PaymentAttempt.objects.select_for_update().get(pk=attempt_id)
    attempt.payment = payment
    return attempt


def move(
    attempt: PaymentAttempt,
    state: AttemptState,
    *,
    cause: str,
    evidence: str,
    detail: str = "",
) -> None:
    """Write the attempt, in `state`, with the event that explains it. Under the lock."""
    before, attempt.state = attempt.state, state
    attempt.next_poll_at = next_poll(attempt, timezone.now())
    attempt.save()
    if before == state:
        return
    AttemptEvent.objects.create(
        attempt=attempt,
        from_state=before,
        to_state=state,
        cause=cause,
        evidence=evidence[:255],
        detail=detail,
    )
    if before in ACTIVE and state in {AttemptState.FAILED, AttemptState.EXPIRED}:
        publish("payment.failed", payment_id=attempt.payment_id)


def next_poll(attempt: PaymentAttempt, now: datetime) -> datetime | None:
    """Return when to ask the provider again without having been told to."""
    if attempt.state in CAPTURED or _never_opened(attempt):
        return None
    times = [attempt.created_at + delay for delay in POLLS_AFTER_START]
    times += [attempt.expires_at + delay for delay in POLLS_AFTER_EXPIRY]
    if attempt.state in {AttemptState.CREATED, AttemptState.CREATE_UNKNOWN}:
        times.insert(0, attempt.created_at + timedelta(minutes=1))
    return next((at for at in sorted(times) if at > now), None)


def _never_opened(attempt: PaymentAttempt) -> bool:
    return attempt.state in CLOSED and not attempt.provider_ref


def _remember(attempt: PaymentAttempt, snapshot: Snapshot, decision: Decision) -> None:
    """Keep what identifies the attempt at the provider; what is known is never replaced."""
    attempt.provider_ref = attempt.provider_ref or snapshot.provider_ref or None
    attempt.provider_payment_id = attempt.provider_payment_id or snapshot.payment_id
    attempt.redirect_url = snapshot.redirect_url or attempt.redirect_url
    attempt.expires_at = snapshot.expires_at or attempt.expires_at
    attempt.last_error_code = (snapshot.failure_code or attempt.last_error_code)[:80]
    if decision.effect in WITH_MONEY:
        attempt.charge_id = attempt.charge_id or snapshot.charge_id or None
        attempt.last_error_code = ""


def _nothing(attempt: PaymentAttempt, snapshot: Snapshot, decision: Decision) -> None:
    """Evidence that changes no money."""


def _credit(attempt: PaymentAttempt, snapshot: Snapshot, decision: Decision) -> None:
    ledger.post_charge(attempt, snapshot, credit=ledger.receivable(attempt.payment))
    mark_paid(attempt)


def mark_paid(attempt: PaymentAttempt) -> None:
    """Give the debt its receipt and close what could still be paid for it. Under the lock."""
    payment = attempt.payment
    now = timezone.localtime()
    number = next_number(f"receipt:{payment.receipt_series}:{now.year}")
    payment.status = PaymentStatus.SUCCEEDED
    payment.paid_at = now
    payment.receipt_number = f"{now.year}/{payment.receipt_series}/R/{number:06d}"
    payment.save(update_fields=["status", "paid_at", "receipt_number"])
    publish("payment.succeeded", payment_id=payment.pk)
    _abandon_siblings(attempt)


def _abandon_siblings(attempt: PaymentAttempt) -> None:
    """Close what could still take the payer's money for a debt that has just been paid."""
    siblings = attempt.payment.attempts.select_for_update().active().exclude(pk=attempt.pk)
    for sibling in siblings:
        sibling.payment = attempt.payment
        move(sibling, AttemptState.CANCELLING, cause="paid otherwise", evidence=str(attempt.pk))
        publish("payment.attempt_abandoned", attempt_id=str(sibling.pk))


def _surplus(attempt: PaymentAttempt, snapshot: Snapshot, decision: Decision) -> None:
    ledger.post_charge(attempt, snapshot, credit=ledger.SURPLUS)
    publish("payment.surplus", attempt_id=str(attempt.pk))
    logger.warning("attempt %s was paid but nothing was owed", attempt.pk)


def _suspend(attempt: PaymentAttempt, snapshot: Snapshot, decision: Decision) -> None:
    if snapshot.amount > 0:
        ledger.post_charge(attempt, snapshot, credit=ledger.SUSPENSE)
    publish("payment.review", attempt_id=str(attempt.pk))
    logger.error("attempt %s needs a person: %s differs", attempt.pk, decision.reason)


def _reverse(attempt: PaymentAttempt, snapshot: Snapshot, decision: Decision) -> None:
    returned = ledger.post_refund(attempt, snapshot)
    if returned >= attempt.amount and attempt.payment.status == PaymentStatus.SUCCEEDED:
        attempt.payment.status = PaymentStatus.REFUNDED
        attempt.payment.save(update_fields=["status"])
        publish("payment.refunded", payment_id=attempt.payment_id)


def _refuse(attempt: PaymentAttempt, snapshot: Snapshot, decision: Decision) -> None:
    logger.warning(
        "attempt %s (%s): evidence %s refused: %s",
        attempt.pk,
        attempt.state,
        snapshot.status,
        decision.reason,
    )


WITH_MONEY = frozenset({Effect.CREDIT, Effect.SURPLUS, Effect.SUSPEND})
EFFECTS: dict[Effect, Callable[[PaymentAttempt, Snapshot, Decision], None]] = {
    Effect.NONE: _nothing,
    Effect.CREDIT: _credit,
    Effect.SURPLUS: _surplus,
    Effect.SUSPEND: _suspend,
    Effect.REVERSE: _reverse,
    Effect.REFUSE: _refuse,
}

"""Start, follow and give up an attempt. No transaction is open while a provider is called."""

import logging
import uuid
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.payments import config, providers
from eservices.payments.errors import (
    AlreadyPaid,
    PaymentClosed,
    PaymentInProgress,
    ProviderRejected,
    ProviderUnavailable,
)
from eservices.payments.machine import ACTIVE, CAPTURED, UNOPENED, AttemptState
from eservices.payments.models import Payment, PaymentAttempt, PaymentStatus
from eservices.payments.providers.base import Handle, Line, Snapshot, StartRequest, Status
from eservices.payments.services import ledger, settlement
from portal.core.texts import pick

logger = logging.getLogger(__name__)

LIFE = timedelta(hours=1)
KEY_LIFE = timedelta(hours=23)  # providers forget idempotency keys after a day
LOOK_BACK = timedelta(minutes=5)  # their clock is not ours


class Claim(NamedTuple):
    attempt: PaymentAttempt
    is_new: bool


def start(payment: Payment, *, return_url: str, cancel_url: str, language: str) -> str:
    """Return the address where the payer pays. Any number of calls lead to one open attempt.

    After a refusal or an expiry the next call opens a new attempt.
    :raises AlreadyPaid, PaymentClosed, PaymentInProgress, ProviderUnavailable, ProviderRejected:
    """
    for _round in range(3):
        claim = _claim(payment.pk, return_url, cancel_url, language)
        attempt = _bring_up(claim)
        if attempt.state in CAPTURED:
            raise AlreadyPaid(_("Your payment has been received. There is nothing left to pay."))
        if attempt.state == AttemptState.PENDING and attempt.redirect_url:
            return attempt.redirect_url
        if attempt.state in ACTIVE:
            break
    raise PaymentInProgress(_("Your payment is being confirmed. Wait a moment, then look again."))


def sync(attempt_id: uuid.UUID | str, *, cause: str, payment_id: str = "") -> PaymentAttempt:
    """Ask the provider what is true of an attempt and apply it. May run any number of times.

    :raises ProviderUnavailable, ProviderRejected:
    """
    attempt = PaymentAttempt.objects.get(pk=attempt_id)
    return settlement.apply(attempt.pk, _look(attempt, payment_id), cause=cause)


def refresh(payment: Payment) -> Payment:
    """Ask the provider about a debt that is not paid yet, and return the debt as it is now.

    When the provider does not answer the debt is returned as known: the sweep asks again.
    """
    if payment.status == PaymentStatus.PENDING:
        attempt = payment.attempts.order_by("-created_at").first()
        if attempt and (attempt.state in ACTIVE or attempt.provider_ref):
            try:
                return sync(attempt.pk, cause="refresh").payment
            except (ProviderUnavailable, ProviderRejected) as exc:
                logger.warning("attempt %s could not be refreshed: %s", attempt.pk, exc.code)
    return Payment.objects.get(pk=payment.pk)


def cancel_attempt(attempt_id: uuid.UUID | str) -> None:
    """Close at the provider an attempt that we no longer want; money that came first wins."""
    attempt = PaymentAttempt.objects.get(pk=attempt_id)
    if attempt.state != AttemptState.CANCELLING:
        return
    snapshot = _look(attempt)
    if snapshot.status == Status.OPEN:
        snapshot = providers.get(attempt.provider).cancel(Handle(snapshot.provider_ref))
    elif snapshot.status == Status.NOT_FOUND:
        # Nobody was ever given its address.
        snapshot = Snapshot(Status.CANCELLED, evidence="not found")
    settlement.apply(attempt.pk, snapshot, cause="cancel")


def _claim(payment_id: int, return_url: str, cancel_url: str, language: str) -> Claim:
    """Return the one active attempt, making it when there is none; committed when it returns."""
    with transaction.atomic(durable=True):
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        if payment.status == PaymentStatus.CANCELLED:
            raise PaymentClosed(_("This payment was cancelled. There is nothing to pay."))
        if payment.status != PaymentStatus.PENDING:
            raise AlreadyPaid(_("Your payment has been received. There is nothing left to pay."))
        attempt = payment.attempts.active().first()
        if attempt:
            return Claim(attempt, is_new=False)
        return Claim(_freeze(payment, return_url, cancel_url, language), is_new=True)


def _freeze(payment: Payment, return_url: str, cancel_url: str, language: str) -> PaymentAttempt:
    """Write the key and every parameter of the call, before the call."""
    ours = config.current()
    if is_for_training(payment):
        raise ProviderRejected(_("Training: no money moves. Take the fee at the cash desk."))
    if not ours.secret_key:
        raise ProviderRejected(_("Online payment is not open here. Pay at the office."))
    provider = providers.get(ours.provider)
    if not provider.limits(payment.currency).accept(payment.amount):
        raise ProviderRejected(_("This amount cannot be paid online. Pay at the office."))
    now = timezone.now()
    attempt = PaymentAttempt(
        payment=payment,
        provider=provider.code,
        livemode=ours.livemode,
        amount=payment.amount,
        currency=payment.currency,
        created_at=now,
        expires_at=now + LIFE,
    )
    attempt.create_key = f"pay:{attempt.pk}:start:1"
    attempt.create_params = provider.build_start(
        StartRequest(
            attempt=str(attempt.pk),
            reference=payment.reference,
            description=payment.description,
            money=payment.money,
            lines=[
                Line(pick(line["label"], language), line["quantity"], line["unit"])
                for line in payment.lines
            ],
            return_url=return_url,
            cancel_url=cancel_url,
            language=language,
            expires_at=attempt.expires_at,
        )
    )
    attempt.next_poll_at = settlement.next_poll(attempt, now)
    attempt.save(force_insert=True)
    return attempt


def is_for_training(payment: Payment) -> bool:
    """Tell whether this fee is due to an office where people only practise."""
    if settings.TRAINING:
        return not settings.PAYMENTS_SANDBOX
    return ledger.is_practice(payment)


def _bring_up(claim: Claim) -> PaymentAttempt:
    """Open an attempt that is not open yet, or ask where an open one stands."""
    attempt = claim.attempt
    if attempt.state in UNOPENED:
        try:
            return _open(attempt)
        except ProviderRejected as exc:
            settlement.close(attempt.pk, code=str(exc.details.get("code") or exc.code))
            if claim.is_new:
                raise
            return PaymentAttempt.objects.get(pk=attempt.pk)
    try:
        if attempt.state == AttemptState.CANCELLING:
            cancel_attempt(attempt.pk)
            return PaymentAttempt.objects.get(pk=attempt.pk)
        return sync(attempt.pk, cause="start")
    except ProviderUnavailable:
        # Its page may well answer although its interface does not.
        if attempt.state == AttemptState.PENDING and attempt.expires_at > timezone.now():
            return attempt
        raise


def _open(attempt: PaymentAttempt) -> PaymentAttempt:
    """Send the frozen call; the key makes any repetition the same attempt at the provider."""
    if attempt.state == AttemptState.CREATE_UNKNOWN or _is_key_old(attempt):
        snapshot = _look(attempt)
        if snapshot.status != Status.NOT_FOUND:
            return settlement.apply(attempt.pk, snapshot, cause="look-up")
        if _is_key_old(attempt):
            return settlement.close(attempt.pk, code="create_unknown")
    provider = providers.get(attempt.provider)
    try:
        snapshot = provider.start(attempt.create_params, key=attempt.create_key)
    except ProviderUnavailable as exc:
        if not exc.outcome_unknown:
            raise
        return _after_unknown(attempt, exc)
    return settlement.apply(attempt.pk, snapshot, cause="start")


def _after_unknown(attempt: PaymentAttempt, exc: ProviderUnavailable) -> PaymentAttempt:
    """Look whether the call was carried out; a provider repeats a stored failure for a day."""
    settlement.doubt(attempt.pk)
    snapshot = _look(attempt)
    if snapshot.status != Status.NOT_FOUND:
        return settlement.apply(attempt.pk, snapshot, cause="look-up")
    if attempt.state == AttemptState.CREATE_UNKNOWN:
        # An attempt whose address nobody ever saw is harmless: let it go, the next one is new.
        settlement.close(attempt.pk, code="create_unknown")
    raise exc


def _is_key_old(attempt: PaymentAttempt) -> bool:
    return attempt.created_at < timezone.now() - KEY_LIFE


def _look(attempt: PaymentAttempt, payment_id: str = "") -> Snapshot:
    provider = providers.get(attempt.provider)
    if attempt.provider_ref:
        known = attempt.provider_payment_id or payment_id
        return provider.fetch(Handle(attempt.provider_ref, known))
    return provider.find(str(attempt.pk), since=attempt.created_at - LOOK_BACK)

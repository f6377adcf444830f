"""Entries of the ledger, and what they say of a debt."""

from django.db.models import Case, F, Sum, When
from django.utils import timezone

from eservices.payments.models import LedgerEntry, LedgerKind, Payment, PaymentAttempt
from eservices.payments.providers.base import Snapshot

REVENUE = "revenue"
SURPLUS = "surplus"
SUSPENSE = "suspense"
CASH = "cash"


def till(office_code: str) -> str:
    """Name the account of the notes and coins of one office."""
    return f"{CASH}:{office_code}"


def receivable(payment: Payment) -> str:
    return f"receivable:{payment.reference}"


def owed(payment: Payment) -> int:
    """Return what is still to be paid, from the ledger alone."""
    account = receivable(payment)
    signed = Case(
        When(debit=account, then=F("amount")), When(credit=account, then=-F("amount")), default=0
    )
    return LedgerEntry.objects.filter(payment=payment).aggregate(total=Sum(signed))["total"] or 0


def post_due(payment: Payment, *, livemode: bool) -> None:
    _post(payment, LedgerKind.DUE, payment.reference, receivable(payment), REVENUE, livemode)


def post_cancellation(payment: Payment, *, livemode: bool) -> None:
    _post(
        payment, LedgerKind.CANCELLATION, payment.reference, REVENUE, receivable(payment), livemode
    )


def _post(
    payment: Payment, kind: LedgerKind, source: str, debit: str, credit: str, livemode: bool
) -> None:
    LedgerEntry.objects.create(
        payment=payment,
        kind=kind,
        source=source,
        debit=debit,
        credit=credit,
        amount=payment.amount,
        currency=payment.currency,
        livemode=livemode,
    )


def charge_source(attempt: PaymentAttempt, snapshot: Snapshot) -> str:
    """Name the money itself, so that the same money can never be written twice."""
    return f"{attempt.provider}:{snapshot.charge_id or snapshot.provider_ref}"


def has_charge(attempt: PaymentAttempt, snapshot: Snapshot) -> bool:
    source = charge_source(attempt, snapshot)
    return LedgerEntry.objects.filter(kind=LedgerKind.CHARGE, source=source).exists()


def post_charge(attempt: PaymentAttempt, snapshot: Snapshot, *, credit: str) -> None:
    """Write money that arrived. :raises IntegrityError: when this charge is already written."""
    LedgerEntry.objects.create(
        payment=attempt.payment,
        attempt=attempt,
        kind=LedgerKind.CHARGE,
        source=charge_source(attempt, snapshot),
        debit=f"psp:{attempt.provider}",
        credit=credit,
        amount=snapshot.amount,
        currency=snapshot.currency[:3].upper(),
        livemode=snapshot.livemode,
    )


def post_cash(attempt: PaymentAttempt, *, office_code: str) -> None:
    """Write notes and coins. :raises IntegrityError: when the debt was paid in cash already."""
    LedgerEntry.objects.create(
        payment=attempt.payment,
        attempt=attempt,
        kind=LedgerKind.CHARGE,
        source=f"{CASH}:{attempt.payment.reference}",
        debit=till(office_code),
        credit=receivable(attempt.payment),
        amount=attempt.amount,
        currency=attempt.currency,
        livemode=attempt.livemode,
    )


def post_refund(attempt: PaymentAttempt, snapshot: Snapshot) -> int:
    """Write what went back since the last time, and return the total that went back."""
    refunds = LedgerEntry.objects.filter(attempt=attempt, kind=LedgerKind.REFUND)
    before = refunds.aggregate(total=Sum("amount"))["total"] or 0
    if snapshot.refunded > before:
        LedgerEntry.objects.create(
            payment=attempt.payment,
            attempt=attempt,
            kind=LedgerKind.REFUND,
            source=f"{charge_source(attempt, snapshot)}:{snapshot.refunded}",
            debit=REVENUE,
            credit=f"psp:{attempt.provider}",
            amount=snapshot.refunded - before,
            currency=attempt.currency,
            livemode=attempt.livemode,
            at=timezone.now(),
        )
    return max(before, snapshot.refunded)

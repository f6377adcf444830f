"""Entries of the ledger, and what they say of a debt."""

from django.conf import settings
from django.db.models import Case, F, Sum, When
from django.utils import timezone

from eservices.payments import config
from eservices.payments.models import LedgerEntry, LedgerKind, Payment, PaymentAttempt
from eservices.payments.providers.base import Snapshot
from portal.accounts.models import Office

REVENUE = "revenue"
PRACTICE = "training:"  # before the accounts of offices where people only practise
SURPLUS = "surplus"
SUSPENSE = "suspense"
CASH = "cash"


def till(office: Office) -> str:
    """Name the account of the notes and coins of one office."""
    return f"{PRACTICE if office.practises else ''}{CASH}:{office.code}"


def is_practice(payment: Payment) -> bool:
    """Tell whether this debt is to an office where people only practise.

    What was written of it once decides: the office may have become a real one meanwhile.
    """
    entry = payment.entries.filter(kind=LedgerKind.DUE).first()
    if entry is not None:
        return entry.credit.startswith(PRACTICE)
    return _is_owed_to_practice(payment)


def _is_owed_to_practice(payment: Payment) -> bool:
    code = payment.receipt_series.lower()
    return settings.TRAINING or Office.objects.filter(code=code, is_training=True).exists()


def is_live(payment: Payment) -> bool:
    """Tell whether the money of this debt is real."""
    return config.current().livemode and not is_practice(payment)


def revenue(payment: Payment) -> str:
    """Name what the fee is income of; that of an exercise is never the State's."""
    return f"{PRACTICE}{REVENUE}" if is_practice(payment) else REVENUE


def receivable(payment: Payment) -> str:
    return f"receivable:{payment.reference}"


def owed(payment: Payment) -> int:
    """Return what is still to be paid, from the ledger alone."""
    account = receivable(payment)
    signed = Case(
        When(debit=account, then=F("amount")), When(credit=account, then=-F("amount")), default=0
    )
    return LedgerEntry.objects.filter(payment=payment).aggregate(total=Sum(signed))["total"] or 0


def post_due(payment: Payment) -> None:
    """Write what is owed; it is the first line of a debt, which later ones follow."""
    income = f"{PRACTICE}{REVENUE}" if _is_owed_to_practice(payment) else REVENUE
    _post(payment, LedgerKind.DUE, receivable(payment), income)


def post_cancellation(payment: Payment) -> None:
    _post(payment, LedgerKind.CANCELLATION, revenue(payment), receivable(payment))


def _post(payment: Payment, kind: LedgerKind, debit: str, credit: str) -> None:
    LedgerEntry.objects.create(
        payment=payment,
        kind=kind,
        source=payment.reference,
        debit=debit,
        credit=credit,
        amount=payment.amount,
        currency=payment.currency,
        livemode=is_live(payment),
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


def post_cash(attempt: PaymentAttempt, *, office: Office) -> None:
    """Write notes and coins. :raises IntegrityError: when the debt was paid in cash already."""
    LedgerEntry.objects.create(
        payment=attempt.payment,
        attempt=attempt,
        kind=LedgerKind.CHARGE,
        source=f"{CASH}:{attempt.payment.reference}",
        debit=till(office),
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
            debit=revenue(attempt.payment),
            credit=f"psp:{attempt.provider}",
            amount=snapshot.refunded - before,
            currency=attempt.currency,
            livemode=attempt.livemode,
            at=timezone.now(),
        )
    return max(before, snapshot.refunded)

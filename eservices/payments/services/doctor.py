"""The invariants of money, asked of the database by SQL."""

from collections.abc import Iterator

from django.db.models import Count, F, Sum

from eservices.payments.machine import ACTIVE, CAPTURED, AttemptState
from eservices.payments.models import (
    AttemptEvent,
    LedgerEntry,
    LedgerKind,
    Payment,
    PaymentAttempt,
    PaymentStatus,
)
from eservices.payments.services import ledger


def faults() -> Iterator[str]:
    """Yield one sentence per fault found; a healthy installation yields nothing."""
    yield from _charges()
    yield from _debts()
    yield from _attempts()


def _charges() -> Iterator[str]:
    charges = LedgerEntry.objects.filter(kind=LedgerKind.CHARGE)
    for row in charges.values("source").annotate(times=Count("pk")).filter(times__gt=1):
        yield f"charge {row['source']} is in the ledger {row['times']} times"
    loose = charges.exclude(attempt__state__in=CAPTURED)
    for attempt_id, state in loose.values_list("attempt_id", "attempt__state"):
        yield f"attempt {attempt_id} has money but is {state}"
    wrong = charges.filter(credit__startswith="receivable:").exclude(
        amount=F("attempt__amount"),
        currency=F("attempt__currency"),
        livemode=F("attempt__livemode"),
    )
    for entry in wrong:
        yield f"attempt {entry.attempt_id} was credited with other money than was asked"


def _debts() -> Iterator[str]:
    for payment in Payment.objects.order_by("pk").iterator():
        owed = ledger.owed(payment)
        is_settled = payment.status != PaymentStatus.PENDING
        if owed != (0 if is_settled else payment.amount):
            yield f"payment {payment.reference} is {payment.status} but {owed} is owed"


def _attempts() -> Iterator[str]:
    active = PaymentAttempt.objects.filter(state__in=ACTIVE).values("payment")
    for row in active.annotate(n=Count("pk")).filter(n__gt=1):
        yield f"payment {row['payment']} has {row['n']} active attempts"
    paid = PaymentAttempt.objects.filter(state__in=[AttemptState.SUCCEEDED, AttemptState.SURPLUS])
    for attempt in paid.annotate(n=Sum("entries__amount")).filter(n=None):
        yield f"attempt {attempt.pk} is {attempt.state} without money"
    for event in AttemptEvent.objects.filter(evidence="", actor=None):
        yield f"transition {event.pk} has neither evidence nor actor"

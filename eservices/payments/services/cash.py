"""Money taken at the counter, and what an office took in a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.payments.errors import AlreadyPaid, PaymentClosed
from eservices.payments.machine import AttemptState
from eservices.payments.models import (
    AttemptEvent,
    LedgerEntry,
    LedgerKind,
    Payment,
    PaymentAttempt,
    PaymentStatus,
)
from eservices.payments.services import attempts, ledger, settlement, tills
from portal.accounts.models import Office, User
from portal.audit import services as audit
from portal.core.money import Money


@dataclass(frozen=True)
class Taking:
    """One sum received: when, for what, how, and by whose hands."""

    at: datetime
    reference: str
    receipt_number: str
    channel: str  # "cash" or "online"
    money: Money
    cashier: str


def pay_cash(payment: Payment, *, cashier: User, office: Office) -> Payment:
    """Credit a debt with the money that `cashier` holds in hand, once, and give its receipt number.

    Asks first whether it was paid online; an attempt still open is abandoned, and money that comes
    by it afterwards is surplus. Opens its own transaction.
    :raises AlreadyPaid, PaymentClosed:
    """
    attempts.refresh(payment)
    with transaction.atomic(durable=True):
        locked = Payment.objects.select_for_update().get(pk=payment.pk)
        if locked.status == PaymentStatus.CANCELLED:
            raise PaymentClosed(_("This payment was cancelled. There is nothing to pay."))
        if locked.status != PaymentStatus.PENDING:
            raise AlreadyPaid(_("This is already paid: take no money."))
        attempt = _in_hand(locked, cashier, office)
        ledger.post_cash(attempt, office=office)
        settlement.mark_paid(attempt)
        audit.record(
            "cash.taken",
            actor=cashier,
            office=office.code,
            subject=locked.reference,
            details={"amount": locked.amount, "currency": locked.currency},
        )
    return locked


def takings(office: Office, day: date) -> Sequence[Taking]:
    """Return what paid this office's fees on `day` of its own clock, the first first.

    Its till, and what was paid online for its requests.
    """
    start = datetime.combine(day, time.min, tzinfo=ZoneInfo(office.time_zone))
    online = Q(
        debit__startswith="psp:",
        payment__receipt_series=office.code.upper(),
        credit__startswith="receivable:",
    )
    entries = (
        LedgerEntry.objects.filter(
            Q(debit=ledger.till(office)) | online,
            kind=LedgerKind.CHARGE,
            at__gte=start,
            at__lt=datetime.combine(day + timedelta(days=1), time.min, tzinfo=start.tzinfo),
        )
        .select_related("payment")
        .prefetch_related("attempt__events__actor")
        .order_by("at", "pk")
    )
    return [_taking(entry) for entry in entries]


def _in_hand(payment: Payment, cashier: User, office: Office) -> PaymentAttempt:
    """Write the attempt that succeeded as it was made, and who answers for it."""
    attempt = PaymentAttempt.objects.create(
        payment=payment,
        provider=ledger.CASH,
        livemode=ledger.is_live(payment),
        state=AttemptState.SUCCEEDED,
        amount=payment.amount,
        currency=payment.currency,
        create_key=f"{ledger.CASH}:{payment.reference}",
        create_params={"office": office.code},
        till=tills.held(cashier=cashier, office=office),
        expires_at=timezone.now(),
    )
    AttemptEvent.objects.create(
        attempt=attempt,
        from_state=AttemptState.CREATED,
        to_state=AttemptState.SUCCEEDED,
        cause=ledger.CASH,
        detail=office.code,
        actor=cashier,
    )
    return attempt


def _taking(entry: LedgerEntry) -> Taking:
    is_cash = not entry.debit.startswith("psp:")
    events = entry.attempt.events.all() if is_cash and entry.attempt else []
    return Taking(
        at=entry.at,
        reference=entry.payment.reference,
        receipt_number=entry.payment.receipt_number,
        channel=ledger.CASH if is_cash else "online",
        money=Money(entry.amount, entry.currency),
        cashier=next((str(event.actor) for event in events if event.actor), ""),
    )

"""What a request owes: made with the request, cancelled with it."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from eservices.payments.errors import AlreadyPaid, BadPayment
from eservices.payments.machine import AttemptState
from eservices.payments.models import Payment, PaymentStatus
from eservices.payments.services import ledger, settlement
from portal.core.money import Money
from portal.outbox.services import publish


def create(
    *,
    reference: str,
    lines: Sequence[dict[str, Any]],
    currency: str,
    description: str,
    receipt_series: str = "PORTAL",
) -> Payment:
    """Make the debt of one request: the sum of its lines, frozen. Runs in the caller's transaction.

    The receipt will be numbered without gap per year in `receipt_series`, such as an office's code.
    :raises BadPayment: when lines and amounts disagree or nothing is due.
    """
    total = Money(0, currency)
    for line in lines:
        if line["quantity"] * line["unit"] != line["amount"]:
            raise BadPayment(_("A line of the fee does not add up."), line=line["code"])
        total += Money(line["amount"], currency)
    payment = Payment(
        reference=reference,
        amount=total.amount,
        currency=currency,
        lines=list(lines),
        description=description[:200],
        receipt_series=receipt_series,
    )
    try:
        payment.clean_fields()
        payment.validate_constraints()
    except ValidationError as exc:
        raise BadPayment(" ".join(exc.messages)) from exc
    with transaction.atomic():
        payment.save(force_insert=True)
        ledger.post_due(payment)
    return payment


def cancel(payment: Payment) -> Payment:
    """Cancel a debt that is not paid; money that comes afterwards is surplus, never lost.

    Runs in the caller's transaction; the provider is told after the commit. Twice is once.
    :raises AlreadyPaid:
    """
    with transaction.atomic():
        locked = Payment.objects.select_for_update().get(pk=payment.pk)
        if locked.status == PaymentStatus.CANCELLED:
            return locked
        if locked.status != PaymentStatus.PENDING:
            raise AlreadyPaid(_("This is already paid."))
        locked.status = PaymentStatus.CANCELLED
        locked.save(update_fields=["status"])
        ledger.post_cancellation(locked)
        for attempt in locked.attempts.select_for_update().active():
            attempt.payment = locked
            settlement.move(
                attempt, AttemptState.CANCELLING, cause="debt cancelled", evidence=locked.reference
            )
            publish("payment.attempt_abandoned", attempt_id=str(attempt.pk))
    return locked

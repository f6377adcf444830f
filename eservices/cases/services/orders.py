"""Asking the applicant to pay in the middle of a circuit, and going on once it is paid.

The debt is one of the payments app, with its attempts, its ledger and its receipt; here only what
it means for the case: the clock stops, and settlement ends the stage.
"""

from contextlib import suppress
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases.circuit import Circuit, Stage
from eservices.cases.errors import BadRequest, TransitionNotAllowed
from eservices.cases.models import Case, CaseTask, PaymentOrder, TaskStatus
from eservices.cases.scope import scope
from eservices.cases.services import flow
from eservices.cases.services.stages import finish_task, open_task, require_complete, resume_clock
from eservices.cases.services.transitions import transition
from eservices.cases.workflow import Action
from eservices.payments import services as payments
from eservices.payments.models import Payment, PaymentStatus
from portal.accounts.models import User
from portal.core.expressions import evaluate

DAYS_TO_PAY = 30  # unless the e-service says otherwise
PAID = "paid"


def bill(case: Case, *, actor: User | None, stage: str = "") -> PaymentOrder | None:
    """Ask the applicant for the amount of a payment stage; the clock stops until it is settled.

    Nothing is owed, or it was paid before a step back: the stage ends at once and None is returned.
    :raises BadRequest: no amount can be worked out, or a question of the stage has no answer.
    """
    data: dict[str, Any] = {}
    with transition(case, Action.BILL, actor=actor, stage=stage, data=data) as case:
        task = open_task(case, stage, actor=actor)
        require_complete(case, task.stage)
        due = _amount(case, _stage(case, task)) - _paid_before(case, task)
        data |= {"stage": task.stage, "amount": due, "currency": case.version.spec["currency"]}
        if due <= 0:
            _go_on(case, task)
            return None
        case.paused_at = case.paused_at or timezone.now()
        return _order(case, task, due, by=actor)


def bill_at_once(task_id: int) -> None:
    """Ask for the amount as soon as the stage opens, when no agent has to fix it there first."""
    task = CaseTask.objects.select_related("case__version").get(pk=task_id)
    stage = Circuit.of(task.case.version.spec).find(task.stage)
    is_ours = stage is not None and stage.kind == "payment" and stage.amount is not None
    if stage is None or not is_ours or stage.fields or task.status != TaskStatus.OPEN:
        return
    if task.orders.exists():
        return
    try:
        with transaction.atomic():
            bill(task.case, actor=None, stage=task.stage)
    except BadRequest:
        # The repair list shows it; once the earlier answer is corrected an agent asks again.
        CaseTask.objects.filter(pk=task_id).update(problem="no_amount")


def settle_order(payment_id: int) -> None:
    """End the stage whose order is paid; nothing happens when it is not, or ended already."""
    order = (
        PaymentOrder.objects.paid()
        .filter(payment_id=payment_id, task__status=TaskStatus.OPEN)
        .select_related("case", "task", "payment")
        .first()
    )
    if order is None:
        return
    payment = order.payment
    data = {
        "stage": order.task.stage,
        "amount": payment.amount,
        "currency": payment.currency,
        "receipt": payment.receipt_number,
        "payment": payment.pk,
    }
    # The page the payer comes back to and the worker may both be here: the second does nothing.
    with (
        suppress(TransitionNotAllowed),
        transition(order.case, Action.SETTLE, stage=order.task.stage, data=data) as case,
    ):
        task = case.tasks.filter(pk=order.task_id, status=TaskStatus.OPEN).first()
        if task is None:
            raise TransitionNotAllowed
        _go_on(case, task)


def payment_due(case: Case) -> Payment | None:
    """Return what the applicant may pay now: the fee of the filing, else the oldest order."""
    if case.payment is not None and case.payment.status == PaymentStatus.PENDING:
        return case.payment
    order = case.orders.unpaid().select_related("payment").first()
    return order.payment if order else None


def _go_on(case: Case, task: CaseTask) -> None:
    finished = finish_task(case, actor=None, outcome=PAID, stage=task.stage)
    resume_clock(case)
    flow.advance(case, finished)


def _order(case: Case, task: CaseTask, due: int, *, by: User | None) -> PaymentOrder:
    stage = _stage(case, task)
    number = case.orders.count() + 1  # the case is locked
    title = stage.title if isinstance(stage.title, dict) else {"fr": stage.title_in("fr")}
    payment = payments.create(
        reference=f"{case.reference}-{number}",
        receipt_series=task.office.code.upper(),
        lines=[{"code": stage.key, "label": title, "quantity": 1, "unit": due, "amount": due}],
        currency=case.version.spec["currency"],
        description=f"{stage.title_in(case.language)} {case.reference}",
    )
    days = case.version.spec.get("complement", {}).get("days", DAYS_TO_PAY)
    return PaymentOrder.objects.create(
        case=case, task=task, payment=payment, made_by=by,
        pay_by=timezone.now() + timedelta(days=days),
    )  # fmt: skip


def _amount(case: Case, stage: Stage) -> int:
    value = evaluate(stage.amount, scope(case))
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        raise BadRequest(_("The amount to pay is not known: complete the answers it comes from."))
    return int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP))


def _paid_before(case: Case, task: CaseTask) -> int:
    """What was paid for this stage before the case came back to it."""
    paid = PaymentOrder.objects.paid().filter(case=case, task__stage=task.stage)
    return sum(paid.values_list("payment__amount", flat=True))


def _stage(case: Case, task: CaseTask) -> Stage:
    stage = Circuit.of(case.version.spec).find(task.stage)
    if stage is None or stage.amount is None:
        raise BadRequest(_("This stage asks for no payment."))
    return stage

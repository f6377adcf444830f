"""What the clock brings: reminders to pay and to answer, and acts that were not produced."""

from datetime import timedelta

from django.utils import timezone

from eservices.cases import deadlines, telling
from eservices.cases.models import Case, CaseStatus, Complement, PaymentOrder
from eservices.cases.services import absences, recourse, timers

PAYMENT_REMINDERS = (timedelta(days=1), timedelta(days=7))
COMPLEMENT_REMINDERS = (timedelta(days=10), timedelta(days=3))  # before the last day


def remind_payments() -> int:
    """Remind people whose request is complete but unpaid, after a day and after a week."""
    count = 0
    for number, delay in enumerate(PAYMENT_REMINDERS, start=1):
        until = timezone.now() - delay
        waiting = Case.objects.filter(
            status=CaseStatus.AWAITING_PAYMENT,
            created_at__lt=until,
            created_at__gt=until - timedelta(days=2),
        )
        for case in waiting.select_related("eservice", "office", "payment").order_by("pk")[:1000]:
            telling.remind_payment(case, key=f"reminder-{number}")
            count += 1
    return count


def remind_complements() -> int:
    """Remind people who have not answered a complement, ten and three days before the last day."""
    count = 0
    for number, before in enumerate(COMPLEMENT_REMINDERS, start=1):
        soon = timezone.now() + before
        waiting = Complement.objects.filter(
            answered_at=None, answer_by__lt=soon, answer_by__gt=soon - timedelta(days=2)
        ).select_related("case__eservice", "case__office")
        for complement in waiting.order_by("pk")[:1000]:
            telling.remind_complement(complement.case, key=f"{complement.pk}-{number}")
            count += 1
    return count


def remind_orders() -> int:
    """Remind people who have not paid what a stage asks, ten and three days before the last day."""
    count = 0
    for number, before in enumerate(COMPLEMENT_REMINDERS, start=1):
        soon = timezone.now() + before
        waiting = PaymentOrder.objects.unpaid().filter(
            pay_by__lt=soon, pay_by__gt=soon - timedelta(days=2)
        )
        related = ("case__eservice", "case__office", "payment")
        for order in waiting.select_related(*related).order_by("pk")[:1000]:
            telling.to_pay(order.case, order, key=f"{order.pk}-{number}")
            count += 1
    return count


def run_timers() -> int:
    """Remind, escalate, take silence for an answer, in the stages whose time has come."""
    return timers.run_due()


def follow_calendars() -> int:
    """Work deadlines out anew where holidays were entered or taken away."""
    return deadlines.follow_calendars()


def return_orphans() -> int:
    """Give the tasks of people who left back to their offices."""
    return absences.return_orphans()


def lapse_unanswered() -> int:
    """Close requests whose applicant did not answer by the last day."""
    return recourse.lapse_unanswered()


def lapse_unpaid() -> int:
    """Give back what unpaid requests reserved and did not pay for within a day."""
    return recourse.lapse_unpaid()

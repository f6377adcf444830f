"""What the clock brings: reminders to pay and to answer, and acts that were not produced."""

from datetime import timedelta

from django.utils import timezone

from eservices.cases import telling
from eservices.cases.models import Case, CaseStatus, Complement

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

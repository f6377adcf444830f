"""A sum that a stage asks of the applicant, once the request is under way."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F
from django.utils import timezone

from eservices.payments.models import Payment, PaymentStatus
from portal.accounts.models import User


class PaymentOrderQuerySet(models.QuerySet["PaymentOrder"]):
    def unpaid(self) -> Self:
        return self.filter(payment__status=PaymentStatus.PENDING)

    def paid(self) -> Self:
        return self.filter(payment__status=PaymentStatus.SUCCEEDED)

    def late(self, now: datetime | None = None) -> Self:
        return self.unpaid().filter(pay_by__lt=now or timezone.now())


class PaymentOrder(models.Model):
    """One debt of one stage; paying it ends the stage. The debt itself lives with the payments."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="orders")
    task = models.ForeignKey("cases.CaseTask", on_delete=models.PROTECT, related_name="orders")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="order")
    made_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    pay_by = models.DateTimeField()

    objects = PaymentOrderQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(F("pay_by"), name="order_pay_by")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.payment_id}"

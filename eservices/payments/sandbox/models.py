"""What the pretended provider remembers."""

import secrets
import time
from typing import Any

from django.db import models
from django.db.models import Q, Sum


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"


def now() -> int:
    return int(time.time())


def new_session_id() -> str:
    return new_id("cs_test")


def new_intent_id() -> str:
    return new_id("pi")


class SandboxSession(models.Model):
    """A checkout session with its intent and its charge: here they are one row."""

    id = models.CharField(primary_key=True, max_length=64, default=new_session_id)
    created = models.BigIntegerField(default=now, db_index=True)
    expires_at = models.BigIntegerField()
    params = models.JSONField()
    amount_total = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, default="open")
    is_paid = models.BooleanField(default=False)
    intent_id = models.CharField(max_length=64, default=new_intent_id, unique=True)
    intent_status = models.CharField(max_length=30, default="requires_payment_method")
    method = models.CharField(max_length=20, default="card")
    charge_id = models.CharField(max_length=64, blank=True)
    error_code = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_paid=False) | ~Q(charge_id=""),
                name="sandbox_paid_has_charge",
                violation_error_message="A paid session has a charge.",
            )
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def refunded(self) -> int:
        total = self.refunds.exclude(status="failed").aggregate(total=Sum("amount"))["total"]
        return total or 0


class SandboxRefund(models.Model):
    id = models.CharField(primary_key=True, max_length=64)
    session = models.ForeignKey(SandboxSession, on_delete=models.CASCADE, related_name="refunds")
    created = models.BigIntegerField(default=now)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=30, blank=True)
    status = models.CharField(max_length=20, default="succeeded")
    metadata = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.id


class SandboxEvent(models.Model):
    id = models.CharField(primary_key=True, max_length=64)
    created = models.BigIntegerField(default=now, db_index=True)
    type = models.CharField(max_length=80)
    body = models.JSONField()

    def __str__(self) -> str:
        return f"{self.type} {self.id}"

    def render(self) -> dict[str, Any]:
        return {**self.body, "id": self.id, "created": self.created, "type": self.type}


class SandboxKey(models.Model):
    """The first answer to an idempotency key, failures included; empty while it is being made."""

    key = models.CharField(primary_key=True, max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(default=dict)
    started = models.BigIntegerField(default=now)

    def __str__(self) -> str:
        return self.key

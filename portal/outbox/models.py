"""What happened and must be told: written with the change itself, delivered after it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

MAX_ATTEMPTS = 16  # about eighteen hours of retries, then it waits for a person
TRIES_BEFORE_TOLD = 3  # half a minute: no passing trouble any more, people may look at it


class OutboxMessageQuerySet(models.QuerySet["OutboxMessage"]):
    def undelivered(self) -> Self:
        return self.filter(delivered_at=None)

    def due(self, now: datetime | None = None) -> Self:
        """Messages that may be delivered now, oldest first."""
        return (
            self.undelivered()
            .filter(available_at__lte=now or timezone.now(), attempts__lt=MAX_ATTEMPTS)
            .order_by("available_at", "pk")
        )

    def parked(self) -> Self:
        """Messages that failed too often: they wait for a person, and hold nobody up."""
        return self.undelivered().filter(attempts__gte=MAX_ATTEMPTS)

    def failing(self) -> Self:
        """Messages that failed several times, whether they are tried again by themselves or not.

        One that ends its worker each time leaves no error: it was tried once more than it failed.
        """
        failed = Q(attempts__gte=TRIES_BEFORE_TOLD) & ~Q(last_error="")
        return self.undelivered().filter(failed | Q(attempts__gt=TRIES_BEFORE_TOLD))

    def delivered_before(self, moment: datetime) -> Self:
        return self.filter(delivered_at__lt=moment)


class OutboxMessage(models.Model):
    """One fact for one subscriber. `available_at` also holds the lease of the worker that has it."""

    topic = models.CharField(max_length=100)
    handler = models.CharField(max_length=200)
    payload = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    available_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    delivered_at = models.DateTimeField(null=True, editable=False)

    objects = OutboxMessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                F("available_at"), F("id"), condition=Q(delivered_at=None), name="outbox_due"
            ),
            models.Index(
                F("delivered_at"), condition=~Q(delivered_at=None), name="outbox_delivered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} → {self.handler}"

    @property
    def is_parked(self) -> bool:
        return self.attempts >= MAX_ATTEMPTS


class ScheduledRun(models.Model):
    """When a function of the schedule was last started, whichever machine did it."""

    function = models.CharField(max_length=200, unique=True)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.function} at {self.started_at}"

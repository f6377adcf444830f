"""Messages to people, one row per channel: what was said, where, and whether it left."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class DeliveryStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def unsent(self, now: datetime | None = None) -> Self:
        """Deliveries to try: waiting ones, and those whose sender died in the middle."""
        return self.filter(
            Q(status=DeliveryStatus.QUEUED)
            | Q(status=DeliveryStatus.SENDING, lease_until__lt=now or timezone.now())
        )

    def failed(self) -> Self:
        """Deliveries that will not be tried again by themselves; codes are left out, they are too old."""
        return self.filter(status=DeliveryStatus.FAILED, is_sensitive=False)

    def to_person(self, text: str) -> Self:
        """Deliveries whose recipient contains `text`."""
        return self.filter(to__icontains=text)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class Delivery(models.Model):
    """One message on one channel. `key` says what it is about, so that it is never queued twice."""

    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    to = models.CharField(_("to"), max_length=254)
    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    body = models.TextField(_("text"))
    html = models.TextField(blank=True)
    is_sensitive = models.BooleanField(default=False)  # holds a code: the text is wiped once sent
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=DeliveryStatus.choices,
        default=DeliveryStatus.QUEUED,
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    lease_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("message sent")
        verbose_name_plural = _("messages sent")
        constraints = [
            models.UniqueConstraint(fields=["key", "channel"], name="delivery_unique"),
            models.CheckConstraint(
                condition=Q(sent_at=None) ^ Q(status=DeliveryStatus.SENT),
                name="delivery_sent_has_date",
            ),
        ]
        indexes = [models.Index(fields=["-created_at"], name="delivery_newest")]

    def __str__(self) -> str:
        return f"{self.kind} → {self.to} ({self.channel}, {self.status})"

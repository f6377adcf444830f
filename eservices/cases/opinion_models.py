"""What a stage obtains from elsewhere: the opinion of an outside person, a register's yes or no, a hearing."""

from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Office, User


class OutsideRequestQuerySet(models.QuerySet["OutsideRequest"]):
    def answerable(self, now: datetime | None = None) -> Self:
        """Links that still work: not used, not taken back, not expired, their stage still open."""
        return self.unanswered().filter(expires_at__gt=now or timezone.now())

    def unanswered(self) -> Self:
        """Questions that still stand, whether or not their link works."""
        return self.filter(answered_at=None, cancelled_at=None, task__status="open")


class OutsideRequest(models.Model):
    """A question to somebody without an account, answered once by a secret link."""

    task = models.ForeignKey(
        "cases.CaseTask", on_delete=models.CASCADE, related_name="asked_outside"
    )
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    # Only its digest is kept: who reads the database cannot answer in somebody's place.
    token_sha256 = models.CharField(max_length=64, unique=True)
    sent_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)
    comment = models.TextField(blank=True, max_length=2000)

    objects = OutsideRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="outside_answer_dated",
                condition=Q(answered_at=None, outcome="")
                | (Q(answered_at__isnull=False) & ~Q(outcome="")),
                violation_error_message=_("An answer has a date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}: {self.name}"


class Concordance(models.TextChoices):
    CONCORDANT = "concordant", _("Concordant")
    NOT_CONCORDANT = "not_concordant", _("Not concordant")
    UNKNOWN = "unknown", _("Not in the register")
    UNREACHABLE = "unreachable", _("The register does not answer")


class RegistryCheck(models.Model):
    """One question to a register, and its yes or no. Never the record itself."""

    task = models.ForeignKey("cases.CaseTask", on_delete=models.CASCADE, related_name="checks")
    registry = models.CharField(max_length=40)
    result = models.CharField(max_length=20, choices=Concordance.choices)
    message_id = models.UUIDField(unique=True)
    sent_sha256 = models.CharField(max_length=64)  # what was asked, provable without keeping it
    asked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.registry}: {self.result}"


class HearingStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class Hearing(models.Model):
    """A sitting of an office: a day, a room, and the cases heard and decided together."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    room = models.CharField(max_length=120)
    presided_by = models.CharField(max_length=200, blank=True)
    status = models.CharField(
        max_length=20, choices=HearingStatus.choices, default=HearingStatus.PLANNED
    )
    present = models.TextField(blank=True)  # assessors, one a line
    remarks = models.TextField(blank=True)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    minutes_number = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(F("office"), F("starts_at"), name="hearing_office")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def is_to_come(self) -> bool:
        """Whether its day, on the clock of its office, has not begun: nothing can be decided yet."""
        zone = ZoneInfo(self.office.time_zone)
        return self.starts_at.astimezone(zone).date() > timezone.now().astimezone(zone).date()


class HearingItem(models.Model):
    """One case on the list of a hearing."""

    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="items")
    task = models.OneToOneField(
        "cases.CaseTask", on_delete=models.PROTECT, related_name="hearing_item"
    )
    position = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["hearing", "position"], name="hearing_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.hearing_id}: {self.position}"

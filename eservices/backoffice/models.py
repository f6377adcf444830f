"""What people at the desk keep for themselves: views, labels, rules of distribution, exports."""

import secrets
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.cases.models import Case
from eservices.catalog.models import EService
from portal.accounts.models import Office, User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def for_agent(self, user: User, office_ids: list[int]) -> Self:
        """A person's own views, and those that colleagues share in these offices."""
        return self.filter(Q(owner=user) | Q(office__in=office_ids))


class SavedView(models.Model):
    """Filters of the queue under a name; with an office, for everybody who works there."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="saved_view_name_once",
                violation_error_message=_("You already have a view of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    """A word that an office sticks on its cases."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="labels")
    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "name"],
                name="label_name_once",
                violation_error_message=_("The office already has this label."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CaseLabel(models.Model):
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="desk_labels")
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="cases")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "label"], name="case_label_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.label_id}"


class Method(models.TextChoices):
    QUEUE = "queue", _("Agents take the oldest request themselves")
    RANDOM = "random", _("At random")
    LOAD = "load", _("To whoever has the fewest in hand")


class Distribution(models.Model):
    """How new requests reach agents, from a moment on. Rows are added, never changed."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="distributions")
    eservice = models.ForeignKey(EService, null=True, blank=True, on_delete=models.CASCADE)
    method = models.CharField(max_length=10, choices=Method.choices)
    chosen_by = models.ForeignKey(User, on_delete=models.PROTECT)
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.office_id}: {self.method}"


class Content(models.TextChoices):
    CASES = "cases", _("Requests of a view")
    FIGURES = "figures", _("Figures")


class Format(models.TextChoices):
    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel (XLSX)")
    ODS = "ods", _("LibreOffice (ODS)")


class ExportStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


def new_key() -> str:
    return secrets.token_urlsafe(24)


class Export(models.Model):
    """A file made by the worker for one person, who may fetch it for some days."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    key = models.CharField(max_length=40, unique=True, default=new_key)
    content = models.CharField(max_length=10, choices=Content.choices)
    format = models.CharField(max_length=5, choices=Format.choices)
    query = models.CharField(max_length=1000, blank=True)
    status = models.CharField(
        max_length=10, choices=ExportStatus.choices, default=ExportStatus.WAITING
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(F("owner"), F("id").desc(), name="export_of_person")]
        constraints = [
            models.CheckConstraint(
                name="export_ready_has_file",
                condition=~Q(status=ExportStatus.READY)
                | (~Q(file="") & Q(expires_at__isnull=False)),
                violation_error_message=_("A finished export has a file and an end."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.content} {self.format}: {self.status}"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class Rhythm(models.TextChoices):
    WEEKLY = "weekly", _("Every Monday")
    MONTHLY = "monthly", _("On the first day of the month")


class FiguresPlan(models.Model):
    """Figures that a chief receives by mail, again and again."""

    owner = models.OneToOneField(User, on_delete=models.CASCADE, related_name="figures_plan")
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices)
    format = models.CharField(max_length=5, choices=Format.choices, default=Format.XLSX)
    last_day = models.DateField(null=True)  # the last day of the period sent last

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.rhythm}"

"""Files that people attach, each owned by a draft, a case or a message."""

import uuid
from typing import Self

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def private_storage() -> Storage:
    return storages["private"]


class ScanStatus(models.TextChoices):
    QUARANTINED = "quarantined", _("Waiting for the virus scan")
    CLEAN = "clean", _("No virus found")
    REFUSED = "refused", _("Virus found")
    NOT_SCANNED = "not_scanned", _("Not scanned")


WHY_HELD = {
    ScanStatus.QUARANTINED.value: _(
        "This file waits for the virus scan. Come back in a few minutes."
    ),
    ScanStatus.REFUSED.value: _(
        "The virus scan found something dangerous in this file: nobody can open it. Ask for this piece again."
    ),
}
HELD = tuple(WHY_HELD)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def of(self, owner: str) -> Self:
        return self.filter(owner_key=owner)

    def readable(self) -> Self:
        """Leave out what a virus scan holds back."""
        return self.exclude(scan_status__in=HELD)

    def without_viruses(self) -> Self:
        """Leave out what the scan refused; what still waits for it may be copied, and stays held."""
        return self.exclude(scan_status=ScanStatus.REFUSED)

    def awaiting_scan(self) -> Self:
        return self.filter(scan_status=ScanStatus.QUARANTINED)


class Attachment(models.Model):
    """One file: what was kept of it after the checks, under an opaque name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # "draft:<uuid>" or "case:<uuid>": this layer does not know who owns files, only their key.
    owner_key = models.CharField(max_length=80, db_index=True)
    slot = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    # Of the bytes as they were sent: what is kept of a photo is another file.
    sent_sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    page_count = models.PositiveIntegerField(null=True)
    file = models.FileField(storage=private_storage, max_length=120)
    scan_status = models.CharField(
        max_length=12, choices=ScanStatus.choices, default=ScanStatus.NOT_SCANNED
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scan_status__in=ScanStatus.values),
                name="attachment_scan_status_known",
                violation_error_message=_("Unknown scan status."),
            ),
            models.CheckConstraint(
                condition=~Q(owner_key=""),
                name="attachment_has_owner",
                violation_error_message=_("A file belongs to a request."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_held(self) -> bool:
        """Whether nobody may open it: the virus scan is still to come, or found something."""
        return self.scan_status in HELD

    @property
    def why_held(self) -> str:
        """Return in words why nobody may open it and what to do; empty when everybody may."""
        return str(WHY_HELD.get(self.scan_status, ""))


class UploadState(models.TextChoices):
    RECEIVING = "receiving", _("On its way")
    CHECKING = "checking", _("Being checked")
    KEPT = "kept", _("Received")
    REFUSED = "refused", _("Refused")


class UploadQuerySet(models.QuerySet["Upload"]):
    def of(self, owner: str) -> Self:
        return self.filter(owner_key=owner)

    def expired(self) -> Self:
        return self.filter(expires_at__lt=timezone.now())


class Upload(models.Model):
    """A file on its way, piece by piece, over a line that may break; then what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_key = models.CharField(max_length=80, db_index=True)
    slot = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    accept = models.JSONField(default=list)
    max_mb = models.PositiveSmallIntegerField()
    length = models.PositiveIntegerField()
    offset = models.PositiveIntegerField(default=0)
    parts = models.JSONField(default=list)  # names in the private store, in order
    state = models.CharField(
        max_length=12, choices=UploadState.choices, default=UploadState.RECEIVING
    )
    checking_since = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(offset__lte=F("length")),
                name="upload_not_longer_than_announced",
                violation_error_message=_("More arrived than was announced."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        return self.offset == self.length

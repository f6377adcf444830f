"""Files that people attach, each owned by a draft, a case or a message."""

import uuid
from typing import Self

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def private_storage() -> Storage:
    return storages["private"]


class ScanStatus(models.TextChoices):
    QUARANTINED = "quarantined", _("Waiting for the virus scan")
    CLEAN = "clean", _("No virus found")
    REFUSED = "refused", _("Virus found")
    NOT_SCANNED = "not_scanned", _("Not scanned")


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def of(self, owner: str) -> Self:
        return self.filter(owner_key=owner)

    def readable(self) -> Self:
        """Leave out what a virus scan holds back."""
        return self.exclude(scan_status__in=[ScanStatus.QUARANTINED, ScanStatus.REFUSED])


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
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")

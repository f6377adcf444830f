"""Documents that an office has issued, with the number of its register and a public proof."""

from datetime import date
from typing import Self

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Office


def private_storage() -> Storage:
    return storages["private"]


class DocumentStatus(models.TextChoices):
    VALID = "valid", _("Valid")
    CANCELLED = "cancelled", _("Cancelled")
    REPLACED = "replaced", _("Replaced")


class IssuedDocumentQuerySet(models.QuerySet["IssuedDocument"]):
    def of(self, owner: str) -> Self:
        return self.filter(owner_key=owner)

    def valid(self) -> Self:
        return self.filter(status=DocumentStatus.VALID)


class IssuedDocument(models.Model):
    """One line of an office's register; never deleted, its file never changed."""

    number = models.CharField(_("number"), max_length=60, unique=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    series = models.CharField(max_length=20)
    kind = models.CharField(max_length=60)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(max_length=5)
    owner_key = models.CharField(max_length=80, db_index=True)
    # Set by the caller so that a job that runs twice issues once.
    idempotency_key = models.CharField(max_length=120, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    issued_at = models.DateTimeField(_("issued on"))
    issued_by = models.CharField(_("issued by"), max_length=200, blank=True)
    valid_until = models.DateField(_("valid until"), null=True)
    # The office above receives it: the law submits it to its control.
    is_controlled = models.BooleanField(_("subject to control"), default=False)
    code = models.CharField(_("verification code"), max_length=32, unique=True)
    # Of what the document says: printed on it, and shown when it is verified.
    fingerprint = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    file = models.FileField(storage=private_storage, max_length=120, db_index=True)
    status = models.CharField(
        max_length=10, choices=DocumentStatus.choices, default=DocumentStatus.VALID
    )
    status_changed_at = models.DateTimeField(null=True)
    status_reason = models.CharField(_("reason"), max_length=500, blank=True)
    status_actor = models.CharField(max_length=200, blank=True)
    replaced_by = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="replaces"
    )

    objects = IssuedDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("issued document")
        verbose_name_plural = _("issued documents")
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="document_issued_once",
                violation_error_message=_("This document is issued already."),
            ),
            models.CheckConstraint(
                condition=Q(status=DocumentStatus.VALID, status_reason="", replaced_by=None)
                | Q(status=DocumentStatus.CANCELLED, replaced_by=None) & ~Q(status_reason="")
                | Q(status=DocumentStatus.REPLACED, replaced_by__isnull=False),
                name="document_status_explained",
                violation_error_message=_("Say why the document is cancelled or replaced."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def display_code(self) -> str:
        """The verification code as printed, in groups of four."""
        return "-".join(self.code[at : at + 4] for at in range(0, len(self.code), 4))

    @property
    def file_name(self) -> str:
        return self.number.replace("/", "-") + ".pdf"

    @property
    def is_of_request(self) -> bool:
        """Its subject is then whom the request is about; minutes of a meeting have none."""
        return self.owner_key.startswith("case:")

    def is_expired(self, today: date | None = None) -> bool:
        return self.valid_until is not None and self.valid_until < (today or timezone.localdate())


class OfficeStamp(models.Model):
    """The pictures of an office on what it issues: its stamp, and the crest of its letterhead.

    The stamp is of this office alone; the crest serves the offices below it as well.
    """

    office = models.OneToOneField(
        Office, on_delete=models.CASCADE, related_name="+", verbose_name=_("office")
    )
    # PNG both, small: read with every document.
    image = models.BinaryField(_("stamp"), default=bytes)
    crest = models.BinaryField(_("crest"), default=bytes)
    updated_at = models.DateTimeField(_("changed on"), auto_now=True)

    class Meta:
        verbose_name = _("stamp and crest of an office")
        verbose_name_plural = _("stamps and crests of offices")

    def __str__(self) -> str:
        return str(self.office)


class SealAuthority(models.Model):
    """The certificate that vouches for the seals since a day; the last one is in use.

    Kept here so that a lost key is noticed: a new one made in silence would be trusted by nobody.
    """

    fingerprint = models.CharField(max_length=64, unique=True)  # SHA-256, hexadecimal
    certificate = models.TextField()  # PEM, public
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-since", "-pk"]

    def __str__(self) -> str:
        return self.fingerprint

    @property
    def pairs(self) -> str:
        """The fingerprint in pairs, as people compare it by telephone."""
        digest = self.fingerprint.upper()
        return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))

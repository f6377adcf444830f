"""What a citizen is still writing. No agent ever sees it; it is deleted when sent or forgotten."""

import uuid
from collections.abc import Collection
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.catalog.models import EService, EServiceVersion
from portal.accounts.models import User


class DraftQuerySet(models.QuerySet["Draft"]):
    def for_applicant(self, user: User) -> Self:
        return self.filter(owner=user)

    def for_holder(
        self, user: User | None, keys: Collection[uuid.UUID], proven: Collection[uuid.UUID] = ()
    ) -> Self:
        """Drafts of the account, drafts without owner whose key this browser holds, and those that
        a code sent by SMS has opened here."""
        held = Q(owner=None, pk__in=keys)
        if proven:
            held |= Q(pk__in=proven)
        return self.filter(held | Q(owner=user) if user else held)

    def with_version(self) -> Self:
        """Load what every page of the way needs in one query, the spec left out."""
        return self.select_related("version", "eservice").defer(
            "version__spec", "eservice__definition"
        )

    def expired(self) -> Self:
        return self.filter(expires_at__lt=timezone.now())


class Draft(models.Model):
    """An unfinished request. Its key is unguessable; whoever holds it may continue."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    eservice = models.ForeignKey(EService, on_delete=models.CASCADE)
    version = models.ForeignKey(EServiceVersion, on_delete=models.PROTECT)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE)
    language = models.CharField(max_length=5, default="fr")
    answers = models.JSONField(default=dict)
    steps_done = models.JSONField(default=list)
    phone = models.CharField(max_length=20, blank=True)  # where the way back is sent
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("owner"), F("saved_at").desc(), name="draft_owner"),
            models.Index(F("expires_at"), name="draft_expiry"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Purpose(models.TextChoices):
    RESUME = "resume", _("Resume a draft")
    TRACK = "track", _("Follow a request")


class AccessCode(models.Model):
    """A short code sent by SMS that opens one draft or one request. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    # Null when nothing matched what was typed: the answer must look the same.
    target = models.UUIDField(null=True)
    code_hash = models.CharField(max_length=128)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.created_at:%Y-%m-%d %H:%M}"

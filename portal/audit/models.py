"""The journal of sensitive acts: lines that nobody changes, the chain over them, one head a day."""

import uuid
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Self

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FIRST = "0" * 64  # what the first link follows


class AuditLineQuerySet(models.QuerySet["AuditLine"]):
    def for_offices(self, codes: Collection[str]) -> Self:
        """What was done in these offices: what their chiefs may read."""
        return self.filter(office__in=codes)

    def unchained(self, since: datetime | None = None) -> Self:
        lines = self.filter(link=None)
        return lines.filter(at__gte=since) if since else lines

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class AuditLine(models.Model):
    """One act. Names are copied, not linked: a line says what was true, whatever changes later."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now)
    act = models.CharField(_("act"), max_length=60)
    actor_key = models.BigIntegerField(null=True)  # the account; no foreign key, see the docstring
    actor_name = models.CharField(_("who"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=40, blank=True)
    office = models.CharField(_("office"), max_length=80, blank=True)
    subject = models.CharField(_("about"), max_length=120, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)
    request = models.CharField(max_length=32, blank=True)
    seal = models.CharField(max_length=64)  # keyed: who has only the database cannot make one

    objects = AuditLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the journal")
        verbose_name_plural = _("journal")
        indexes = [
            models.Index(F("at"), name="audit_at"),
            models.Index(F("office"), F("id").desc(), name="audit_office"),
            models.Index(F("subject"), F("id").desc(), name="audit_subject"),
            models.Index(F("actor_key"), F("id").desc(), name="audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject} ({self.actor_name or '–'})"

    def content(self) -> dict[str, Any]:
        """Return everything the line says, in the form that is sealed and exported."""
        return {
            "key": str(self.key),
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "act": self.act,
            "actor": self.actor_key,
            "name": self.actor_name,
            "role": self.role,
            "office": self.office,
            "subject": self.subject,
            "details": self.details,
            "request": self.request,
        }


class AuditLink(models.Model):
    """The place of a line in the chain; `digest` covers the line and all that came before it."""

    position = models.BigIntegerField(primary_key=True)
    line = models.OneToOneField(AuditLine, on_delete=models.PROTECT, related_name="link")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)  # so that the chain cannot be worked out anew either
    chained_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(F("chained_at"), name="audit_chained")]

    def __str__(self) -> str:
        return f"{self.position}: {self.digest[:12]}"


class AuditHead(models.Model):
    """Where the chain stood at the end of a day (UTC). Printed and mailed, it shows a cut end."""

    day = models.DateField(_("day"), primary_key=True)
    position = models.BigIntegerField(_("lines"))
    digest = models.CharField(_("head"), max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.position} {self.digest}"

"""Acts that the office above receives because the law submits them to its control (ADR 0040)."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.cases.models import Case, Delegation
from eservices.documents.models import IssuedDocument
from portal.accounts.models import Office, Role, User
from portal.accounts.separation import reading_roles


class TransmissionQuerySet(models.QuerySet["Transmission"]):
    def for_chief(self, user: User) -> Self:
        """Acts sent to the offices whose chief `user` is, or replaces today."""
        roles = reading_roles(Delegation.objects.memberships_today(user, timezone.now()))
        return self.filter(office__in=roles.filter(role=Role.CHIEF).values("office"))

    def unseen(self) -> Self:
        return self.filter(seen_at=None)


class Transmission(models.Model):
    """One act that an office issued, as its superior office receives it: the act, not the file."""

    document = models.OneToOneField(
        IssuedDocument, on_delete=models.PROTECT, related_name="transmission"
    )
    # The file may be destroyed at the end of its retention; the act stays in the register.
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", db_index=False)
    issuer = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Issued, cancelled or replaced: what is new comes first, and is to be seen again.
    moved_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = TransmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-moved_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="transmission_seen_by_somebody",
                violation_error_message=_("Say who has seen the act."),
            ),
            models.CheckConstraint(
                condition=~Q(office=F("issuer")),
                name="transmission_to_another_office",
                violation_error_message=_("An office does not control its own acts."),
            ),
        ]
        indexes = [
            models.Index(F("office"), F("moved_at").desc(), F("id").desc(), name="sent_newest"),
            models.Index(
                *(F("office"), F("issuer"), F("moved_at").desc(), F("id").desc()),
                name="sent_by_issuer",
            ),
            models.Index(
                *(F("office"), F("moved_at").desc(), F("id").desc()),
                condition=Q(seen_at=None),
                name="sent_unseen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} → {self.office_id}"


class Observation(models.Model):
    """What the superior office writes to the issuing one about an act. Added, never changed."""

    transmission = models.ForeignKey(
        Transmission, on_delete=models.PROTECT, related_name="observations"
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    function = models.CharField(_("function"), max_length=120)
    text = models.TextField(_("observation"), max_length=5000)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.transmission_id}: {self.made_at:%Y-%m-%d}"

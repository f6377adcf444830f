"""What was decided on a case, and why."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from eservices.catalog.models import EServiceVersion
from eservices.documents.models import IssuedDocument
from portal.accounts.models import User


class Outcome(models.TextChoices):
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")


class Decision(models.Model):
    """What was proposed, then decided. Without `decided_at` it is a proposal."""

    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    motive = models.CharField(max_length=60, blank=True)
    motive_label = models.JSONField(default=dict, blank=True)
    reason = models.TextField(blank=True)
    proposed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="proposals"
    )
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    decided_at = models.DateTimeField(null=True)
    document = models.OneToOneField(
        IssuedDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="decision"
    )

    # Whose texts draw the act, when those of the case's own version cannot be drawn.
    drawn_with = models.ForeignKey(
        EServiceVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="decision_refused_with_motive",
                condition=~Q(outcome=Outcome.REFUSED) | ~Q(motive=""),
                violation_error_message=_("A refusal needs a motive."),
            ),
            models.CheckConstraint(
                name="decision_signed_and_dated",
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                violation_error_message=_("A decision has both an author and a date."),
            ),
        ]
        indexes = [models.Index(F("decided_at"), name="decision_decided_at")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.outcome}"

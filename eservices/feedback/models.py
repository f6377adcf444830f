"""What people say of a procedure or of their request: a number, a deadline, an answer (ADR 0015)."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.cases.models import CASE_ROLES, Case
from eservices.catalog.models import EService
from portal.accounts.models import Office, User

LONGEST = 4000


class Kind(models.TextChoices):
    SUGGESTION = "suggestion", _("Suggestion")
    COMPLAINT = "complaint", _("Complaint")


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def for_agent(self, user: User) -> Self:
        """What was said to the offices where `user` works on files."""
        offices = user.office_memberships.filter(role__in=CASE_ROLES).values("office")
        return self.filter(office__in=offices)

    def waiting(self) -> Self:
        return self.filter(answered_at=None)


class Feedback(models.Model):
    """One suggestion or complaint. Its text and its answer never change."""

    reference = models.CharField(max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    procedure = models.CharField(max_length=40, blank=True)  # the identifier of the guide
    eservice = models.ForeignKey(
        EService, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The case goes when its time is over; what was said of it stays.
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("what you want to say"), max_length=LONGEST)
    name = models.CharField(_("name"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("mail"), blank=True)
    language = models.CharField(max_length=5, default="fr")
    filed_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    answer = models.TextField(_("answer"), max_length=LONGEST, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion or complaint")
        verbose_name_plural = _("suggestions and complaints")
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="", answered_by=None)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="feedback_answer_is_whole",
                violation_error_message=_("An answer has a text, a date and an author."),
            )
        ]
        indexes = [
            models.Index(F("office"), F("due_at"), name="feedback_waiting",
                         condition=Q(answered_at=None)),
            models.Index(F("office"), F("answered_at").desc(), name="feedback_answered"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference

    @property
    def is_late(self) -> bool:
        return self.answered_at is None and self.due_at < timezone.now()

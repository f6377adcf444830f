"""What the applicant still owes after a decision: a report, a visa, a proof, by a day."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.cases.models import Case
from portal.accounts.models import User
from portal.core.texts import pick


class DutyQuerySet(models.QuerySet["Duty"]):
    def owed(self) -> Self:
        return self.filter(done_at=None)

    def for_agent(self, user: User) -> Self:
        """Duties of the cases that this person's offices have, or had a stage of."""
        offices = user.office_memberships.values("office")
        own = Q(case__office__in=offices) | Q(case__tasks__office__in=offices)
        return self.filter(own, case__in=Case.objects.readable_by(user)).distinct()


class Duty(models.Model):
    """One thing owed. Late, it is told to the registers once; received late, it is received still."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="duties")
    key = models.CharField(max_length=40)
    label = models.JSONField(default=dict)
    due_on = models.DateField()
    remind_on = models.JSONField(default=list)  # days (ISO) still to come
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    lapsed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key"],
                name="duty_once",
                violation_error_message=_("This is owed already."),
            )
        ]
        indexes = [
            models.Index(models.F("due_on"), condition=Q(done_at=None), name="duty_owed"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.key}"

    @property
    def label_text(self) -> str:
        return pick(self.label) or self.key

    @property
    def is_late(self) -> bool:
        return self.done_at is None and self.due_on < timezone.localdate()

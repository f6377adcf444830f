"""What the applicant still owes after a decision: a report, a visa, a proof, by a day."""

from collections.abc import Mapping
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.cases.models import Case
from portal.accounts.models import User
from portal.core.texts import pick

SLOT = "duty:"
ENDORSED = "endorsement:"


def slot_labels(source: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return what the files sent for each thing owed, or by a host, are called, by where they lie."""
    named = ((SLOT, source.get("duties")), (ENDORSED, source.get("endorsements")))
    return {
        f"{slot}{rule['key']}": pick(rule["label"], language)
        for slot, rules in named
        for rule in rules or []
    }


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
    sent_at = models.DateTimeField(null=True)  # by who owes it; an agent still says it is good
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
        is_awaited = self.done_at is None and self.sent_at is None
        return is_awaited and self.due_on < timezone.localdate()

    @property
    def slot(self) -> str:
        """Where the files sent for it lie among those of the case."""
        return f"{SLOT}{self.key}"


class Endorsement(models.Model):
    """What a host confirmed on the spot, by the link printed on an act: a mission came, or left.

    The moment is the server's own: nothing can be confirmed for a day that is over.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="endorsements")
    key = models.CharField(max_length=40)  # of the rule
    place = models.PositiveSmallIntegerField(default=0)  # which row of the rule's group
    place_label = models.CharField(max_length=200, blank=True)
    mark = models.CharField(max_length=40)
    given_at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=120)
    function = models.CharField(max_length=120)
    phone = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key", "place", "mark"],
                name="endorsed_once",
                violation_error_message=_("This was confirmed already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.key} {self.place} {self.mark}"

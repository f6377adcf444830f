"""What circuits need besides cases and tasks: timers, delegations, links to outside persons, hearings."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Office, OfficeMembership, User
from portal.core.models import WorkCalendar


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def running(self, now: datetime) -> Self:
        return self.filter(starts_at__lte=now, ends_at__gt=now, ended_at=None)

    def with_presence(self) -> Self:
        """Say of each whether its delegate still works in the office (`is_there`)."""
        works = OfficeMembership.objects.filter(
            office=OuterRef("office"), user=OuterRef("delegate"), user__is_active=True
        )
        return self.annotate(is_there=Exists(works))

    def memberships_today(
        self, actor: User, now: datetime
    ) -> models.QuerySet[OfficeMembership, OfficeMembership]:
        """Return the roles that `actor` has, and those held today for absent colleagues."""
        replaced = self.running(now).filter(
            delegate=actor, office=OuterRef("office"), absent=OuterRef("user")
        )
        return OfficeMembership.objects.filter(Q(user=actor) | Exists(replaced)).order_by()


class Delegation(models.Model):
    """During an absence, a colleague of the same office does the work: the record says "X for Y"."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    absent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_given")
    delegate = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_held")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)  # taken back before its end

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="delegation_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The last day comes before the first."),
            ),
            models.CheckConstraint(
                name="delegation_to_another",
                condition=~Q(absent=F("delegate")),
                violation_error_message=_("Nobody replaces himself or herself."),
            ),
        ]
        indexes = [
            models.Index(F("delegate"), F("office"), F("ends_at"), name="delegation_today"),
        ]

    def __str__(self) -> str:
        return f"{self.delegate_id} for {self.absent_id}"

    @property
    def last_moment(self) -> datetime:
        """The last day is still part of it; it ends when that day is over."""
        return self.ends_at - timedelta(seconds=1)


class TaskTimer(models.Model):
    """One thing that the clock will do to an open stage, once."""

    task = models.ForeignKey("cases.CaseTask", on_delete=models.CASCADE, related_name="timers")
    number = models.PositiveSmallIntegerField()  # its place among the stage's timers
    do = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="timer_once_per_task"),
        ]
        indexes = [
            models.Index(F("due_at"), condition=Q(fired_at=None), name="timer_due"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}: {self.do}"


class CalendarMark(models.Model):
    """The working days by which the deadlines of open cases were last worked out."""

    calendar = models.OneToOneField(WorkCalendar, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    # What is being followed now, and how far that is: the last case, the last stage.
    doing = models.CharField(max_length=64, blank=True)
    cases_done = models.BigIntegerField(default=0)
    stages_done = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.calendar_id}: {self.fingerprint[:8]}"

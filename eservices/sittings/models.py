"""Sittings: a body meets on a day, with an agenda of cases, and decides them one by one.

A council of ministers, a commission, a hearing: what differs is in the e-service's `agenda`.
"""

from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from eservices.cases.models import Case
from portal.accounts.models import Office, OfficeMembership, Role, User


class SittingStatus(models.TextChoices):
    DRAFT = "draft", _("In preparation")
    FROZEN = "frozen", _("Agenda frozen")
    CLOSED = "closed", _("Held")
    PUBLISHED = "published", _("Report passed on")


class Verdict(models.TextChoices):
    ADOPTED = "adopted", _("Adopted")
    RESERVED = "reserved", _("Adopted subject to changes")
    ADJOURNED = "adjourned", _("Adjourned")
    WITHDRAWN = "withdrawn", pgettext_lazy("verdict", "Withdrawn")
    REJECTED = "rejected", _("Rejected")


ADOPTED = frozenset({Verdict.ADOPTED, Verdict.RESERVED})
ENDED = frozenset({SittingStatus.CLOSED, SittingStatus.PUBLISHED})


class SittingQuerySet(models.QuerySet["Sitting"]):
    def prepared_by(self, user: User) -> Self:
        """Sittings of the offices where this person works on files."""
        offices = OfficeMembership.objects.filter(user=user, role__in=[Role.AGENT, Role.CHIEF])
        return self.filter(office__in=offices.values("office"))

    def for_agent(self, user: User) -> Self:
        """Those one prepares, and from the frozen agenda on, those one is a member of."""
        member = Q(members__user=user) & ~Q(status=SittingStatus.DRAFT)
        prepared = Sitting.objects.prepared_by(user).values("pk")
        return self.filter(Q(pk__in=prepared) | member).distinct()


class Sitting(models.Model):
    """One meeting of a body."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    body = models.CharField(_("body"), max_length=160)
    starts_at = models.DateTimeField(_("date and time"))
    ends_at = models.DateTimeField(null=True)
    place = models.CharField(_("place"), max_length=200)
    chair = models.CharField(_("chaired by"), max_length=200)
    status = models.CharField(
        max_length=12, choices=SittingStatus.choices, default=SittingStatus.DRAFT
    )
    frozen_at = models.DateTimeField(null=True)
    frozen_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, blank=True)  # of the agenda as it was frozen
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = SittingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="sitting_frozen_when_not_draft",
                condition=Q(status=SittingStatus.DRAFT, frozen_at=None)
                | (~Q(status=SittingStatus.DRAFT) & Q(frozen_at__isnull=False)),
                violation_error_message=_("The agenda is frozen before the sitting."),
            )
        ]

    def __str__(self) -> str:
        start = timezone.localtime(self.starts_at, ZoneInfo(self.office.time_zone))
        return f"{self.body}, {date_format(start, 'DATE_FORMAT')}"

    @property
    def is_draft(self) -> bool:
        return self.status == SittingStatus.DRAFT

    @property
    def is_frozen(self) -> bool:
        return self.status == SittingStatus.FROZEN

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @property
    def owner_key(self) -> str:
        return f"sitting:{self.pk}"


class SittingMember(models.Model):
    """Who sits: reads the dossiers from the frozen agenda on."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_present = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "user"], name="sitting_member_once")
        ]

    def __str__(self) -> str:
        return str(self.user)


class Execution(models.TextChoices):
    PENDING = "pending", _("To be carried out")
    STARTED = "started", _("Being carried out")
    DONE = "done", _("Carried out")


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def standing(self) -> Self:
        """Those of sittings that are not over: a decision written there may still change."""
        return self.exclude(sitting__status__in=ENDED)

    def adopted(self) -> Self:
        """Those that somebody has to carry out."""
        return self.filter(verdict__in=ADOPTED)


class AgendaItem(models.Model):
    """One case on the agenda, then what was decided of it. Never deleted once the agenda is frozen."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="agenda_items")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    group = models.CharField(max_length=200, blank=True)  # "au titre du ministère de …"
    section = models.CharField(max_length=40, blank=True)
    section_title = models.CharField(max_length=160, blank=True)
    is_classified = models.BooleanField(default=False)
    late_reason = models.CharField(max_length=500, blank=True)  # added after the freeze
    verdict = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    text = models.TextField(blank=True)
    responsible = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    execution = models.CharField(
        max_length=10, choices=Execution.choices, default=Execution.PENDING
    )
    execution_note = models.CharField(max_length=500, blank=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(verdict=""),
                name="agenda_case_once",
                violation_error_message=_("This case is on an agenda already."),
            ),
            models.UniqueConstraint(fields=["sitting", "case"], name="agenda_sitting_case"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stamp(self) -> str:
        """What tells one writing of the decision from the next."""
        return self.decided_at.isoformat() if self.decided_at else ""

    @property
    def is_adopted(self) -> bool:
        return self.verdict in ADOPTED

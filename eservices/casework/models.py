"""What staff keep around cases: notes, mentions, errands, canned texts, the counter, exercises."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.cases.models import Case
from eservices.catalog.models import EServiceVersion
from portal.accounts.models import Office, User


class CannedKind(models.TextChoices):
    MESSAGE = "message", _("Message to the applicant")
    COMPLEMENT = "complement", _("Request for a correction")
    REFUSAL = "refusal", _("Explanation of a refusal")
    OPINION = "opinion", _("Opinion or remark at the end of a stage")


class CannedTextQuerySet(models.QuerySet["CannedText"]):
    def offered(self, kind: str, office_id: int) -> Self:
        """Texts of this kind that an agent of this office may use: its own and everybody's."""
        return self.filter(Q(office=None) | Q(office_id=office_id), kind=kind, is_active=True)


class CannedText(models.Model):
    """A text that agents send often, in each language of the applicants, with places to fill."""

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(
        _("used for"), max_length=20, choices=CannedKind.choices, default=CannedKind.MESSAGE
    )
    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.CASCADE, related_name="canned_texts",
        verbose_name=_("only in this office"),
    )  # fmt: skip
    text = models.JSONField(_("text"), default=dict)  # {"fr": …, "ar": …}
    is_active = models.BooleanField(_("offered"), default=True)

    objects = CannedTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("canned text")
        verbose_name_plural = _("canned texts")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Note(models.Model):
    """What agents tell each other about a case. The applicant never reads it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT)
    text = models.TextField(max_length=5000)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.at:%Y-%m-%d}"


class MentionQuerySet(models.QuerySet["Mention"]):
    def unseen_by(self, user: User) -> Self:
        return self.filter(user=user, seen_at=None)


class Mention(models.Model):
    """Somebody is named in a note, and finds it on the desk."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mentions")
    seen_at = models.DateTimeField(null=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["note", "user"],
                name="mention_once",
                violation_error_message=_("This person is already named in this note."),
            )
        ]
        indexes = [models.Index(F("user"), condition=Q(seen_at=None), name="mention_unseen")]

    def __str__(self) -> str:
        return f"{self.note_id}: {self.user_id}"


class ErrandQuerySet(models.QuerySet["Errand"]):
    def to_do(self) -> Self:
        return self.filter(done_at=None)

    def of(self, user: User) -> Self:
        return self.filter(assignee=user)

    def soonest_first(self) -> Self:
        return self.order_by("due", "pk")


class Errand(models.Model):
    """Something to do about a case: "call the town hall by Tuesday". Who, what, until when."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="errands")
    text = models.CharField(max_length=300)
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, related_name="errands")
    due = models.DateField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ErrandQuerySet.as_manager()

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(
                name="errand_done_by_somebody",
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False),
                violation_error_message=_("A task that is done was done by somebody."),
            )
        ]
        indexes = [
            models.Index(
                F("assignee"), F("due"), condition=Q(done_at=None), name="errand_todo"
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text

    @property
    def is_late(self) -> bool:
        return self.done_at is None and self.due < timezone.localdate()


class IdentityKind(models.TextChoices):
    NATIONAL_ID = "national_id", _("National identity card")
    PASSPORT = "passport", _("Passport")
    RESIDENCE = "residence", _("Residence permit or refugee card")
    BIRTH = "birth", _("Birth certificate or judgment")
    OTHER = "other", _("Another paper with a photo")
    WITNESSES = "witnesses", _("No paper: two witnesses known to the office")


class CounterDraftQuerySet(models.QuerySet["CounterDraft"]):
    def for_agent(self, user: User) -> Self:
        return self.filter(agent=user)

    def saved_before(self, moment: object) -> Self:
        return self.filter(saved_at__lt=moment)


class CounterDraft(models.Model):
    """A request that an agent is keying for the person at the counter; it survives a power cut."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(EServiceVersion, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(User, on_delete=models.CASCADE, related_name="counter_drafts")
    language = models.CharField(max_length=5, default="fr")
    answers = models.JSONField(default=dict)
    pieces_seen = models.JSONField(default=list)  # required pieces seen on paper, not copied
    identity_kind = models.CharField(max_length=20, choices=IdentityKind.choices, blank=True)
    identity_number = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = CounterDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at"]

    def __str__(self) -> str:
        return str(self.pk)


class IntakeQuerySet(models.QuerySet["Intake"]):
    def for_agent(self, user: User) -> Self:
        """Requests opened at the counters where `user` works."""
        return self.filter(office__in=user.office_memberships.values("office"))


class Intake(models.Model):
    """How a case was opened at a counter: by whom, where, and which paper proved the person."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="intake")
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    identity_kind = models.CharField(max_length=20, choices=IdentityKind.choices)
    identity_number = models.CharField(max_length=60, blank=True)
    pieces_seen = models.JSONField(default=list)
    started_at = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(F("office"), F("at").desc(), name="intake_office")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.identity_kind}"


class PersonMark(models.Model):
    """A digest by which another request of the same person is found, whatever its telephone."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="person_mark")
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(F("digest"), F("case").desc(), name="person_mark_newest")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.digest[:12]}"


class Exercise(models.Model):
    """One agent's try at the guided exercise, with what was done right."""

    agent = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exercises")
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    reference = models.CharField(max_length=30)  # the case goes with the next reset
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    steps = models.JSONField(default=dict)  # step → done
    score = models.PositiveSmallIntegerField(null=True)  # of 100

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "name"],
                condition=Q(finished_at=None),
                name="exercise_open_once",
                violation_error_message=_("This exercise is already begun."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.agent_id}"

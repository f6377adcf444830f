"""What gathers in a case's file: facts, corrections, messages, who read it, who alone may read it."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Office, Role, User


class CaseEvent(models.Model):
    """One fact in the life of a case. Facts are added, never changed."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="events")
    action = models.CharField(max_length=40)
    from_status = models.CharField(max_length=30, blank=True)
    to_status = models.CharField(max_length=30)
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    note = models.TextField(blank=True)
    is_public = models.BooleanField(default=True)  # may the applicant read `note`
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(default=timezone.now)
    # The office whose report on fairness tells this, where it happened; empty for what no report tells.
    told_by = models.ForeignKey(
        Office, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(
                *(F("told_by"), F("at")), condition=Q(told_by__isnull=False), name="event_told_by"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.action}"


class Message(models.Model):
    """What applicant and administration write to each other about a case."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    from_applicant = models.BooleanField()
    text = models.TextField(max_length=5000)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.sent_at:%Y-%m-%d}"


class CaseReading(models.Model):
    """A member of staff read a citizen's file; the citizen may read this."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="readings")
    reader = models.ForeignKey(User, on_delete=models.PROTECT)
    office = models.ForeignKey(Office, on_delete=models.PROTECT)
    role = models.CharField(max_length=20, choices=Role.choices)
    what = models.CharField(max_length=120)  # "case", or the name of the piece opened
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(F("case"), F("at").desc(), name="reading_case"),
            models.Index(F("office"), F("at"), condition=~Q(reason=""), name="reading_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.reader_id} {self.at:%Y-%m-%d %H:%M}"


class CaseReader(models.Model):
    """Somebody named by the request itself as one of the few who may read it."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="readers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="case_reader_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.user_id}"


class Complement(models.Model):
    """What the administration asks the applicant to correct: these fields and pieces, nothing else."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="complements")
    # [{"kind": "field" | "piece", "key": …, "reason": code, "note": free text}]
    items = models.JSONField()
    message = models.TextField(blank=True)
    stage = models.CharField(max_length=40, blank=True)  # the stage that waits; others may go on
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT)
    asked_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    previous = models.JSONField(default=dict, blank=True)  # the answers that were replaced

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(answered_at=None),
                name="complement_open_once",
                violation_error_message=_("The applicant already has a question to answer."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {len(self.items)}"

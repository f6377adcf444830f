"""Counted once, read often: the figures of offices, services and people (ADR 0013)."""

from collections.abc import Collection
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from eservices.cases.models import Case
from eservices.catalog.models import EService
from portal.accounts.models import Office, User


class Kind(models.TextChoices):
    """What is counted. The day is that of the fact on the office's own clock."""

    RECEIVED = "received"  # filed that day
    GRANTED = "granted"  # decided that day; `bin` and `seconds` hold the delay
    REFUSED = "refused"  # the same; `detail` is the motive, of a person with its e-service
    DATED = "dated"  # decided, and there was a deadline
    KEPT = "kept"  # decided, within the deadline
    ASKED = "asked"  # a correction was asked
    WITHDRAWN = "withdrawn"
    OPEN = "open"  # open now; the day is the one of filing
    DUE = "due"  # open now and its clock runs; the day is the one of the deadline
    TAKEN = "taken"  # by this person
    STAGE = "stage"  # done by this person


class Tally(models.Model):
    """So many facts of one kind. Rows of one key add up: several may exist until they are merged.

    Without `person` a row is about the place: an office and an e-service. With one, about what this
    person did in the office, whatever the e-service.
    """

    office = models.ForeignKey(Office, on_delete=models.CASCADE, db_index=False)
    eservice = models.ForeignKey(EService, null=True, on_delete=models.CASCADE, db_index=False)
    person = models.ForeignKey(User, null=True, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    detail = models.CharField(max_length=80, blank=True)
    day = models.DateField()
    bin = models.PositiveSmallIntegerField(default=0)
    n = models.IntegerField()
    seconds = models.BigIntegerField(default=0)
    is_merged = models.BooleanField(default=False)
    # The case itself is gone: a rebuild must not forget it.
    is_kept = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(F("office"), F("day"), F("kind"), name="tally_office"),
            models.Index(
                F("office"), F("kind"), condition=Q(kind__in=["open", "due"]), name="tally_open"
            ),
            models.Index(
                F("office"), F("day"), condition=Q(is_merged=False), name="tally_unmerged"
            ),
            models.Index(
                F("eservice"), F("day"), F("kind"), condition=Q(person=None), name="tally_service"
            ),
            models.Index(
                F("person"), F("day"), condition=Q(person__isnull=False), name="tally_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}: {self.n}"


class CaseTallyQuerySet(models.QuerySet["CaseTally"]):
    def idle(self, office_ids: Collection[int], now: datetime) -> Self:
        """Taken cases on which their holder has done nothing for more than half of the delay."""
        return self.filter(office__in=office_ids, idle_at__lt=now)

    def untouched(self, office_ids: Collection[int], limit: datetime) -> Self:
        """Taken cases to which nothing has happened since `limit`."""
        return self.filter(office__in=office_ids, moved_at__lt=limit)


class CaseTally(models.Model):
    """What the tallies hold of one case, so that a change adds only the difference.

    And how long its holder has left it alone, while somebody has it and its clock runs.
    """

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE)
    entries = models.JSONField(default=list)  # [[kind, office, …, n, seconds], …]
    office = models.ForeignKey(Office, null=True, on_delete=models.CASCADE, db_index=False)
    holder = models.ForeignKey(User, null=True, on_delete=models.CASCADE, db_index=False)
    touched_at = models.DateTimeField(null=True)  # the holder's last act, or the filing
    idle_at = models.DateTimeField(null=True)  # from when on half of the delay has gone by since
    moved_at = models.DateTimeField(null=True)  # the last act of anybody, or the filing

    objects = CaseTallyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                # With all that is counted and ordered by: thousands of cases are not read for it.
                *(F("office"), F("idle_at"), F("touched_at"), F("holder"), F("case")),
                condition=Q(idle_at__isnull=False),
                name="casetally_idle",
            ),
            models.Index(
                *(F("office"), F("moved_at")),
                condition=Q(moved_at__isnull=False),
                name="casetally_moved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {len(self.entries)}"

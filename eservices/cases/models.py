"""What the administration processes: cases, what happened to them, and who looked."""

import uuid
from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.cases.circuit_models import CalendarMark as CalendarMark
from eservices.cases.circuit_models import Delegation as Delegation
from eservices.cases.circuit_models import TaskTimer as TaskTimer
from eservices.cases.decision_models import Decision as Decision
from eservices.cases.decision_models import Outcome as Outcome
from eservices.cases.file_models import CaseEvent as CaseEvent
from eservices.cases.file_models import CaseReader as CaseReader
from eservices.cases.file_models import CaseReading as CaseReading
from eservices.cases.file_models import Complement as Complement
from eservices.cases.file_models import Message as Message
from eservices.cases.opinion_models import Concordance as Concordance
from eservices.cases.opinion_models import Hearing as Hearing
from eservices.cases.opinion_models import HearingItem as HearingItem
from eservices.cases.opinion_models import HearingStatus as HearingStatus
from eservices.cases.opinion_models import OutsideRequest as OutsideRequest
from eservices.cases.opinion_models import RegistryCheck as RegistryCheck
from eservices.cases.order_models import PaymentOrder as PaymentOrder
from eservices.cases.statuses import CLOCK_RUNS as CLOCK_RUNS
from eservices.cases.statuses import DECIDED as DECIDED
from eservices.cases.statuses import ENDED as ENDED
from eservices.cases.statuses import OPEN as OPEN
from eservices.cases.statuses import CaseStatus as CaseStatus
from eservices.cases.statuses import StatusIs as StatusIs
from eservices.catalog.models import EService, EServiceVersion
from eservices.payments.models import Payment
from portal.accounts.models import Office, OfficeMembership, Role, User
from portal.accounts.separation import reading_roles

QUEUED = (F("office"), F("filed_at"), F("id"))
NEWEST = (F("office"), F("filed_at").desc(), F("id").desc())
CASE_ROLES = frozenset({Role.AGENT, Role.CHIEF})  # a cashier takes money and reads no file


def _found(rows: models.QuerySet[Any, Any]) -> Q:
    return Q(IsNull(Subquery(rows), False))


def _fits(user: User, roles: Iterable[tuple[int, str]] | None) -> Q:
    """Return the condition on a stage that it is for one of these roles, or for a chief by now."""
    late = Q(escalated_at__isnull=False)
    if roles is None:
        held = Delegation.objects.memberships_today(user, timezone.now())
        there = held.filter(office=OuterRef("office"))
        is_chief = Q(Exists(there.filter(role=Role.CHIEF)))
        return Q(Exists(there.filter(role=OuterRef("role")))) | (late & is_chief)
    fits = Q(pk__in=[])
    for office_id, role in roles:
        fits |= Q(office=office_id) & (Q(role=role) | late if role == Role.CHIEF else Q(role=role))
    return fits


class CaseQuerySet(models.QuerySet["Case"]):
    def for_applicant(self, user: User) -> Self:
        return self.filter(applicant=user)

    def for_agent(self, user: User) -> Self:
        """Cases of the offices where `user` works on files, and manages no account (SEC-4).

        An unpaid case is nobody's work yet.
        """
        roles = reading_roles(user.office_memberships.filter(role__in=CASE_ROLES))
        return self.at_desk(user, roles.values("office"), None)

    def at_desk(self, user: User, offices: Any, roles: Iterable[tuple[int, str]] | None) -> Self:
        """Return what `for_agent` does, where these offices and today's roles are known already."""
        # A stage may be another office's: it reads the case as long as it has, or had, that stage.
        guests = CaseTask.objects.filter(office__in=offices, is_guest=True).exclude(
            status=TaskStatus.CANCELLED
        )
        named = CaseReader.objects.filter(user=user)
        mine = (
            Q(office__in=offices) | Q(pk__in=guests.values("case")) | Q(pk__in=named.values("case"))
        )
        is_readable = Q(is_restricted=False) | self.known_to(user, roles)
        return self.filter(mine, is_readable).exclude(status=CaseStatus.AWAITING_PAYMENT)

    def restricted(self) -> Self:
        """Cases that only their chain and the readers they name may read."""
        return self.filter(is_restricted=True)

    def readable_by(self, user: User) -> Self:
        """Leave out what is restricted to others: `user` is no named reader and had no stage of it."""
        return self.filter(Q(is_restricted=False) | self.known_to(user))

    @staticmethod
    def known_to(user: User, roles: Iterable[tuple[int, str]] | None = None) -> Q:
        """Return the condition on a restricted case that `user` may read it.

        The chain is whoever may do, or did, a stage that was reached; it grows as the case goes on.
        `roles` are those that the user has today, by office, where they are known already.
        """
        own = CaseTaskQuerySet.in_hands_of(user, roles)
        chain = CaseTask.objects.filter(own, case=OuterRef("pk"))
        named = CaseReader.objects.filter(case=OuterRef("pk"), user=user)
        # One by one as cases come: as "exists", or as a list of what is hidden, PostgreSQL works
        # it out for the whole country first.
        return _found(chain.order_by().values("pk")[:1]) | _found(named.values("pk")[:1])

    def for_offices(self, office_ids: list[int]) -> Self:
        """Cases of these offices; with one office the queue's index gives them in order."""
        scope = Q(office_id=office_ids[0]) if len(office_ids) == 1 else Q(office_id__in=office_ids)
        return self.filter(scope)

    def open(self) -> Self:
        return self.filter(StatusIs(OPEN))

    def overdue(self) -> Self:
        return self.filter(status__in=CLOCK_RUNS, due_at__lt=timezone.now())

    def oldest_first(self) -> Self:
        return self.order_by("filed_at", "pk")

    def waiting(self) -> Self:
        """Cases that nobody has taken and somebody may work on."""
        return self.filter(StatusIs(CLOCK_RUNS), assignee=None)

    def waiting_before(self, case: "Case", task: "CaseTask", actor: User) -> Self:
        """Cases to be taken before `case`: same office, e-service and role, older; none of `actor`'s
        own proposals, which wait for somebody else's signature."""
        free = CaseTask.objects.open().filter(
            role=task.role, office=task.office_id, assignee=None, actor_only=False
        )
        same = free.filter(case=OuterRef("pk"))
        # Not "exists": PostgreSQL would begin with every open task of the office.
        older = self.alias(same_task=Subquery(same.order_by().values("pk")[:1])).filter(
            eservice_id=case.eservice_id, filed_at__lt=case.filed_at, same_task__isnull=False
        )
        if task.office_id == case.office_id:
            older = older.waiting().filter(office_id=case.office_id)
        else:
            # By what these stages keep: one by one, the open cases of the country are looked at.
            asked = free.filter(
                is_guest=True, case_eservice=case.eservice_id, filed_at__lt=case.filed_at,
                case_status__in=OPEN,
            )  # fmt: skip
            own = older.waiting().filter(office_id=task.office_id)
            keys = asked.order_by().values("case").union(own.order_by().values("pk"))
            older = self.filter(pk__in=keys)
        if task.kind == "signature":
            older = older.exclude(decision__proposed_by=actor)
        return older


class Case(models.Model):
    """One request, from filing to its end. Answers never change but through a complement."""

    reference = models.CharField(max_length=30, unique=True)
    # The draft it was born from: a second click on "send" finds it, and its holder may follow it.
    access_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    eservice = models.ForeignKey(EService, on_delete=models.PROTECT)
    version = models.ForeignKey(EServiceVersion, on_delete=models.PROTECT)
    applicant = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT)
    applicant_name = models.CharField(max_length=200)
    beneficiary = models.CharField(max_length=200, blank=True)  # another than the applicant
    capacity = models.CharField(max_length=40, blank=True)  # by what right: formdefs.standing
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=5, default="fr")
    answers = models.JSONField()
    facts = models.JSONField(default=dict, blank=True)  # what agents found, by question of stages
    # The refused case that this one contests.
    appeal_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="appeals"
    )
    search_text = models.TextField(blank=True)
    is_restricted = models.BooleanField(default=False)  # read by its chain and named readers only
    status = models.CharField(max_length=30, choices=CaseStatus.choices)
    stage = models.CharField(max_length=40, blank=True)
    asks_elsewhere = models.BooleanField(default=False)  # while open: another office has a stage
    office = models.ForeignKey(Office, on_delete=models.PROTECT)
    assignee = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="assigned_cases"
    )
    payment = models.OneToOneField(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="case"
    )
    created_at = models.DateTimeField(default=timezone.now)
    filed_at = models.DateTimeField(null=True)  # the clock starts: paid, or nothing to pay
    due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_filed_unless_unpaid",
                condition=Q(status=CaseStatus.AWAITING_PAYMENT, filed_at=None)
                | Q(status=CaseStatus.WITHDRAWN)
                | (
                    ~Q(status__in=[CaseStatus.AWAITING_PAYMENT, CaseStatus.WITHDRAWN])
                    & Q(filed_at__isnull=False)
                ),
                violation_error_message=_("Only an unpaid case has no filing date."),
            ),
            models.CheckConstraint(
                name="case_decided_matches_status",
                condition=Q(status__in=[*DECIDED, CaseStatus.CLOSED], decided_at__isnull=False)
                | (~Q(status__in=[*DECIDED, CaseStatus.CLOSED]) & Q(decided_at=None)),
                violation_error_message=_("A decided case has a decision date, another has none."),
            ),
            models.CheckConstraint(
                name="case_ended_matches_status",
                condition=Q(status__in=ENDED, ended_at__isnull=False)
                | (~Q(status__in=ENDED) & Q(ended_at=None)),
                violation_error_message=_("An ended case has an end date, another has none."),
            ),
            models.CheckConstraint(
                name="case_paused_while_waiting",
                condition=Q(status=CaseStatus.AWAITING_APPLICANT, paused_at__isnull=False)
                | (~Q(status=CaseStatus.AWAITING_APPLICANT) & Q(paused_at=None)),
                violation_error_message=_("The clock stops only while waiting for the applicant."),
            ),
            models.UniqueConstraint(
                fields=["appeal_of"],
                condition=Q(appeal_of__isnull=False),
                name="case_contested_once",
                violation_error_message=_("This decision is contested already."),
            ),
        ]
        indexes = [
            models.Index(*QUEUED, condition=Q(status__in=OPEN), name="case_queue"),
            models.Index(F("office"), F("status"), F("filed_at"), name="case_office_status"),
            models.Index(
                F("assignee"), F("filed_at"), condition=Q(status__in=OPEN), name="case_mine"
            ),
            models.Index(F("office"), F("status"), F("due_at"), name="case_due"),
            models.Index(
                *QUEUED, condition=Q(status__in=CLOCK_RUNS, assignee=None), name="case_waiting"
            ),
            models.Index(
                *(F("office"), F("eservice"), F("filed_at")),
                condition=Q(status__in=CLOCK_RUNS, assignee=None),
                name="case_ahead",
            ),
            models.Index(*NEWEST, name="case_newest"),
            models.Index(fields=["office", "eservice", "-filed_at", "-id"], name="case_of_service"),
            models.Index(
                *(F("office"), F("due_at"), F("id")),
                condition=Q(status__in=CLOCK_RUNS),
                name="case_urgent",
            ),
            models.Index(
                *(F("office"), F("id")),
                condition=Q(asks_elsewhere=True, status__in=OPEN),
                name="case_elsewhere",
            ),
            models.Index(F("applicant"), F("created_at").desc(), name="case_applicant"),
            models.Index(F("phone"), F("created_at").desc(), name="case_phone_newest"),
            models.Index(F("phone"), *NEWEST, name="case_phone_office"),
            models.Index("office", "id", condition=Q(is_restricted=True), name="case_restricted"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def concerned(self) -> str:  # the name of whom the request is about
        return self.beneficiary or self.applicant_name

    @property
    def is_overdue(self) -> bool:
        return self.status in CLOCK_RUNS and bool(self.due_at and self.due_at < timezone.now())


class TaskStatus(models.TextChoices):
    OPEN = "open", _("To do")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class CaseTaskQuerySet(models.QuerySet["CaseTask"]):
    def for_actor(self, user: User) -> Self:
        """Open tasks of the roles that `user` has in their offices."""
        roles = OfficeMembership.objects.filter(
            user=user, office=OuterRef("office"), role=OuterRef("role")
        )
        return self.filter(Exists(roles), status=TaskStatus.OPEN, actor_only=False)

    def open(self) -> Self:
        return self.filter(status=TaskStatus.OPEN)

    def asked_of_guests(self) -> Self:
        """Open stages that another office than the case's own has to do."""
        return self.filter(is_guest=True, status=TaskStatus.OPEN)

    @staticmethod
    def in_hands_of(user: User, roles: Iterable[tuple[int, str]] | None) -> Q:
        """Return the condition on a stage that `user` may do it, or did."""
        return Q(assignee=user) | Q(done_by=user) | (Q(actor_only=False) & _fits(user, roles))

    def with_people(self) -> Self:
        return self.select_related("assignee", "done_by", "done_for", "office")


COUNTED = [
    "is_guest", "case_status", "case_due_at", "due_at", "case_is_restricted", "assignee", "done_by",
    "actor_only", "role", "kind", "escalated_at",
]  # fmt: skip


class CaseTask(models.Model):
    """What one stage of the circuit asks of somebody."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    # As the case's, kept while the stage is open in another office: guests count and order by them.
    filed_at = models.DateTimeField(null=True)
    case_status = models.CharField(max_length=30, blank=True)
    case_due_at = models.DateTimeField(null=True)
    case_is_restricted = models.BooleanField(default=False)
    case_eservice = models.ForeignKey(
        EService, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stage = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    role = models.CharField(max_length=20, choices=Role.choices)
    office = models.ForeignKey(Office, on_delete=models.PROTECT)
    assignee = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    status = models.CharField(max_length=20, choices=TaskStatus.choices, default=TaskStatus.OPEN)
    outcome = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)  # the reason given with the outcome
    data = models.JSONField(default=dict, blank=True)  # the answers to the stage's own questions
    is_guest = models.BooleanField(default=False)  # in another office than the case's own
    actor_only = models.BooleanField(default=False)  # for this person and nobody else of the office
    counts = models.BooleanField(default=True)  # a step back voids what was done after it
    problem = models.CharField(
        max_length=40, blank=True
    )  # why nobody can do it: see the repair list
    due_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)  # since then its chief may do it too
    opened_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="done_tasks"
    )
    # The function of the doer on that day: it may be another one tomorrow.
    signed_as = models.CharField(max_length=120, blank=True, db_default="", default="")
    # Whom the doer replaced: the record says "X for Y".
    done_for = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CaseTaskQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "stage"],
                condition=Q(status="open"),
                name="task_open_once",
                violation_error_message=_("This stage is already open."),
            ),
        ]
        indexes = [
            models.Index(
                F("office"), F("role"), F("kind"), condition=Q(status="open"), name="task_todo"
            ),
            models.Index(F("office"), F("case"), condition=Q(is_guest=True), name="task_guest"),
            models.Index(
                *(F("assignee"), F("office"), F("case")),
                condition=Q(status="open"),
                name="task_held_case",
            ),
            models.Index(  # with all that is counted: the stages themselves are not read for it
                fields=["office", "filed_at", "case"],
                include=COUNTED,
                condition=Q(is_guest=True, status="open"),
                name="task_guest_count",
            ),
            models.Index(
                *(F("office"), F("case_due_at"), F("case")),
                condition=Q(is_guest=True, status="open", case_due_at__isnull=False),
                name="task_guest_due",
            ),
            models.Index(
                *(F("office"), F("case_eservice"), F("filed_at"), F("case")),
                condition=Q(is_guest=True, status="open"),
                name="task_guest_service",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.stage}"

"""Delegations during absences, agents who left, and stages that must be given to another office."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases import routing
from eservices.cases.errors import BadRequest, NotAllowed
from eservices.cases.models import (
    CASE_ROLES,
    OPEN,
    Case,
    CaseTask,
    Delegation,
    TaskStatus,
)
from eservices.cases.services import flow
from eservices.cases.services.stages import open_task
from eservices.cases.services.transitions import record, transition
from eservices.cases.workflow import Action
from portal.accounts.models import Office, OfficeMembership, Role, User


def name_delegate(
    office: Office,
    *,
    absent: User,
    delegate: User,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    reason: str = "",
) -> Delegation:
    """Let `delegate` do the work of `absent` in `office` between two moments.

    An agent names for himself or herself, a chief for anybody of the office.
    :raises NotAllowed, BadRequest:
    """
    if by != absent and not office.memberships.filter(user=by, role=Role.CHIEF).exists():
        raise NotAllowed(_("Only the chief of the office names a delegate for somebody else."))
    if ends_at <= starts_at or ends_at <= timezone.now():
        raise BadRequest(_("The last day comes before the first, or is over."))
    if absent == delegate:
        raise BadRequest(_("Nobody replaces himself or herself."))
    works = office.memberships.filter(role__in=CASE_ROLES)
    if not (works.filter(user=absent).exists() and works.filter(user=delegate).exists()):
        raise BadRequest(_("Both people must work in this office."))
    return Delegation.objects.create(
        office=office,
        absent=absent,
        delegate=delegate,
        starts_at=starts_at,
        ends_at=ends_at,
        named_by=by,
        reason=reason,
    )


def end_delegation(delegation: Delegation, *, by: User) -> None:
    """Take a delegation back before its end. :raises NotAllowed:"""
    is_chief = delegation.office.memberships.filter(user=by, role=Role.CHIEF).exists()
    if by.pk not in (delegation.absent_id, delegation.named_by_id) and not is_chief:
        raise NotAllowed(_("Only the chief of the office names a delegate for somebody else."))
    Delegation.objects.filter(pk=delegation.pk, ended_at=None).update(ended_at=timezone.now())


def reroute(case: Case, *, actor: User, office: Office, stage: str, reason: str) -> CaseTask:
    """Give one open stage to another office, its own being closed or wrong; the applicant sees it."""
    if not office.is_active:
        raise BadRequest(_("This office is closed."))
    if not routing.keeps_apart(case.office, office):
        raise BadRequest(_("This office does not process this kind of request."))
    if not reason.strip():
        raise BadRequest(_("Say why: the applicant reads it."))
    data = {"stage": stage, "office": dict(office.name)}
    with transition(case, Action.REROUTE, actor=actor, stage=stage, note=reason, data=data) as case:
        task = open_task(case, stage)
        task.office, task.assignee, task.problem = office, None, ""
        task.is_guest, task.actor_only = office.pk != case.office_id, False
        task.save()
        flow.sync(case)
        return task


def held_by_people_who_left() -> QuerySet[CaseTask]:
    """Open tasks whose holder no longer works in their office, or has no account any more."""
    works = Q(role__in=CASE_ROLES) | Q(role=OuterRef("role"))  # who only keeps the till does not
    there = OfficeMembership.objects.filter(
        works, user=OuterRef("assignee"), office=OuterRef("office"), user__is_active=True
    )
    return CaseTask.objects.filter(
        ~Exists(there), status=TaskStatus.OPEN, assignee__isnull=False, case__status__in=OPEN
    )


def return_orphans() -> int:
    """Give the tasks of people who left back to their office; return how many."""
    count = 0
    for task in held_by_people_who_left().select_related("assignee").order_by("pk")[:1000]:
        with transaction.atomic():
            case = Case.objects.select_for_update(of=("self",)).get(pk=task.case_id)
            left = held_by_people_who_left().filter(pk=task.pk)
            change = {"problem": "no_person"} if task.actor_only else {}
            if not left.update(assignee=None, **change):
                continue
            flow.sync(case)
            data = {"stage": task.stage, "left": str(task.assignee)}
            record(case, "orphan", event="orphaned", is_public=False, data=data)
            case.save(update_fields=["stage", "assignee"])
            count += 1
    return count

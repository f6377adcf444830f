"""Opening a citizen's file is written down, and outside one's own work it needs a reason."""

from collections.abc import Set
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.backoffice.access import Agent
from eservices.cases import services as cases
from eservices.cases import usage
from eservices.cases.models import CASE_ROLES, OPEN, Case, CaseReading
from eservices.cases.policies import Standing
from portal.accounts.models import Office, Role

REASONS = [
    ("counter", _("The applicant is at the counter or on the phone")),
    ("help", _("I help or replace the colleague who has it")),
    ("control", _("I check the work of my service")),
    ("linked", _("I work on another request of the same person")),
    ("other", _("Another reason")),
]


def needs_reason(standing: Standing) -> bool:
    """Tell whether this person has no work of their own on the case (EST-3).

    What nobody has taken yet lies in the queue of the office and is open to it.
    """
    if standing.has_task or standing.has_worked:
        return False
    if any(task.assignee_id is None and standing.fits(task) for task in standing.open_tasks):
        return False  # one of several stages waits for this person, whoever has the others
    return standing.case.status not in OPEN or standing.case.assignee_id is not None


def open_file(
    standing: Standing, *, what: str = "case", reason: str = "", again: bool = False
) -> bool:
    """Record that the file is being read; False when a reason must be given first.

    `again` shows once more, with what was typed, the page of somebody who lost the case meanwhile.
    """
    recent = CaseReading.objects.filter(
        case=standing.case, reader=standing.actor, at__gt=timezone.now() - usage.SAME_READING
    )
    known = list(recent.values_list("what", "reason"))
    reason = reason or next((given for _what, given in known if given), "")
    if needs_reason(standing) and not reason:
        return again and bool(known)
    if not any(read == what and given == reason for read, given in known):
        _record(standing, what, reason)
    return True


def _record(standing: Standing, what: str, reason: str) -> None:
    role, office = _place(standing)
    cases.record_reading(
        standing.case, reader=standing.actor, role=role, what=what, reason=reason, office=office
    )


def _place(standing: Standing) -> tuple[str, Office]:
    """Return the role and the office in which the file is read: those of the stage, or the highest."""
    task = standing.open_task
    if task is not None and task.role in standing.roles_for(task):
        return task.role, task.office
    if standing.roles & CASE_ROLES:
        return _highest(standing.roles), standing.case.office
    # A stage brought this person here, or brings a colleague: the office that reads is theirs.
    own = next((one for one in reversed(standing.tasks) if standing.roles_for(one)), None)
    if own is None:
        return Role.AGENT, standing.case.office
    return _highest(standing.roles_for(own)), own.office


def _highest(roles: Set[str]) -> str:
    return Role.CHIEF if Role.CHIEF in roles else Role.AGENT


def listed(
    agent: Agent, shown: QuerySet[Any, Any], what: str, office: Office | None = None
) -> None:
    """Record that names were read in a list outside the queue: what a search or a register shows."""
    office = office or agent.offices[0]
    cases.record_listing(
        shown,
        reader=agent.user,
        role=_highest(agent.roles_in(office.pk)),
        office=office,
        what=what,
        since=timezone.now() - usage.SAME_READING,
    )


def last_readers(case: Case) -> list[CaseReading]:
    """Return the latest readings of the case, in words, for its chief."""
    return usage.in_words(case.readings.select_related("reader", "office")[:20])

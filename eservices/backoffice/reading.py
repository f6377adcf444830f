"""Opening a citizen's file is written down, and outside one's own work it needs a reason."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.cases import services as cases
from eservices.cases.models import OPEN, Case, CaseReading
from eservices.cases.policies import Standing
from portal.accounts.models import Role

# A page that is shown again within this time is the same reading.
SAME_READING = timedelta(hours=1)
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
    return standing.case.status not in OPEN or standing.case.assignee_id is not None


def open_file(
    standing: Standing, *, what: str = "case", reason: str = "", again: bool = False
) -> bool:
    """Record that the file is being read; False when a reason must be given first.

    `again` shows once more, with what was typed, the page of somebody who lost the case meanwhile.
    """
    recent = CaseReading.objects.filter(
        case=standing.case, reader=standing.actor, at__gt=timezone.now() - SAME_READING
    )
    known = list(recent.values_list("what", "reason"))
    reason = reason or next((given for _what, given in known if given), "")
    if needs_reason(standing) and not reason:
        return again and bool(known)
    if not any(read == what and given == reason for read, given in known):
        _record(standing, what, reason)
    return True


def _record(standing: Standing, what: str, reason: str) -> None:
    cases.record_reading(
        standing.case, reader=standing.actor, role=_role(standing), what=what, reason=reason
    )


def _role(standing: Standing) -> str:
    """Return the role in which the file is read: that of the stage, or the highest."""
    task = standing.open_task
    if task is not None and task.role in standing.roles:
        return task.role
    return Role.CHIEF if Role.CHIEF in standing.roles else Role.AGENT


def last_readers(case: Case) -> list[CaseReading]:
    """Return the latest readings of the case, for its chief."""
    return list(case.readings.select_related("reader")[:20])

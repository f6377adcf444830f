"""The repair list: stages that nobody can do, and messages that were tried too often. Nothing is lost."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from eservices.backoffice.circuit_file import PROBLEMS
from eservices.cases.circuit import Circuit
from eservices.cases.models import OPEN, Case, CaseTask, TaskStatus
from eservices.catalog import services as catalog
from portal.accounts.models import OfficeMembership
from portal.outbox import services as outbox
from portal.outbox.models import OutboxMessage

SHOWN = 200


@dataclass(frozen=True)
class Stuck:
    """One open stage that cannot go on, and why."""

    task: CaseTask
    title: str
    why: str


@dataclass(frozen=True)
class Parked:
    """Something that had to follow a fact and failed each time: an act, a message."""

    message: OutboxMessage
    case: Case
    what: str


class RepairList:
    """What cannot go on in some offices."""

    def __init__(self, office_ids: list[int]) -> None:
        self.office_ids = office_ids

    @cached_property
    def stuck(self) -> list[Stuck]:
        able = OfficeMembership.objects.filter(
            office=OuterRef("office"), role=OuterRef("role"), user__is_active=True
        )
        tasks = (
            CaseTask.objects.with_people()
            .select_related("case__eservice", "case__version")
            .filter(
                Q(case__office__in=self.office_ids) | Q(office__in=self.office_ids),
                Q(office__is_active=False) | ~Q(problem="") | ~Exists(able),
                status=TaskStatus.OPEN,
                case__status__in=OPEN,
            )
            .order_by("opened_at", "pk")[:SHOWN]
        )
        return [self._stuck(task) for task in tasks]

    def _stuck(self, task: CaseTask) -> Stuck:
        stage = Circuit.of(catalog.compiled(task.case.version).source).find(task.stage)
        problem = task.problem or ("" if task.office.is_active else "office_closed") or "nobody"
        why = PROBLEMS.get(problem, PROBLEMS["failed"])
        return Stuck(task, stage.title_in() if stage else task.stage, str(why))

    @cached_property
    def parked(self) -> list[Parked]:
        rows = list(_parked()[:SHOWN])
        cases = (
            Case.objects.filter(
                pk__in=[row.payload.get("case_id") for row in rows], office__in=self.office_ids
            )
            .select_related("eservice")
            .in_bulk()
        )
        found = ((row, cases.get(row.payload.get("case_id") or 0)) for row in rows)
        return [Parked(row, case, _what(row)) for row, case in found if case is not None]

    def __len__(self) -> int:
        return len(self.stuck) + len(self.parked)


def retry(office_ids: list[int], number: str) -> bool:
    """Try a parked message of these offices again; False when there is none of this number."""
    if not (number.isdecimal() and len(number) < 18):
        return False
    message = _parked().filter(pk=number).first()
    if message is None:
        return False
    own = Case.objects.filter(pk=message.payload.get("case_id"), office__in=office_ids)
    if not own.exists():
        return False
    outbox.retry(message)
    return True


def _parked() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.parked().filter(payload__has_key="case_id").order_by("pk")


def _what(message: OutboxMessage) -> str:
    """Return what did not happen, in words."""
    name = message.handler.rpartition(".")[2]
    if name == "issue_document":
        return _("The document could not be produced.")
    if name.startswith("tell"):
        return _("The applicant could not be told.")
    return _("A step in the background failed (%(name)s).") % {"name": name.replace("_", " ")}

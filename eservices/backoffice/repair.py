"""The repair list: stages that nobody can do, and what failed again and again. Nothing is lost."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from eservices.backoffice.circuit_file import PROBLEMS
from eservices.cases import services as cases
from eservices.cases.circuit import Circuit
from eservices.cases.models import (
    OPEN,
    Case,
    CaseTask,
    Concordance,
    Decision,
    Hearing,
    RegistryCheck,
    TaskStatus,
)
from eservices.cases.policies import standing
from eservices.catalog import services as catalog
from eservices.catalog.circuits.model import SEEING_KINDS
from portal.accounts.models import Office, OfficeMembership, User
from portal.outbox import services as outbox
from portal.outbox.models import OutboxMessage

SHOWN = 200
DECIDING_KINDS = ("signature", "review")
# How each fact names what it is about, and the way from there to the case.
CASE_OF = {
    "case_id": "pk",
    "task_id": "tasks__pk",
    "item_id": "tasks__hearing_item__pk",
    "document_id": "decision__document_id",
    "payment_id": "payment_id",
}


@dataclass(frozen=True)
class Stuck:
    """One open stage that cannot go on, and why."""

    task: CaseTask
    title: str
    why: str
    is_registry: bool = False  # it waits for a register: another office would not help


@dataclass(frozen=True)
class Failed:
    """Something that had to follow a fact and failed several times: an act, a message, minutes."""

    message: OutboxMessage
    what: str
    case: Case | None = None
    hearing: Hearing | None = None

    @property
    def next_try(self) -> datetime | None:
        """When it is tried again by itself; None once it waits for a person."""
        return None if self.message.is_parked else self.message.available_at

    @property
    def draws_act(self) -> bool:
        return self.message.handler.endswith(".issue_document")


@dataclass(frozen=True)
class Stranded:
    """An office where stages wait that nobody there can do, told without a word of the requests."""

    office: Office
    number: int

    @property
    def why(self) -> str:
        return str(PROBLEMS["nobody" if self.office.is_active else "office_closed"])


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
        barred = self._own_work + self._own_requests
        return [self._stuck(task) for task in tasks] + barred + self._unanswered

    @cached_property
    def _own_work(self) -> list[Stuck]:
        """Decisions left to those who may not take them: they examined, or refused what is contested.

        One that such a person has taken, under an older circuit, waits for somebody else too.
        """
        able = OfficeMembership.objects.filter(
            office=OuterRef("office"), role=OuterRef("role"), user__is_active=True
        )
        seen = CaseTask.objects.filter(kind__in=SEEING_KINDS)
        examined = seen.filter(case=OuterRef(OuterRef("case")), done_by=OuterRef("user"))
        held = seen.filter(case=OuterRef("case"), done_by=OuterRef("assignee"))
        refused = Decision.objects.filter(
            case=OuterRef(OuterRef("case__appeal_of")), decided_by=OuterRef("user")
        )
        tasks = (
            CaseTask.objects.with_people()
            .select_related("case__eservice", "case__version", "case__appeal_of")
            .filter(
                Q(case__office__in=self.office_ids) | Q(office__in=self.office_ids),
                Q(kind__in=DECIDING_KINDS) | Q(case__appeal_of__isnull=False),
                Q(assignee=None) & Exists(able)
                & ~Exists(able.filter(~Exists(examined), ~Exists(refused)))
                | Exists(held),
                problem="", office__is_active=True,
                status=TaskStatus.OPEN, case__status__in=OPEN,
            ).order_by("opened_at", "pk")[:SHOWN]
        )  # fmt: skip
        decisive = [task for task in tasks if _circuit(task).decider.key == task.stage]
        return [self._stuck(task, "own_work") for task in decisive if self._is_barred(task)]

    @property
    def _own_requests(self) -> list[Stuck]:
        """Stages of what a member of these offices asked, where nobody else may do them."""
        staff = OfficeMembership.objects.filter(office__in=self.office_ids).values("user")
        tasks = (
            CaseTask.objects.with_people()
            .select_related("case__eservice", "case__version", "case__appeal_of")
            .filter(
                office__in=self.office_ids, case__applicant__in=staff,
                problem="", assignee=None, office__is_active=True,
                status=TaskStatus.OPEN, case__status__in=OPEN,
            ).order_by("opened_at", "pk")[:SHOWN]
        )  # fmt: skip
        told = {one.task.pk for one in self._own_work}
        return [
            self._stuck(task, "own_request")
            for task in tasks
            if task.pk not in told and self._is_barred(task)
        ]

    @property
    def _unanswered(self) -> list[Stuck]:
        """Stages whose register did not answer when it was last asked."""
        asked = RegistryCheck.objects.filter(task=OuterRef("pk"))
        tasks = (
            CaseTask.objects.with_people()
            .select_related("case__eservice", "case__version")
            .alias(last=Subquery(asked.values("result")[:1]))
            .filter(
                Q(case__office__in=self.office_ids) | Q(office__in=self.office_ids),
                last=Concordance.UNREACHABLE,
                status=TaskStatus.OPEN,
                case__status__in=OPEN,
            )
            .order_by("opened_at", "pk")[:SHOWN]
        )
        return [self._stuck(task, "registry_down") for task in tasks]

    def _is_barred(self, task: CaseTask) -> bool:
        """Ask the rules themselves: for who has the stage, or else for each person of the role."""
        there = OfficeMembership.objects.filter(
            office=task.office_id, role=task.role, user__is_active=True
        ).select_related("user")
        people = [task.assignee] if task.assignee else [one.user for one in there]
        return bool(people) and all(
            standing(one, task.case).would_sign_own_work(task) for one in people
        )

    def _stuck(self, task: CaseTask, why: str = "") -> Stuck:
        stage = _circuit(task).find(task.stage)
        problem = (
            why or task.problem or ("" if task.office.is_active else "office_closed") or "nobody"
        )
        words = PROBLEMS.get(problem, PROBLEMS["failed"])
        title = stage.title_in() if stage else task.stage
        return Stuck(task, title, str(words), is_registry=problem == "registry_down")

    @cached_property
    def failed(self) -> list[Failed]:
        mine = set(self.office_ids)
        return [
            one
            for one in failures()
            if (one.case and one.case.office_id in mine)
            or (one.hearing and one.hearing.office_id in mine)
        ]

    def __len__(self) -> int:
        return len(self.stuck) + len(self.failed)


def _circuit(task: CaseTask) -> Circuit:
    return Circuit.of(catalog.compiled(task.case.version).source)


def stranded() -> list[Stranded]:
    """Return every office whose stages nobody there can do, for who closes offices and gives roles."""
    able = OfficeMembership.objects.filter(
        office=OuterRef("office"), role=OuterRef("role"), user__is_active=True
    )
    tasks = CaseTask.objects.filter(
        Q(office__is_active=False) | ~Exists(able), status=TaskStatus.OPEN, case__status__in=OPEN
    )
    counts = dict(tasks.order_by().values_list("office").annotate(number=Count("pk")))
    offices = Office.objects.filter(pk__in=counts).order_by("code")[:SHOWN]
    return [Stranded(office, counts[office.pk]) for office in offices]


def failures() -> list[Failed]:
    """Return everything that failed several times and has not succeeded since, the oldest first."""
    rows = list(OutboxMessage.objects.failing().order_by("pk")[:SHOWN])
    places = {name: _cases_by(rows, name) for name in CASE_OF}
    meetings = Hearing.objects.select_related("office").in_bulk(_numbers(rows, "hearing_id"))
    found = []
    for row in rows:
        case = next((places[name][row.payload[name]] for name in CASE_OF
                     if row.payload.get(name) in places[name]), None)  # fmt: skip
        hearing = meetings.get(row.payload.get("hearing_id") or 0)
        found.append(Failed(row, _what(row), case, hearing))
    return found


def failed_act(case: Case) -> bool:
    """Tell whether the act of this case failed to be drawn."""
    rows = OutboxMessage.objects.failing().filter(topic="case.granted", payload__case_id=case.pk)
    return any(row.handler.endswith(".issue_document") for row in rows)


def retry(
    office_ids: list[int] | None, number: str, *, by: User, with_current: bool = False
) -> bool:
    """Try what failed again, now; False when these offices have nothing of this number.

    `office_ids` None: any office. `with_current`: the act is drawn with the texts of the version
    published today, for a document of the case's own version that cannot be drawn.
    """
    for one in RepairList(office_ids).failed if office_ids is not None else failures():
        if str(one.message.pk) != number:
            continue
        if with_current and one.case is not None and one.draws_act:
            cases.draw_with_current(one.case, actor=by)
        outbox.retry(one.message)
        return True
    return False


def _cases_by(rows: list[OutboxMessage], name: str) -> dict[int, Case]:
    numbers = _numbers(rows, name)
    if not numbers:
        return {}
    path = CASE_OF[name]
    found = Case.objects.select_related("eservice", "office").filter(**{f"{path}__in": numbers})
    return {case.of: case for case in found.annotate(of=F(path))}


def _numbers(rows: list[OutboxMessage], name: str) -> list[int]:
    return [row.payload[name] for row in rows if isinstance(row.payload.get(name), int)]


def _what(message: OutboxMessage) -> str:
    """Return what did not happen, in words."""
    name = message.handler.rpartition(".")[2]
    if name == "issue_document":
        return _("The document could not be produced.")
    if name == "write_minutes":
        return _("The minutes could not be produced.")
    if name.startswith("tell"):
        return _("The applicant could not be told.")
    return _("A step in the background failed (%(name)s).") % {"name": name.replace("_", " ")}

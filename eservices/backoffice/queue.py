"""The queue: which cases wait for the agent's offices, in which order, and how many."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.backoffice import wording
from eservices.backoffice.access import Agent
from eservices.backoffice.filters import SHOWN, Choice, Filters, choices, in_words
from eservices.backoffice.models import CaseLabel
from eservices.backoffice.shown import Desk
from eservices.cases.circuit import Circuit
from eservices.cases.models import (
    CLOCK_RUNS,
    OPEN,
    Case,
    CaseQuerySet,
    CaseStatus,
    CaseTask,
    StatusIs,
)
from eservices.catalog import services as catalog
from eservices.catalog.models import EService, LocalOffer
from portal.accounts.models import User
from portal.core.counting import BoundedCount
from portal.core.texts import pick

PAGE = 25
COUNTED = 1000  # a counter stops there: more would cost more and say no more
NEWEST_FIRST = {CaseStatus.REFUSED, CaseStatus.CLOSED, CaseStatus.WITHDRAWN}
FOR_CHIEFS = {"sign", "untouched"}
Key = tuple[datetime, int]  # a place in the queue: filed when, and which


@dataclass(frozen=True)
class Row:
    """One line of the queue, in words."""

    case: Case
    stage: str
    age: str
    status: str
    kind: str
    late: str  # by how much the deadline has passed; empty when it has not
    labels: Sequence[str] = ()
    asked_by: str = ""  # the office whose case it is, when that is another one
    holders: Sequence[str] = ()  # who has it; several when branches go on at the same time
    due_at: datetime | None = None

    @classmethod
    def of(cls, case: Case, here: Collection[int] = ()) -> "Row":
        status, kind = wording.status(case)
        is_asked = bool(here) and case.office_id not in here
        tasks = [task for task in case.tasks.all() if not is_asked or task.office_id in here]
        due_at = min((task.due_at for task in tasks if is_asked and task.due_at), default=None)
        due_at = due_at or case.due_at
        is_late = case.status in CLOCK_RUNS and bool(due_at and due_at < timezone.now())
        return cls(
            case,
            stage_title(case, tasks[0].stage if is_asked and tasks else case.stage),
            wording.age(case.filed_at or case.created_at),
            status,
            kind,
            wording.age(due_at) if due_at and is_late else "",
            [row.label.name for row in case.desk_labels.all()],
            case.office.name_in() if is_asked else "",
            _holders(case, tasks),
            due_at,
        )


@dataclass(frozen=True)
class Counter:
    show: str
    label: str
    number: int
    query: str
    is_current: bool

    @property
    def text(self) -> str:
        return f"{COUNTED}+" if self.number > COUNTED else str(self.number)


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    previous: str = ""  # cursors; empty at the ends
    next: str = ""


class Queue:
    """The cases that `agent` may see, narrowed by `filters`."""

    def __init__(self, agent: Agent, filters: Filters) -> None:
        self.agent = agent
        self.filters = filters
        chosen = [office.pk for office in agent.offices if office.code == filters.office]
        self.office_ids = chosen or agent.office_ids
        self.desk = Desk(agent, self.office_ids)

    @property
    def column(self) -> str:
        """What the queue is ordered by: when cases were filed, or when they are due."""
        return "due_at" if self.filters.order == "due" else "filed_at"

    def page(self, *, after: str = "", before: str = "") -> Page:
        """Return one page from a cursor; never slower on the last page than on the first."""
        start = read_cursor(after or before)
        backward = bool(before and start and not after)
        keys = self._keys(start, backward=backward, limit=PAGE + 1)
        has_more = len(keys) > PAGE
        keys = keys[:PAGE]
        if backward:
            keys.reverse()
        if not keys:
            return Page([])
        has_previous = has_more if backward else start is not None
        has_next = backward or has_more
        return Page(
            list_rows(keys, here=self.agent.office_ids),
            previous=write_cursor(keys[0]) if has_previous else "",
            next=write_cursor(keys[-1]) if has_next else "",
        )

    def every(self) -> CaseQuerySet:
        """Return all cases of this queue, in no particular order: for a file, not for a page."""
        own: QuerySet[Any, Any] = self._filtered(self.office_ids).order_by().values("pk")
        if self.filters.show == "guest":
            return self._filtered([0]).order_by("pk")
        if not self.filters.is_open:
            return self._filtered(self.office_ids).order_by("pk")
        asked = self._filtered([0]).order_by().values("pk")
        return Case.objects.filter(Q(pk__in=own) | Q(pk__in=asked)).order_by("pk")

    def neighbours(self, case: Case) -> tuple[str, str]:
        """Return the references before and after `case` in this queue; empty at the ends."""
        place = getattr(case, self.column)
        if place is None:
            return "", ""
        here: Key = (place, case.pk)
        nearest = Q()
        for office_id in self._places():
            for is_newest_first in (True, False):
                walk = self._walk(office_id, here, descending=is_newest_first)
                nearest |= Q(pk=Subquery(walk.values("pk")[:1]))
        rows: QuerySet[Any, Any] = Case.objects.filter(nearest)
        found = sorted(rows.values_list(self.column, "pk", "reference"))
        earlier = [row[2] for row in found if row[:2] < here]
        later = [row[2] for row in found if row[:2] > here]
        before, after = earlier[-1] if earlier else "", later[0] if later else ""
        return (after, before) if self._is_newest_first else (before, after)

    @property
    def _is_newest_first(self) -> bool:
        return self.filters.status in NEWEST_FIRST

    def _places(self) -> list[int]:
        """Return the offices to walk through; nought stands for what others ask of them.

        The inbox is one: what another office waits for stands in it at its age.
        """
        if self.filters.show == "guest":
            return [0]
        return [*self.office_ids, 0] if self.filters.is_open else self.office_ids

    def counters(self) -> list[Counter]:
        """Return what the strip above the queue shows, in one query of bounded counts."""
        counts = {
            name: BoundedCount(rows.order_by().values("pk")[: COUNTED + 1])
            for name, rows in self._counted().items()
        }
        person: QuerySet[Any, Any] = User.objects.filter(pk=self.agent.user.pk).values(**counts)
        numbers: dict[str, int] = person.get()
        labels = {
            "overdue": _("overdue"),
            "today": _("due today"),
            "untouched": _("not touched for 5 days"),
            "sign": _("to sign"),
            "unassigned": _("not taken"),
            "mine": _("mine"),
            "waiting": _("waiting for the applicant"),
            "other": _("waiting for another office"),
            "guest": _("asked by another office"),
            "unpaid": _("waiting for payment"),
        }
        return [
            Counter(
                show=name,
                label=label,
                number=numbers[name] + numbers.get(f"{name}_asked", 0),
                query=Filters(office=self.filters.office, show=name).query(),
                is_current=self.filters.show == name,
            )
            for name, label in labels.items()
            if name in counts
        ]

    def _counted(self) -> dict[str, QuerySet[Any]]:
        """Return what each counter counts; what others ask is counted apart, so that each is fast."""
        own = self._scope(self.office_ids)
        asked = self._guests()
        elsewhere = asked.exclude(office__in=self.office_ids)
        cases: dict[str, QuerySet[Any]] = {"guest": asked, "unpaid": self._unpaid()}
        for name in SHOWN:
            if name in cases or (name in FOR_CHIEFS and not self.agent.is_chief):
                continue
            cases[name] = self.desk.narrow(own, name)
            if name != "other":
                cases[f"{name}_asked"] = self.desk.narrow_asked(elsewhere, name)
        return cases

    def _scope(self, office_ids: list[int]) -> CaseQuerySet:
        """Return the cases of these offices of the agent's: exactly what `for_agent` allows there."""
        cases = self.agent.readable(Case.objects.for_offices(office_ids))
        return cases.exclude(status=CaseStatus.AWAITING_PAYMENT)

    def _guests(self) -> CaseQuerySet:
        """Return the cases of other offices that ask something of these."""
        guests = Case.objects.filter(pk__in=self.desk.asked().values("case")).open()
        return guests.readable_by(self.agent.user)

    def _unpaid(self) -> CaseQuerySet:
        """Return what is complete but not paid: counted for the office, nobody's work yet."""
        cases = self.agent.readable(Case.objects.for_offices(self.office_ids))
        return cases.filter(status=CaseStatus.AWAITING_PAYMENT)

    def _keys(self, start: Key | None, *, backward: bool, limit: int) -> list[Key]:
        """Return the next places from `start`. One ordered walk of the index for each office."""
        descending = backward != self._is_newest_first
        walks = [
            self._walk(office_id, start, descending=descending)[:limit]
            for office_id in self._places()
        ]
        found: Iterable[Key] = walks[0]
        if len(walks) > 1:
            # Each limit stands in a query of its own: SQLite takes none inside a union.
            places: list[QuerySet[Any, Any]] = [
                Case.objects.filter(pk__in=walk.values("pk")).values_list(self.column, "pk")
                for walk in walks
            ]
            found = places[0].union(*places[1:])  # once, what two of these offices have to do with
        return sorted(found, reverse=descending)[:limit]

    def _walk(self, office_id: int, start: Key | None, *, descending: bool) -> QuerySet[Any, Any]:
        cases = self._filtered([office_id])
        column = self.column
        if column == "due_at":
            cases = cases.filter(StatusIs(CLOCK_RUNS), due_at__isnull=False)
        if start:
            at, pk = start
            # The first bound is implied by the second and gives the index its starting point.
            side = "lt" if descending else "gt"
            beyond = Q(**{f"{column}__{side}": at}) | Q(**{f"pk__{side}": pk})
            cases = cases.filter(beyond, **{f"{column}__{side}e": at})
        order = (f"-{column}", "-pk") if descending else (column, "pk")
        return cases.order_by(*order).values_list(column, "pk")

    def _filtered(self, office_ids: list[int]) -> CaseQuerySet:
        """Return what was chosen among the cases of these offices; nought, of what others ask."""
        filters, is_asked = self.filters, office_ids == [0]
        cases = self._guests() if is_asked else self._scope(office_ids)
        if filters.is_open:
            cases = cases.open()
            if filters.status:
                cases = cases.filter(status=filters.status)
        else:
            cases = cases.filter(status=filters.status, filed_at__isnull=False)
        cases = cases.filter(filters.condition(), filters.answered(self.service))
        if is_asked:
            return self.desk.narrow_asked(cases, filters.show)
        return self.desk.narrow(cases, filters.show)

    @cached_property
    def service(self) -> EService | None:
        """The one e-service that was chosen."""
        if not self.filters.service:
            return None
        return EService.objects.published().filter(slug=self.filters.service).first()

    @cached_property
    def choices(self) -> list[Choice]:
        """The questions of the chosen e-service, as filters."""
        return choices(self.service, self.filters)

    @cached_property
    def narrowed_by(self) -> list[str]:
        return in_words(self.filters, self.service)

    @cached_property
    def services(self) -> list[EService]:
        """Return the published e-services that these offices process."""
        codes = {office.code for office in self.agent.offices}
        offers = LocalOffer.objects.standing().filter(office__in=self.agent.office_ids)
        published = (
            EService.objects.published()
            .annotate(is_own=Exists(offers.filter(eservice=OuterRef("pk"))))
            .only("slug", "code", "title", "current", "current__spec_sha256")
        )
        return [
            eservice
            for eservice in published
            if eservice.current
            and (
                getattr(eservice, "is_own", False)
                or codes & set(catalog.compiled(eservice.current).source["offices"])
            )
        ]


def list_rows(keys: list[Key], here: Collection[int] = ()) -> list[Row]:
    """Return the cases at these places, in this order, with what a list shows and nothing more."""
    tasks = CaseTask.objects.open().select_related("assignee")
    labels = CaseLabel.objects.select_related("label")
    cases = (
        Case.objects.filter(pk__in=[pk for _filed_at, pk in keys])
        .select_related("eservice", "version", "assignee", "office")
        .prefetch_related(Prefetch("desk_labels", labels), Prefetch("tasks", tasks))
        .only(
            "reference", "created_at", "applicant_name", "status", "stage", "filed_at", "due_at", "paused_at",
            "eservice", "version", "assignee", "eservice__slug", "eservice__title", "version__spec_sha256",
            "assignee__full_name",
            "assignee__email", "assignee__phone", "office__name",
        )
        .in_bulk()
    )  # fmt: skip
    return [Row.of(cases[pk], here) for _filed_at, pk in keys if pk in cases]


def stage_title(case: Case, stage: str) -> str:
    """Return the name of a stage, or of a block of stages, of an open case."""
    if case.status not in OPEN or not stage:
        return ""
    source = catalog.compiled(case.version).source
    return pick(Circuit.of(source).stage(stage).title) or stage


def _holders(case: Case, tasks: Sequence[CaseTask]) -> list[str]:
    """Return who has the stages that are open; of an ended case, who had the last."""
    if case.status not in OPEN:
        return [str(case.assignee)] if case.assignee else []
    return list(dict.fromkeys(str(task.assignee) for task in tasks if task.assignee))


def write_cursor(key: Key) -> str:
    filed_at, pk = key
    micros = (filed_at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return f"{micros}-{pk}"


def read_cursor(text: str) -> Key | None:
    """Return the place that a cursor names; None when it is none."""
    micros, _dash, pk = text.partition("-")
    if not (micros.isascii() and micros.isdigit() and pk.isascii() and pk.isdigit()):
        return None
    if len(micros) > 17 or len(pk) > 18:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micros)), int(pk)

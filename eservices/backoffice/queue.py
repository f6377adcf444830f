"""The queue: which cases wait for the agent's offices, in which order, and how many."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, JSONField, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.backoffice.access import FEW, Agent, Shape
from eservices.backoffice.cursors import Key, read_cursor, write_cursor
from eservices.backoffice.filters import SHOWN, Choice, Filters, choices, in_words
from eservices.backoffice.rows import Row, list_rows
from eservices.backoffice.shown import Clock, Desk
from eservices.cases.models import (
    CLOCK_RUNS,
    Case,
    CaseQuerySet,
    CaseStatus,
    CaseTaskQuerySet,
    StatusIs,
)
from eservices.catalog import services as catalog
from eservices.catalog.models import EService, LocalOffer
from portal.accounts.models import User
from portal.core.counting import BoundedCount
from portal.core.prepared import Prepared, prepared

PAGE = 25
COUNTED = 500  # a counter stops there: more would cost more and say no more
NEWEST_FIRST = {CaseStatus.REFUSED, CaseStatus.CLOSED, CaseStatus.WITHDRAWN}
FOR_CHIEFS = {"sign", "untouched"}
NARROWER = {"overdue", "today", "untouched", "waiting", "unassigned", "other"}  # than all open ones
Look = tuple[Shape, Filters, EService | None, Any]  # and what else its text depends on


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

    def __init__(self, agent: Agent, filters: Filters, clock: Clock | None = None) -> None:
        self.agent = agent
        self.filters = filters
        chosen = [office.pk for office in agent.offices if office.code == filters.office]
        self.office_ids = chosen or agent.office_ids
        self.clock = clock or Clock.read()
        self.desk = Desk(agent, self.office_ids, self.clock)

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
        own = self._filtered(self.office_ids).order_by()
        if not self.filters.is_open:
            return own.order_by("pk")
        asked = self._asked.order_by().values("case")
        if self.filters.show == "guest":
            return Case.objects.filter(pk__in=asked).order_by("pk")
        return Case.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=asked)).order_by("pk")

    def neighbours(self, case: Case) -> tuple[str, str]:
        """Return the references before and after `case` in this queue; empty at the ends."""
        place = getattr(case, self.column)
        if place is None:
            return "", ""
        here: Key = (place, case.pk)
        found: list[tuple[datetime, int, str]] = sorted(
            self._rows(_neighbours, at=place, number=case.pk)
        )
        earlier = [row[2] for row in found if row[:2] < here]
        later = [row[2] for row in found if row[:2] > here]
        before, after = earlier[-1] if earlier else "", later[0] if later else ""
        return (after, before) if self._is_newest_first else (before, after)

    def around(self, here: Key) -> QuerySet[Any, Any]:
        """Return what stands just before and just after this place, in each place to walk through."""
        nearest = Q()
        for place_id in self._places():
            for is_newest_first in (True, False):
                walk = self._walk_place(place_id, here, descending=is_newest_first)
                nearest |= Q(pk=Subquery(walk[:1]))
        rows: QuerySet[Any, Any] = Case.objects.filter(nearest)
        return rows.values_list(self.column, "pk", "reference")

    def _rows(self, statement: Prepared, *shape: Any, **values: Any) -> list[Any]:
        """Return what a statement about this queue finds: its text is kept where looks are alike."""
        filters, service = self.filters, self.service
        if not filters.is_plain and not filters.is_repeated:
            return list(statement.build(self, *shape, **values))
        # What can be asked of a service changes with its version, and midnight with the zone.
        version = service.current.spec_sha256 if service and service.current else ""
        more = (version, timezone.get_current_timezone_name())
        look = (self.agent.shape, filters, service, "" if filters.is_plain else more)
        kept = statement if filters.is_plain else statement.by_choice
        return kept(look, *shape, **values, **self._values)

    @cached_property
    def _values(self) -> dict[str, Any]:
        """The values of a statement that is written once for all looks like this one."""
        values = {"user_id": self.agent.user.pk, **vars(self.clock)}
        if self.agent.meets_restricted and self.agent.known is not None:
            values["known"] = tuple(self.agent.known)
        return values

    @property
    def _is_newest_first(self) -> bool:
        return self.filters.status in NEWEST_FIRST

    def _places(self) -> list[int]:
        """Return the offices to walk through; nought stands for what others ask of them.

        The inbox is one: what another office waits for stands in it at its age.
        """
        if self.filters.show == "guest":
            return [0]
        is_whole = self.filters.is_open and self.agent.has_guests
        return [*self.office_ids, 0] if is_whole else self.office_ids

    def counters(self) -> list[Counter]:
        """Return what the strip above the queue shows, in one query of bounded counts."""
        look = (self.agent.shape, Filters(office=self.filters.office), None, "")
        numbers: dict[str, Any] = _numbers(look, **self._values)[0]
        asked: dict[str, int] = numbers.pop("asked_here", None) or {}
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
                number=(numbers.get(name) or 0) + asked.get(name, 0),
                query=Filters(office=self.filters.office, show=name).query(),
                is_current=self.filters.show == name,
            )
            for name, label in labels.items()
            if name in numbers or name == "guest"
        ]

    def numbers(self) -> QuerySet[Any, Any]:
        """Return one row with what each counter counts."""
        counted = self._counted()
        counts: dict[str, Any] = {
            name: BoundedCount(rows.order_by().values("pk")[: COUNTED + 1])
            for name, rows in counted.items()
        }
        if self.agent.has_guests:
            asked_here = self.desk.count_asked(counted)
            counts["asked_here"] = Subquery(asked_here, output_field=JSONField())
        return User.objects.filter(pk=self.agent.user.pk).values(**counts)

    def _counted(self) -> dict[str, QuerySet[Any]]:
        """Return what each counter counts of the own cases; what others ask is counted together."""
        cases: dict[str, QuerySet[Any]] = {"unpaid": self._unpaid()}
        # Enough to count, with those that this person may not read: all of these are known.
        is_known = not self.agent.meets_restricted or self.agent.known is not None
        limit = COUNTED + 1 + FEW if is_known else None
        for name in SHOWN:
            if name not in ("guest", *cases) and (name not in FOR_CHIEFS or self.agent.is_chief):
                cases[name] = self.desk.narrow(self._own, name, limit)
        return cases

    def _scope(self, office_ids: list[int]) -> CaseQuerySet:
        """Return the cases of these offices of the agent's: exactly what `for_agent` allows there."""
        cases = self.agent.readable(Case.objects.for_offices(office_ids))
        return cases.exclude(status=CaseStatus.AWAITING_PAYMENT)

    @cached_property
    def _own(self) -> CaseQuerySet:
        return self._scope(self.office_ids)

    def _unpaid(self) -> CaseQuerySet:
        """Return what is complete but not paid: counted for the office, nobody's work yet."""
        cases = self.agent.readable(Case.objects.for_offices(self.office_ids))
        return cases.filter(status=CaseStatus.AWAITING_PAYMENT)

    def _keys(self, start: Key | None, *, backward: bool, limit: int) -> list[Key]:
        """Return the next places from `start`."""
        descending = backward != self._is_newest_first
        place = {"at": start[0], "number": start[1]} if start else {}
        found: set[Key] = set(self._rows(_places, descending, limit, **place))
        return sorted(found, reverse=descending)[:limit]

    def places(self, start: Key | None, *, descending: bool, limit: int) -> QuerySet[Any, Any]:
        """Return the next places of each office: one ordered walk of an index for each."""
        walks = [
            self._walk_place(place_id, start, descending=descending)[:limit]
            for place_id in self._places()
        ]
        # Each limit stands in a query of its own: SQLite takes none inside a union.
        each: list[QuerySet[Any, Any]] = [
            Case.objects.filter(pk__in=walk).order_by().values_list(self.column, "pk")
            for walk in walks
        ]
        return each[0].union(*each[1:]) if len(each) > 1 else each[0]

    def _walk_place(
        self, place_id: int, start: Key | None, *, descending: bool
    ) -> QuerySet[Any, Any]:
        """Return the keys of the cases of one place, in order, each once."""
        if place_id == 0:
            asked = self._walk_asked(start, descending=descending)
            return asked.values("case").distinct()  # two stages of one case may be asked
        return self._walk(place_id, start, descending=descending).values("pk")

    def _walk_asked(self, start: Key | None, *, descending: bool) -> QuerySet[Any, Any]:
        """Return what other offices ask of these in the order of their cases, by an index of stages."""
        tasks = self._asked
        if self.column == "due_at":
            tasks = tasks.filter(case_due_at__isnull=False, case_status__in=CLOCK_RUNS)
            return _in_order(tasks, "case_due_at", "case", start, descending=descending)
        return _in_order(tasks, "filed_at", "case", start, descending=descending)

    def _walk(self, office_id: int, start: Key | None, *, descending: bool) -> QuerySet[Any, Any]:
        cases = self._filtered([office_id])
        if self.column == "due_at":
            cases = cases.filter(StatusIs(CLOCK_RUNS), due_at__isnull=False)
        return _in_order(cases, self.column, "pk", start, descending=descending)

    @cached_property
    def _asked(self) -> CaseTaskQuerySet:
        """Return the stages by which what was chosen is asked of these offices."""
        filters, stages = self.filters, self.desk.asked(self.filters.show)
        if filters.status:
            stages = stages.filter(case_status=filters.status)
        stages = stages.filter(filters.kind("case_eservice", self.service))
        chosen = filters.people() & filters.answered(self.service)
        if chosen:
            stages = stages.filter(case__in=Case.objects.filter(chosen).values("pk"))
        return stages

    def _filtered(self, office_ids: list[int]) -> CaseQuerySet:
        """Return what was chosen among the cases of these offices."""
        filters = self.filters
        cases = self._own if office_ids == self.office_ids else self._scope(office_ids)
        if filters.is_open:
            # Said twice, the planner takes it for rarer than it is.
            cases = cases if filters.show in NARROWER else cases.open()
            if filters.status:
                cases = cases.filter(status=filters.status)
        else:
            cases = cases.filter(status=filters.status, filed_at__isnull=False)
        cases = cases.filter(filters.condition(self.service), filters.answered(self.service))
        return self.desk.narrow(cases, filters.show)

    @cached_property
    def service(self) -> EService | None:
        """The one e-service that was chosen."""
        slug = self.filters.service
        return next((one for one in self._published if one.slug == slug), None) if slug else None

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
        return [
            eservice
            for eservice in self._published
            if eservice.current
            and (
                getattr(eservice, "is_own", False)
                or codes & set(catalog.compiled(eservice.current).source["offices"])
            )
        ]

    @cached_property
    def _published(self) -> list[EService]:
        return _services(tuple(self.agent.office_ids))


@prepared
def _services(office_ids: tuple[int, ...]) -> QuerySet[Any, Any]:
    """Return the published e-services, and which of them these offices of communes offer."""
    offers = LocalOffer.objects.standing().filter(office__in=office_ids)
    return (
        EService.objects.published()
        .annotate(is_own=Exists(offers.filter(eservice=OuterRef("pk"))))
        .only("slug", "code", "title", "current", "current__spec_sha256")
    )


def _shaped(
    look: "Look | Queue", user_id: int = 0, known: tuple[int, ...] | None = None, **clock: datetime
) -> Queue:
    """Return the queue that a statement is written for: one like it, or itself."""
    if isinstance(look, Queue):
        return look
    shape, filters, service, _more = look
    queue = Queue(Agent.shaped(shape, user_id, known), filters, Clock(**clock))
    queue.service = service
    return queue


@prepared
def _numbers(look: Look, **values: Any) -> QuerySet[Any, Any]:
    return _shaped(look, **values).numbers()


@prepared
def _places(
    look: Look | Queue,
    descending: bool,
    limit: int,
    at: datetime | None = None,
    number: int = 0,
    **values: Any,
) -> QuerySet[Any, Any]:
    start = None if at is None else (at, number)
    return _shaped(look, **values).places(start, descending=descending, limit=limit)


@prepared
def _neighbours(look: Look | Queue, at: datetime, number: int, **values: Any) -> QuerySet[Any, Any]:
    return _shaped(look, **values).around((at, number))


def _in_order(
    rows: QuerySet[Any], column: str, pk: str, start: Key | None, *, descending: bool
) -> QuerySet[Any, Any]:
    """Return the places after `start` in this order."""
    if start:
        at, number = start
        # The first bound is implied by the second and gives the index its starting point.
        side = "lt" if descending else "gt"
        beyond = Q(**{f"{column}__{side}": at}) | Q(**{f"{pk}__{side}": number})
        rows = rows.filter(beyond, **{f"{column}__{side}e": at})
    order = (f"-{column}", f"-{pk}") if descending else (column, pk)
    return rows.order_by(*order).values_list(column, pk)

"""The journal as a supervisor reads it: filtered, a page at a time, in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices.cases import usage
from portal.audit.models import AuditHead, AuditLine, AuditLineQuerySet

PER_PAGE = 50
ACTS: dict[str, Promise] = {
    "case.read": _("File read"),
    "case.listed": _("Names read in a list"),
    "case.taken": _("Taken"),
    "case.released": _("Given back"),
    "case.asked": _("Correction asked"),
    "case.proposed": _("Decision proposed"),
    "case.returned": _("Sent back for examination"),
    "case.granted": _("Granted"),
    "case.refused": _("Refused"),
    "case.completed": _("Stage finished"),
    "case.filled": _("Stage filled in"),
    "case.consulted": _("Register or opinion asked"),
    "case.assigned": _("Given to a person"),
    "case.billed": _("Payment asked"),
    "case.rerouted": _("Stage given to another office"),
    "case.reopened": _("Opened again"),
    "case.act_cancelled": _("Document cancelled"),
    "case.act_replaced": _("Document replaced"),
    "case.act_redrawn": _("Document drawn again with corrected texts"),
    "case.transferred": _("Passed to another office"),
    "case.handed_over": _("Document handed over"),
    "counter.opened": _("Opened at the counter"),
    "act.read": _("Act sent for control read"),
    "act.seen": _("Act sent for control marked as seen"),
    "act.observed": _("Observation on an act"),
    "cash.taken": _("Cash taken"),
    "till.opened": _("Till opened"),
    "till.closed": _("Till closed"),
    "role.given": _("Role given"),
    "role.changed": _("Role changed"),
    "role.taken": _("Role taken away"),
    "rights.changed": _("Rights changed"),
    "eservice.published": _("E-service published"),
    "eservice.opening_changed": _("Opening of an e-service changed"),
    "sitting.frozen": _("Agenda frozen"),
    "sitting.agenda_printed": _("Agenda of a sitting printed"),
    "sitting.closed": _("Sitting closed"),
    "export.made": _("Table exported"),
    "cms.changed": _("Change in the administration"),
    "staff.signed_in": _("Signed in"),
    "staff.sign_in_failed": _("Sign-in failed"),
    "journal.exported": _("Journal exported"),
    "training.reset": _("Training reset"),
}


@dataclass(frozen=True)
class JournalFilters:
    act: str = ""
    who: str = ""
    about: str = ""
    first: date | None = None
    last: date | None = None
    reasons: bool = False  # only files opened outside one's own work
    before: int = 0

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Read the address; what makes no sense there is as if it were not."""
        before = query.get("before", "")
        return cls(
            act=query.get("act", "") if query.get("act", "") in ACTS else "",
            who=query.get("who", "").strip()[:100],
            about=query.get("about", "").strip()[:100],
            first=_day(query.get("first", "")),
            last=_day(query.get("last", "")),
            reasons=query.get("reasons") == "1",
            before=int(before) if before.isdecimal() and len(before) < 19 else 0,
        )

    def apply(self, lines: AuditLineQuerySet) -> AuditLineQuerySet:
        if self.act:
            lines = lines.filter(act=self.act)
        if self.who:
            lines = lines.filter(actor_name__icontains=self.who)
        if self.about:
            lines = lines.filter(subject__icontains=self.about)
        if self.first:
            lines = lines.filter(at__gte=_start(self.first))
        if self.last:
            lines = lines.filter(at__lt=_start(self.last + timedelta(days=1)))
        if self.reasons:
            lines = lines.filter(act="case.read", details__has_key="reason")
        return lines

    def query(self) -> str:
        values = {
            "act": self.act, "who": self.who, "about": self.about,
            "first": self.first.isoformat() if self.first else "",
            "last": self.last.isoformat() if self.last else "",
            "reasons": "1" if self.reasons else "",
        }  # fmt: skip
        return urlencode({name: value for name, value in values.items() if value})


@dataclass(frozen=True)
class Row:
    """One line in words."""

    at: datetime
    who: str
    act: str
    about: str
    office: str
    details: list[str]
    position: int | None  # in the chain; None while it waits for its place


@dataclass(frozen=True)
class JournalPage:
    rows: list[Row]
    older: str  # the address of the page before, empty at the beginning
    head: AuditHead | None


def page(filters: JournalFilters, offices: Collection[str] | None) -> JournalPage:
    """Return a page of what these offices did; of everything when `offices` is None. Two queries."""
    lines = AuditLine.objects.all() if offices is None else AuditLine.objects.for_offices(offices)
    lines = filters.apply(lines)
    if filters.before:
        lines = lines.filter(pk__lt=filters.before)
    found = list(lines.select_related("link").newest_first()[: PER_PAGE + 1])
    shown, more = found[:PER_PAGE], found[PER_PAGE:]
    query = filters.query()
    older = f"{query}{'&' if query else ''}before={shown[-1].pk}" if more else ""
    return JournalPage([_row(line) for line in shown], older, AuditHead.objects.first())


def acts() -> list[tuple[str, str]]:
    return [(act, str(label)) for act, label in ACTS.items()]


def _row(line: AuditLine) -> Row:
    link = getattr(line, "link", None)
    details = [
        str(usage.TOLD.get(str(value), value))
        for name, value in line.details.items()
        if value not in (usage.WHOLE, "")
    ]
    about = line.subject
    act = str(ACTS.get(line.act, line.act))
    return Row(
        line.at, line.actor_name, act, about, line.office, details,
        link.position if link else None,
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))

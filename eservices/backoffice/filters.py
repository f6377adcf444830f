"""What an agent chose to see. It travels in the address, so that a view can be kept and shared."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.backoffice import wording
from eservices.backoffice.questions import Asked, asked_by
from eservices.backoffice.shown import open_cases_of
from eservices.cases.models import OPEN
from eservices.catalog.models import EService
from portal.core.prepared import may_stand_in_a_shape

SHOWN = ("overdue", "today", "untouched", "waiting", "other", "guest", "mine", "unassigned", "sign")
ORDERS = ("due",)
ANSWERS = 8  # filters on answers at once
ANSWER = "f."  # before the key of a question, in the address


@dataclass(frozen=True)
class Filters:
    """Nonsense in the address is no choice."""

    office: str = ""
    service: str = ""
    status: str = ""
    show: str = ""
    with_: str = ""  # the key of a colleague
    since: str = ""  # filed on this day or later
    until: str = ""
    label: str = ""
    order: str = ""
    answers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, query: QueryDict) -> "Filters":
        status, show, order = (query.get(name, "") for name in ("status", "show", "order"))
        answers = [
            (name.removeprefix(ANSWER)[:90], value[:100])
            for name, value in query.items()
            if name.startswith(ANSWER) and isinstance(value, str) and value.strip()
        ]
        service = query.get("service", "")[:80]
        return cls(
            office=query.get("office", "")[:50],
            service=service,
            status=status if status in wording.STATUSES else "",
            show=show if show in SHOWN else "",
            with_=_digits(query.get("with", "")),
            since=_day(query.get("since", "")),
            until=_day(query.get("until", "")),
            label=_digits(query.get("label", "")),
            order=order if order in ORDERS else "",
            answers=tuple(sorted(answers)[:ANSWERS]) if service else (),
        )

    def query(self, **changes: str) -> str:
        changed = replace(self, **changes)  # type: ignore[arg-type]
        pairs = [(name.rstrip("_"), value) for name, value in vars(changed).items()]
        chosen = [(name, value) for name, value in pairs if value and isinstance(value, str)]
        return urlencode(chosen + [(ANSWER + key, value) for key, value in changed.answers])

    @property
    def is_set(self) -> bool:
        return any(vars(self).values())

    @property
    def is_open(self) -> bool:
        """Whether cases under way are looked at, rather than those of one of the ended statuses."""
        return not self.status or self.status in OPEN

    @property
    def is_plain(self) -> bool:
        """Whether nothing is chosen but a counter, a status, an order: then all looks are alike."""
        return not (
            self.answers or self.since or self.until or self.with_ or self.label or self.service
        )

    @property
    def is_repeated(self) -> bool:
        """Whether the same choices ask for the same text, whenever they are made: a kept view does."""
        typed = [self.service, *(text for pair in self.answers for text in pair)]
        return all(map(may_stand_in_a_shape, [*typed, self.since, self.until]))

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What a form that changes the rest must carry along."""
        return [
            (name, value) for name, value in (("show", self.show), ("order", self.order)) if value
        ]

    @property
    def more(self) -> int:
        """How many of the choices are among those folded away."""
        chosen = (
            self.office,
            self.service,
            self.status,
            self.with_,
            self.since,
            self.until,
            self.label,
        )
        return sum(map(bool, chosen)) + len(self.answers)

    def condition(self, eservice: EService | None) -> Q:
        """Return the choices that compare columns of the case itself; `eservice` is the chosen one."""
        return self.kind("eservice", eservice) & self.people()

    def kind(self, column: str, eservice: EService | None) -> Q:
        """Return what was chosen of e-service and filing time: a stage keeps both of its case."""
        chosen = Q()
        if self.service:
            # By its key where there is one: an index of the office's cases begins with it.
            is_chosen = {column: eservice.pk} if eservice else {f"{column}__slug": self.service}
            chosen &= Q(**is_chosen)
        if self.since:
            chosen &= Q(filed_at__gte=_midnight(self.since))
        if self.until:
            chosen &= Q(filed_at__lt=_midnight(self.until) + timedelta(days=1))
        return chosen

    def people(self) -> Q:
        """Return what was chosen of who has the case, and of the labels on it."""
        chosen = Q()
        if self.with_:
            person = int(self.with_)
            chosen &= open_cases_of(person) if self.is_open else Q(assignee=person)
        if self.label:
            chosen &= Q(desk_labels__label=int(self.label))
        return chosen

    def answered(self, eservice: EService | None) -> Q:
        """Return the choices on answers, of the questions that this e-service asks."""
        if eservice is None or not self.answers:
            return Q()
        asked = {one.key: one for one in asked_by(eservice)}
        condition = Q()
        for name, value in self.answers:
            key, _colon, side = name.partition(":")
            if key in asked:
                condition &= asked[key].condition(value, side)
        return condition


@dataclass(frozen=True)
class Choice:
    """One question as a filter, with what is chosen."""

    asked: Asked
    value: str = ""
    least: str = ""
    most: str = ""

    @property
    def name(self) -> str:
        return ANSWER + self.asked.key


def choices(eservice: EService | None, filters: Filters) -> list[Choice]:
    """Return the questions of this e-service that can be filtered on."""
    if eservice is None:
        return []
    chosen: Mapping[str, str] = dict(filters.answers)
    return [
        Choice(one, chosen.get(one.key, ""), chosen.get(f"{one.key}:min", ""),
               chosen.get(f"{one.key}:max", ""))
        for one in asked_by(eservice)
    ]  # fmt: skip


def in_words(filters: Filters, eservice: EService | None) -> list[str]:
    """Tell the folded choices, so that nobody forgets that a list is narrowed."""
    words = [
        f"{choice.asked.label} : {choice.asked.told(text)}"
        for choice in choices(eservice, filters)
        for text in (choice.value, choice.least and f"≥ {choice.least}",
                     choice.most and f"≤ {choice.most}")
        if text
    ]  # fmt: skip
    if filters.since:
        words.append(_("filed since %(day)s") % {"day": filters.since})
    if filters.until:
        words.append(_("filed until %(day)s") % {"day": filters.until})
    return words


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) < 10 else ""


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else ""
    except ValueError:
        return ""


def _midnight(day: str) -> datetime:
    zone = timezone.get_current_timezone()
    return datetime.combine(date.fromisoformat(day), time.min, tzinfo=zone)

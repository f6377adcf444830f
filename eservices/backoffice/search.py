"""Finding one case among all: by its number, a phone, or words of the name and the answers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from eservices.backoffice.access import Agent, Roles
from eservices.backoffice.rows import Row, list_rows
from eservices.cases import searching
from eservices.cases.models import Case, CaseQuerySet, CaseReader, CaseTask, TaskStatus
from portal.accounts.errors import BadPhone
from portal.accounts.models import User
from portal.accounts.phones import parse_phone
from portal.core.prepared import prepared
from portal.core.references import clean_reference

FOUND = 50
RECENT = 1000  # looked at before the index is asked


@dataclass(frozen=True)
class Search:
    """What was asked and found; `reference` is set when the words were the number of a case."""

    words: str
    rows: list[Row] = field(default_factory=list)
    similar: list[Row] = field(default_factory=list)  # another spelling of the same sound
    reference: str = ""

    @property
    def keys(self) -> list[int]:
        """The cases whose names are shown."""
        return [row.pk for row in (*self.rows, *self.similar)]

    @property
    def is_cut(self) -> bool:
        return len(self.rows) == FOUND


def find(agent: Agent, words: str) -> Search:
    """Search the cases of the agent's offices, closed ones too, newest first.

    What other offices ask of these is found as well, by number and by phone.
    """
    words = words.strip()[:200]
    own = Case.objects.for_offices(agent.office_ids).filter(filed_at__isnull=False)
    cases = agent.readable(own)
    if reference := clean_reference(words):
        if (
            Case.objects.at_desk(agent.user, agent.office_ids, agent.roles)
            .filter(reference=reference)
            .exists()
        ):
            return Search(words, reference=reference)
        return Search(words)
    if by_phone := _phone(words, agent):
        return Search(words, list_rows(_by_phone(agent, by_phone), here=agent.office_ids))
    exact = _by_words(agent, cases, words, heard=False, limit=FOUND)
    similar: list[tuple[datetime, int]] = []
    if len(exact) < FOUND:
        others = _by_words(agent, cases, words, heard=True, limit=FOUND + len(exact))
        similar = [place for place in others if place not in set(exact)][:FOUND]
    rows = list_rows(exact + similar)
    return Search(words, rows[: len(exact)], rows[len(exact) :])


def _by_words(
    agent: Agent, cases: CaseQuerySet, words: str, *, heard: bool, limit: int
) -> list[tuple[datetime, int]]:
    condition = searching.as_heard(words) if heard else searching.as_written(words)
    if condition is None:
        return []
    index = searching.by_index(words, agent.office_ids, heard=heard)
    if index is None:
        return _newest(cases.filter(condition), limit)
    if len(words.split()) == 1:
        # A frequent word fills the page from the newest cases alone; the index would give them all.
        newest = Case.objects.filter(pk__in=_ordered(cases).values("pk")[:RECENT])
        if len(found := _newest(newest.filter(condition), limit)) == limit:
            return found
    return _newest(cases.filter(index, condition), limit)


def _by_phone(agent: Agent, phone: str) -> list[tuple[datetime, int]]:
    found: set[tuple[datetime, int]] = set(
        _of_phone(tuple(agent.office_ids), agent.roles, phone=phone, user_id=agent.user.pk)
    )
    return sorted(found, reverse=True)[:FOUND]


@prepared
def _of_phone(
    office_ids: tuple[int, ...], roles: Roles, *, phone: str, user_id: int
) -> QuerySet[Any, Any]:
    """Return the newest of this telephone: of each own office, and what others ask of these.

    A cybercafé's stands on a hundred thousand: each office is a walk of an index that ends, and
    others' are looked for among the newest of the country.
    """
    user = User(pk=user_id)
    may_read = Q(is_restricted=False) | CaseQuerySet.known_to(user, roles)
    filed = Case.objects.filter(phone=phone, filed_at__isnull=False)
    own = [_ordered(filed.filter(may_read, office=one)).values("pk")[:FOUND] for one in office_ids]
    asked = CaseTask.objects.filter(office__in=office_ids, is_guest=True, case=OuterRef("pk"))
    asked = asked.exclude(status=TaskStatus.CANCELLED).order_by()
    named = CaseReader.objects.filter(user=user, case=OuterRef("pk"))
    newest = Case.objects.filter(phone=phone).order_by("-created_at").values("pk")[:RECENT]
    others = filed.filter(may_read, pk__in=newest).alias(
        asked=Subquery(asked.values("pk")[:1]), named=Subquery(named.values("pk")[:1])
    )
    others = others.filter(Q(asked__isnull=False) | Q(named__isnull=False))
    # Each limit stands in a query of its own: SQLite takes none inside a union.
    each: list[QuerySet[Any, Any]] = [
        Case.objects.filter(pk__in=keys).order_by().values_list("filed_at", "pk")
        for keys in (*own, _ordered(others).values("pk")[:FOUND])
    ]
    return each[0].union(*each[1:])


def _ordered(cases: CaseQuerySet) -> CaseQuerySet:
    return cases.order_by("-filed_at", "-pk")


def _newest(cases: CaseQuerySet, limit: int = FOUND) -> list[tuple[datetime, int]]:
    places: QuerySet[Any, Any] = _ordered(cases).values_list("filed_at", "pk")
    return list(places[:limit])


def _phone(words: str, agent: Agent) -> str:
    if sum(char.isdigit() for char in words) < 6:
        return ""
    try:
        return parse_phone(words, agent.offices[0].country)
    except BadPhone:
        return ""

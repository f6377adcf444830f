"""Finding one case among all: by its number, a phone, or words of the name and the answers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from eservices.backoffice.access import Agent
from eservices.backoffice.rows import Row, list_rows
from eservices.cases import searching
from eservices.cases.models import Case, CaseQuerySet
from portal.accounts.errors import BadPhone
from portal.accounts.phones import parse_phone
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
        of_phone = Case.objects.at_desk(agent.user, agent.office_ids, agent.roles).filter(
            by_phone, filed_at__isnull=False
        )
        return Search(words, list_rows(_newest(of_phone), here=agent.office_ids))
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


def _ordered(cases: CaseQuerySet) -> CaseQuerySet:
    return cases.order_by("-filed_at", "-pk")


def _newest(cases: CaseQuerySet, limit: int = FOUND) -> list[tuple[datetime, int]]:
    places: QuerySet[Any, Any] = _ordered(cases).values_list("filed_at", "pk")
    return list(places[:limit])


def _phone(words: str, agent: Agent) -> Q | None:
    if sum(char.isdigit() for char in words) < 6:
        return None
    try:
        return Q(phone=parse_phone(words, agent.offices[0].country))
    except BadPhone:
        return None

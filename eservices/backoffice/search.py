"""Finding one case among all: by its number, a phone, or words of the name and the answers."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from eservices.backoffice.access import Agent
from eservices.backoffice.queue import Row, list_rows
from eservices.cases.models import Case
from eservices.formdefs.reading import fold
from portal.accounts.errors import BadPhone
from portal.accounts.phones import parse_phone
from portal.core.references import clean_reference

FOUND = 50
WORDS = 5
SHORTEST = 2


@dataclass(frozen=True)
class Search:
    """What was asked and found; `reference` is set when the words were the number of a case."""

    words: str
    rows: list[Row] = field(default_factory=list)
    reference: str = ""

    @property
    def is_cut(self) -> bool:
        return len(self.rows) == FOUND


def find(agent: Agent, words: str) -> Search:
    """Search the cases of the agent's offices, closed ones too, newest first."""
    words = words.strip()[:200]
    cases = Case.objects.for_agent(agent.user).filter(filed_at__isnull=False)
    if reference := clean_reference(words):
        if cases.filter(reference=reference).exists():
            return Search(words, reference=reference)
        return Search(words)
    condition = _phone(words, agent) or _words(words)
    if condition is None:
        return Search(words)
    found = cases.filter(condition).order_by("-filed_at", "-pk")
    places: QuerySet[Any, Any] = found.values_list("filed_at", "pk")[:FOUND]
    return Search(words, list_rows(list(places)))


def _phone(words: str, agent: Agent) -> Q | None:
    if sum(char.isdigit() for char in words) < 6:
        return None
    try:
        return Q(phone=parse_phone(words, agent.offices[0].country))
    except BadPhone:
        return None


def _words(words: str) -> Q | None:
    """Every word must stand in the answers or the name; `search_text` is folded already."""
    parts = [word for word in fold(words).replace("\x00", " ").split() if len(word) >= SHORTEST]
    if not parts:
        return None
    condition = Q()
    for part in parts[:WORDS]:
        condition &= Q(search_text__contains=part) | Q(applicant_name__icontains=part)
    return condition

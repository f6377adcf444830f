"""Questions put to a registry of another body. One protocol, one table of connectors.

A connector answers in our words, within its time, or says that it cannot; it never decides for the
form. A registry that did not answer is left alone for half a minute, so that nobody waits for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.core.cache import cache
from django.utils import timezone

from portal.core.errors import PortalError

TIMEOUT = 4.0  # seconds a person may be made to wait
REST = 30  # seconds during which a registry that failed is not asked again
KEEP = 600  # seconds during which the same question has the same answer


class RegistryUnavailable(PortalError):
    """The registry did not answer in time, or answered nonsense."""

    code = "registry_unavailable"


class Connector(Protocol):
    """The way to one registry."""

    key: str
    name: Any  # text, in several languages
    outputs: Mapping[str, Any]  # what a record may hold → its label

    def find(self, number: str, given: Mapping[str, Any], *, timeout: float) -> Mapping | None:
        """Return the record of `number`, None when there is none, or when `given` (what the person
        said of himself) does not fit it: a number alone must not open a record.

        :raises RegistryUnavailable:
        """
        ...


@dataclass(frozen=True)
class Answer:
    """What a registry said, and when. It is kept whole with the request."""

    state: str  # found, not_found, unreachable
    at: str
    record: Mapping[str, Any] = field(default_factory=dict)


CONNECTORS: dict[str, Connector] = {}


def connect(connector: Connector) -> None:
    """Make a registry known to forms, under its key."""
    CONNECTORS[connector.key] = connector


def ask(key: str, number: str, given: Mapping[str, Any]) -> Answer:
    """Ask a registry. Never raises, never waits long: unreachable is an answer too."""
    connector = CONNECTORS.get(key)
    now = timezone.now().isoformat(timespec="seconds")
    if connector is None or cache.get(f"registry-rests:{key}"):
        return Answer("unreachable", now)
    question = f"registry:{key}:{hash((number, tuple(sorted(map(str, given.items())))))}"
    if (kept := cache.get(question)) is not None:
        return Answer(**kept)
    try:
        record = connector.find(number, given, timeout=TIMEOUT)
    except RegistryUnavailable:
        cache.set(f"registry-rests:{key}", True, REST)
        return Answer("unreachable", now)
    known = {name: record[name] for name in connector.outputs if name in record} if record else {}
    answer = Answer("found" if record is not None else "not_found", now, known)
    cache.set(question, {"state": answer.state, "at": now, "record": known}, KEEP)
    return answer


def agrees(record: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, bool]:
    """Return yes or no for each thing that both sides hold: an agent needs no more than that."""
    return {
        name: str(record[name]).casefold() == str(answers[name]).casefold()
        for name in record
        if answers.get(name) not in (None, "")
    }

"""What a form needs of the world, asked through one narrow door: the engine itself has no database.

Whoever shows or checks the form of a person says who stands behind it (`with sources.using(mine)`);
without that, nothing is offered and what was stored is believed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from eservices.formdefs.spec import FieldSpec


class NotAvailable(Exception):
    """What was chosen cannot be had any more; the message tells the person what to do."""


@dataclass(frozen=True)
class Earlier:
    """A case or an issued document of the same person."""

    reference: str
    title: str
    day: str = ""  # ISO


@dataclass(frozen=True)
class Slot:
    """A moment that can be booked: `starts_at` is local to the place, `2026-11-24T08:30`."""

    starts_at: str
    free: int


@dataclass(frozen=True)
class Place:
    """Where appointments are given: its name, and what is still free, soonest first."""

    name: str
    slots: Sequence[Slot]


class Source(Protocol):
    """The world of one person who fills one form."""

    def earlier(self, field: FieldSpec) -> Sequence[Earlier]:
        """Return what this person may refer to, newest first; empty when we do not know him."""
        ...

    def place(self, resource: str) -> Place | None:
        """Return what can be booked at `resource`; None when there is no such place."""
        ...

    def hold(self, resource: str, starts_at: str, person: str) -> None:
        """Keep a slot aside for this form for some minutes. Writes; called for what was just posted.

        With a `person` (an identity number), that person has no other appointment.

        :raises NotAvailable: when somebody else has it.
        """
        ...

    def is_held(self, resource: str, starts_at: str) -> bool:
        """Whether the slot is kept for this form, or could still be. Reads only."""
        ...

    def may_look_up(self, registry: str) -> bool:
        """Whether this form may ask a registry once more: nobody tries numbers one after another."""
        ...


class _Nobody:
    def earlier(self, field: FieldSpec) -> Sequence[Earlier]:
        return ()

    def place(self, resource: str) -> Place | None:
        return None

    def hold(self, resource: str, starts_at: str, person: str) -> None:
        return None

    def is_held(self, resource: str, starts_at: str) -> bool:
        return True

    def may_look_up(self, registry: str) -> bool:
        return True


_current: ContextVar[Source] = ContextVar("form_source", default=_Nobody())  # noqa: B039 - it holds nothing


def current() -> Source:
    return _current.get()


@contextmanager
def using(source: Source) -> Iterator[None]:
    """Let the forms built and checked inside see the world of one person."""
    token = _current.set(source)
    try:
        yield
    finally:
        _current.reset(token)

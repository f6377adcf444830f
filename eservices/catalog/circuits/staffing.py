"""Who could do the stages of a circuit, in each office where the e-service runs."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eservices.catalog.circuits.model import Circuit, Stage
from portal.accounts.models import Office, OfficeMembership
from portal.core.expressions import evaluate, variables

MOST_LEVELS = 20  # of the tree of offices


@dataclass(frozen=True)
class Gap:
    """One reason why requests would stop: a stage, the offices where, and what is wrong there."""

    problem: str  # "nobody", "closed", "alone"
    stage: Stage
    offices: tuple[Office, ...]
    role: str = ""


def gaps(definition: Mapping[str, Any]) -> list[Gap]:
    """Return why requests would stop somewhere; three queries, whatever the number of offices.

    Stages of one named person, or whose office depends on an answer, are known only case by case.
    """
    return list(_Staff(definition).gaps())


class _Staff:
    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.circuit = Circuit.of(definition)
        self.codes = set(definition["offices"])

    @cached_property
    def offices(self) -> dict[int, Office]:
        columns = ("code", "name", "kind", "parent_id", "is_active")
        return {one.pk: one for one in Office.objects.only(*columns)}

    @cached_property
    def homes(self) -> list[Office]:
        found = [one for one in self.offices.values() if one.code in self.codes and one.is_active]
        return sorted(found, key=lambda one: one.code)

    @cached_property
    def people(self) -> dict[tuple[int, str], set[int]]:
        rows = OfficeMembership.objects.filter(user__is_active=True)
        found: dict[tuple[int, str], set[int]] = {}
        for office, role, user in rows.values_list("office_id", "role", "user_id"):
            found.setdefault((office, role), set()).add(user)
        return found

    def gaps(self) -> Iterator[Gap]:
        for stage in self.circuit.stages:
            if stage.actor is not None or stage.show_if is False:
                continue
            places = {place.pk: place for home in self.homes if (place := self.place(home, stage))}
            closed = tuple(one for one in places.values() if not one.is_active)
            if closed:
                yield Gap("closed", stage, closed)
            empty = tuple(
                one for one in places.values() if one.is_active and not self.able(one, stage.role)
            )
            if empty:
                yield Gap("nobody", stage, empty, stage.role)
        alone = tuple(home for home in self.homes if self._is_alone(home))
        if alone:
            yield Gap("alone", self.circuit.decider, alone)

    def place(self, home: Office, stage: Stage) -> Office | None:
        """Return the office of `stage` for cases of `home`; None when an answer decides."""
        rule = stage.office
        if rule is None:
            return home
        if isinstance(rule, Mapping) and "relative" in rule:
            return self._relative(home, str(rule["relative"]))
        if variables(rule):
            return None
        code = evaluate(rule, {})
        return next((one for one in self.offices.values() if one.code == code), None)

    def able(self, office: Office, role: str) -> Set[int]:
        return self.people.get((office.pk, role), set())

    def _is_alone(self, home: Office) -> bool:
        """Whether one person alone would examine and sign: nobody could end such a request.

        Somebody must be left to sign while each examination has somebody else to do it, or, where
        nothing is examined as such, while somebody else sees the request before.
        """
        decider = self.circuit.decider
        there = self.place(home, decider)
        able = self.able(there, decider.role) if there else set()
        before = [one for one in self.circuit.stages if one is not decider and one.is_seen]
        reviews = [one for one in before if one.kind == "review"]
        examiners = [people for one in reviews if (people := self._doers(home, one))]
        if not reviews:
            known = [self._doers(home, one) for one in before]
            examiners = [set().union(*known)] if all(known) else []
        return bool(able) and all(any(people <= {one} for people in examiners) for one in able)

    def _doers(self, home: Office, stage: Stage) -> Set[int]:
        """Return who could do `stage`; empty when only the request says so, or nobody can."""
        office = None if stage.actor is not None else self.place(home, stage)
        return self.able(office, stage.role) if office else set()

    def _relative(self, home: Office, relative: str) -> Office | None:
        word, _colon, kind = relative.partition(":")
        above: list[Office] = []
        office = self.offices.get(home.parent_id or 0)
        while office is not None and len(above) < MOST_LEVELS:
            above.append(office)
            office = self.offices.get(office.parent_id or 0)
        if word == "kind":
            return next((one for one in [home, *above] if one.kind == kind), None)
        if not above:
            return None
        return above[-1] if word == "top" else above[0]

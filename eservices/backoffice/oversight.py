"""Whose figures a chief may see: those of the own offices, and of the offices below them."""

from collections import defaultdict
from dataclasses import dataclass

from eservices.backoffice.access import Agent
from portal.accounts.models import Office, Role


@dataclass(frozen=True)
class Oversight:
    """`own` are the offices of a chief; `below` those that are part of them, figures only (COM-4)."""

    own: list[Office]
    below: list[Office]

    @classmethod
    def of(cls, agent: Agent) -> "Oversight":
        own = [row.office for row in agent.memberships if row.role == Role.CHIEF]
        if not own:
            return cls([], [])
        children: defaultdict[int, list[Office]] = defaultdict(list)
        for office in Office.objects.exclude(parent=None).order_by("code"):
            children[office.parent_id or 0].append(office)
        known = {office.pk for office in own}
        below: list[Office] = []
        level = own
        while level := [
            child for office in level for child in children[office.pk] if child.pk not in known
        ]:
            known |= {office.pk for office in level}
            below += level
        return cls(own, below)

    @property
    def offices(self) -> list[Office]:
        return [*self.own, *self.below]

    @property
    def office_ids(self) -> list[int]:
        return [office.pk for office in self.offices]

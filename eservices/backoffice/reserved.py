"""What a case holds on registers, for who examines it: credits with what is left, people, vehicles."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from eservices.cases import holding
from eservices.cases.models import Case
from eservices.catalog import services as catalog
from eservices.registers.models import (
    AmountReservation,
    PeriodReservation,
    Register,
    RegisterEntry,
)
from portal.accounts.models import User
from portal.core.money import Money


@dataclass(frozen=True)
class Held:
    """One line that the case holds, or held."""

    entry: RegisterEntry
    state: str
    is_readable: bool  # this person may open the register
    amount: Money | None = None
    excess: Money | None = None
    first: date | None = None
    last: date | None = None

    @property
    def left(self) -> Money | None:
        """What the line has left now, for who may read its register."""
        return self.entry.available_money if self.amount and self.is_readable else None


def of_case(case: Case, reader: User) -> list[Held]:
    """Return what stands in the name of the case, amounts first; nothing where nothing is reserved."""
    if not catalog.compiled(case.version).source.get("reservations"):
        return []
    owner = holding.owner_of(case)
    readable = set(Register.objects.for_agent(reader).values_list("pk", flat=True))
    return [
        *(_amount(one, readable) for one in _standing(AmountReservation, owner)),
        *(_period(one, readable) for one in _standing(PeriodReservation, owner)),
    ]


def _standing(model: Any, owner: str) -> Any:
    """Return what stands of this kind in the owner's name, with its lines."""
    return model.objects.of(owner).standing().select_related("entry__register").order_by("pk")


def _amount(one: AmountReservation, readable: set[int]) -> Held:
    money = one.entry.money
    return Held(
        one.entry,
        one.get_state_display(),
        one.entry.register_id in readable,
        amount=money(one.spent if one.state == "consumed" else one.amount),
        excess=money(one.excess) if one.excess else None,
    )


def _period(one: PeriodReservation, readable: set[int]) -> Held:
    # An end at midnight leaves that day free.
    last = timezone.localtime(one.ends_at - timedelta(seconds=1)).date()
    return Held(
        one.entry,
        one.get_state_display(),
        one.entry.register_id in readable,
        first=timezone.localtime(one.starts_at).date(),
        last=last,
    )

"""Who is expected today at the counters of an agent's offices."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from eservices.appointments import services as appointments
from eservices.appointments.models import Booking, BookingStatus, Resource
from eservices.backoffice.access import Agent
from eservices.cases import services as cases
from eservices.cases.models import Case


@dataclass(slots=True)
class Line:
    """One appointment; its case unless it was deleted meanwhile."""

    booking: Booking
    case: Case | None

    @property
    def state(self) -> str:
        return {BookingStatus.HONOURED: "came", BookingStatus.MISSED: "missed"}.get(
            BookingStatus(self.booking.status), ""
        )


@dataclass(slots=True)
class CounterDay:
    """One counter on one day: its places, and who has them."""

    counter: Resource
    places: int
    lines: list[Line] = field(default_factory=list)

    @property
    def free(self) -> int:
        return max(0, self.places - len(self.lines))

    @property
    def came(self) -> int:
        return sum(line.state == "came" for line in self.lines)

    @property
    def missed(self) -> int:
        return sum(line.state == "missed" for line in self.lines)


def day_list(agent: Agent, day: date) -> list[CounterDay]:
    """Return the counters of the agent's offices with their people, in the order of the clock."""
    found = appointments.on_day(agent.office_ids, day)
    by_holder = _cases(agent, (one.holder for _c, expected, _p in found for one in expected))
    return [
        CounterDay(counter, places, [Line(one, by_holder.get(one.holder)) for one in expected])
        for counter, expected, places in found
    ]


def booking_of(agent: Agent, pk: int) -> Booking | None:
    """Return an appointment at a counter of the agent's offices; None for any other."""
    return Booking.objects.filter(pk=pk, resource__office__in=agent.office_ids).first()


def _cases(agent: Agent, holders: Iterable[str]) -> dict[str, Case]:
    keys = [one.removeprefix("case:") for one in holders if one.startswith("case:")]
    mine = Case.objects.for_agent(agent.user).filter(access_key__in=keys)
    rows = mine.select_related("eservice").only(
        "reference", "access_key", "applicant_name", "beneficiary", "phone", "eservice__title"
    )
    return {cases.attachment_owner(case): case for case in rows}

"""When and where somebody is expected for a request: an appointment at a counter, a hearing."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from eservices.appointments import services as appointments
from eservices.cases.circuit import Circuit
from eservices.cases.models import Case, HearingItem, HearingStatus, TaskStatus
from eservices.cases.services import attachment_owner
from eservices.catalog import services as catalog
from eservices.formdefs import engine
from portal.accounts.models import Office


@dataclass(frozen=True)
class Expected:
    """A moment on the clock of the place, and the place."""

    at: datetime
    room: str
    office: Office
    is_hearing: bool


def next_for(case: Case) -> Expected | None:
    """Return what the applicant is called to next; None when nothing is planned.

    Costs a query only where the e-service gives appointments or a hearing is the stage of now.
    """
    if case.filed_at is None:
        return None
    found = [one for one in (_appointment(case), _hearing(case)) if one is not None]
    return min(found, key=lambda one: one.at, default=None)


def gives_appointments(spec: engine.CompiledSpec) -> bool:
    return any(field.type.key == "appointment" for field in spec.fields)


def _appointment(case: Case) -> Expected | None:
    if not gives_appointments(catalog.compiled(case.version)):
        return None
    booking = appointments.booked_for(attachment_owner(case))
    if booking is None:
        return None
    office = booking.resource.office
    at = booking.starts_at.astimezone(ZoneInfo(office.time_zone))
    return Expected(at, booking.resource.name_in(), office, is_hearing=False)


def hearing_for(case: Case) -> Expected | None:
    """Return the hearing to which the applicant is called; a query only where a stage is one."""
    stages = Circuit.of(catalog.compiled(case.version).source).stages
    return _hearing(case) if any(stage.kind == "hearing" for stage in stages) else None


def _hearing(case: Case) -> Expected | None:
    waiting = [
        task.pk
        for task in case.tasks.all()
        if task.status == TaskStatus.OPEN and task.kind == "hearing"
    ]
    if not waiting:
        return None
    listed = HearingItem.objects.filter(
        task__in=waiting, decided_at=None, hearing__status=HearingStatus.PLANNED
    )
    item = listed.select_related("hearing__office").order_by("hearing__starts_at").first()
    if item is None:
        return None
    hearing = item.hearing
    at = hearing.starts_at.astimezone(ZoneInfo(hearing.office.time_zone))
    return Expected(at, hearing.room, hearing.office, is_hearing=True)

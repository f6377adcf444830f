"""From the slots a draft keeps aside to the appointments of its case."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from eservices.appointments import services as appointments
from eservices.appointments.errors import SlotTaken
from eservices.appointments.models import Booking, Resource
from eservices.formdefs.engine import Answers, CompiledSpec

MINUTES = "%Y-%m-%dT%H:%M"


def local_moment(resource: str, starts_at: str) -> datetime | None:
    """Return the moment that a place's own clock shows as `starts_at`; None for no such place."""
    found = Resource.objects.filter(code=resource, is_active=True).select_related("office").first()
    try:
        naive = datetime.strptime(starts_at, MINUTES)  # noqa: DTZ007 - the zone follows
    except ValueError:
        return None
    return naive.replace(tzinfo=ZoneInfo(found.office.time_zone)) if found else None


def book(spec: CompiledSpec, answers: Answers, *, holder: str, to: str) -> list[Booking]:
    """Turn the slots that `holder` chose into appointments of `to`.

    :raises SlotTaken: when one was lost to somebody else; nothing is booked then.
    """
    wanted = []
    for field in spec.fields:
        one = answers.get(field.key)
        if field.type.key != "appointment" or not isinstance(one, dict):
            continue
        moment = local_moment(one["resource"], one["starts_at"])
        if moment is None:
            raise SlotTaken(_("Choose a slot of the list."))
        wanted.append((one["resource"], moment, str(one.get("person") or "")))
    return appointments.book(holder=holder, to=to, wanted=wanted) if wanted else []

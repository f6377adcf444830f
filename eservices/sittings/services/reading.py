"""Every reading of a dossier by who sits or prepares is written down, in the office of the reader."""

from django.utils import timezone

from eservices.cases import services as cases
from eservices.cases import usage
from eservices.sittings.models import AgendaItem, Sitting
from portal.accounts.models import Role, User
from portal.audit import services as audit


def record_reading(item: AgendaItem, *, reader: User, what: str = usage.PACK) -> None:
    """Record that `reader` reads the whole dossier, or the piece named `what`."""
    seat = reader.office_memberships.select_related("office").order_by("pk").first()
    cases.record_reading(
        item.case,
        reader=reader,
        role=seat.role if seat else Role.AGENT,
        office=seat.office if seat else None,
        what=what,
    )


def record_printing(sitting: Sitting, *, reader: User) -> None:
    """Record that `reader` took the agenda on paper."""
    audit.record(
        "sitting.agenda_printed",
        actor=reader,
        office=sitting.office.code,
        subject=sitting.owner_key,
    )


def record_opening(item: AgendaItem, *, reader: User, what: str = usage.PACK) -> None:
    """Record it once an hour: the page of a dossier is opened again and again in a sitting."""
    since = timezone.now() - usage.SAME_READING
    if not item.case.readings.filter(reader=reader, what=what, at__gt=since).exists():
        record_reading(item, reader=reader, what=what)

"""The world of one draft, as its form sees it: slots at counters, earlier requests, registries."""

from collections.abc import Sequence

from django.core.cache import cache
from django.utils.translation import gettext as _

from eservices.appointments import services as appointments
from eservices.appointments.errors import SlotTaken
from eservices.cases import services as cases
from eservices.cases.models import Case, CaseQuerySet, CaseStatus
from eservices.documents.models import IssuedDocument
from eservices.filing.booking import MINUTES, local_moment
from eservices.filing.models import Draft
from eservices.formdefs.sources import Earlier, NotAvailable, Place, Slot
from eservices.formdefs.spec import FieldSpec

MOST_OFFERED = 8
SEARCHES = 20  # in an hour


class DraftSource:
    """What the person who writes this draft may refer to, book and search."""

    def __init__(self, draft: Draft, holder: str) -> None:
        self.draft, self.holder = draft, holder

    def earlier(self, field: FieldSpec) -> Sequence[Earlier]:
        if self.draft.owner is None:  # a browser proves nothing about who filed what
            return []
        own = Case.objects.for_applicant(self.draft.owner).exclude(status=CaseStatus.WITHDRAWN)
        if services := field.config.get("services"):
            own = own.filter(eservice__slug__in=services)
        own = own.select_related("eservice").defer("answers").order_by("-created_at")
        if field.config.get("of") == "document":
            return _documents(own)
        return [
            Earlier(one.reference, one.eservice.title_in(), one.created_at.date().isoformat())
            for one in own[:MOST_OFFERED]
        ]

    def place(self, resource: str) -> Place | None:
        found = appointments.find_resource(resource)
        if found is None:
            return None
        free = appointments.free_slots(found, holder=self.holder)
        slots = [Slot(one.starts_at.strftime(MINUTES), one.free) for one in free]
        return Place(found.name_in(), slots)

    def hold(self, resource: str, starts_at: str, person: str) -> None:
        moment = local_moment(resource, starts_at)
        if moment is None:
            raise NotAvailable(_("Choose a slot of the list."))
        try:
            appointments.hold(resource, moment, holder=self.holder, person=person)
        except SlotTaken as exc:
            raise NotAvailable(str(exc)) from exc

    def is_held(self, resource: str, starts_at: str) -> bool:
        moment = local_moment(resource, starts_at)
        return moment is not None and appointments.is_available(
            resource, moment, holder=self.holder
        )

    def may_look_up(self, registry: str) -> bool:
        key = f"searches:{registry}:{self.draft.pk}"
        if cache.add(key, 1, 3600):
            return True
        try:
            return cache.incr(key) <= SEARCHES
        except ValueError:  # it expired between the two calls
            return True


def _documents(own: CaseQuerySet) -> list[Earlier]:
    owners = {cases.attachment_owner(one): one for one in own[:50]}
    issued = IssuedDocument.objects.valid().filter(owner_key__in=owners).order_by("-issued_at")
    return [
        Earlier(one.number, one.title, one.issued_at.date().isoformat())
        for one in issued[:MOST_OFFERED]
    ]

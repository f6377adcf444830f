"""May a request be made now: dates and suspension of the service, and the places of its quota."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases.models import Case, CaseStatus
from eservices.catalog import services as catalog
from eservices.catalog.models import EService, EServiceVersion, Opening
from portal.accounts.models import User

SOON = timedelta(days=14)


def opening(
    eservice: EService, version: EServiceVersion | None = None, *, lock: bool = False
) -> Opening:
    """Return whether requests are accepted; with `lock`, nobody else takes the last place meanwhile.

    `version` is the current one, when it is at hand already. Costs a query only for a quota.
    """
    found = eservice.opening()
    current = version or eservice.current
    if not found.is_open or current is None:
        return found
    quota = catalog.compiled(current).source.get("quota")
    if not quota:
        return found
    if lock:
        EService.objects.select_for_update().filter(pk=eservice.pk).first()
    taken = Case.objects.filter(eservice=eservice).exclude(status=CaseStatus.WITHDRAWN)
    if eservice.opens_at:
        taken = taken.filter(created_at__gte=eservice.opens_at)
    if taken.count() >= quota:
        return Opening("full", _("All the places are taken. If somebody gives up their request, a place is free again: look again later."))  # fmt: skip
    return found


def opening_for(
    eservice: EService, user: User | None, version: EServiceVersion | None = None
) -> Opening:
    """Return whether this person may make a request: a procedure of the house is for its agents."""
    found, current = opening(eservice, version), version or eservice.current
    if not found.is_open or current is None:
        return found
    is_internal = catalog.compiled(current).source.get("audience") == "agents"
    if is_internal and (user is None or not user.is_agent):
        text = _("This procedure is for agents of the administration. Sign in as an agent first.")
        return Opening("internal", text)
    return found


def closes_soon(eservice: EService) -> bool:
    """Whether the service closes within two weeks, and is open still."""
    now = timezone.now()
    return eservice.closes_at is not None and now < eservice.closes_at < now + SOON

"""What follows for drafts when a service opens, closes or changes."""

from typing import Any

from eservices.catalog.models import EService
from eservices.filing import closing
from portal.outbox.services import subscribe


@subscribe("eservice.opening_changed")
def tell_of_opening(eservice_id: int, **rest: Any) -> None:
    _tell(eservice_id)


@subscribe("eservice.published")
def tell_of_window(eservice_id: int, **rest: Any) -> None:
    """A version may bring dates of a campaign, or a quota."""
    _tell(eservice_id)


def _tell(eservice_id: int) -> None:
    closing.tell_of(EService.objects.select_related("current").get(pk=eservice_id))

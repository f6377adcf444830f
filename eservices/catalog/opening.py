"""Opening and closing an e-service, apart from its versions: what was published stays as it is."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from eservices.catalog.models import EService
from portal.accounts.models import User
from portal.audit import services as audit
from portal.outbox.services import publish as announce


@transaction.atomic
def change(
    eservice: EService,
    *,
    by: User | None,
    opens_at: datetime | None,
    closes_at: datetime | None,
    is_suspended: bool,
    message: Mapping[str, str],
) -> None:
    """Say from when to when requests are accepted. Requests already filed go on."""
    locked = EService.objects.select_for_update().get(pk=eservice.pk)
    locked.opens_at, locked.closes_at = opens_at, closes_at
    locked.is_suspended, locked.suspended_message = is_suspended, dict(message)
    locked.save(
        update_fields=["opens_at", "closes_at", "is_suspended", "suspended_message", "updated_at"]
    )
    audit.record(
        "eservice.opening_changed",
        actor=by,
        subject=locked.slug,
        details={
            "opens": opens_at.isoformat() if opens_at else "",
            "closes": closes_at.isoformat() if closes_at else "",
            "suspended": is_suspended,
        },
    )
    announce("eservice.opening_changed", eservice_id=locked.pk)

"""Is what happened being told? For /readyz."""

from typing import Any

from django.utils import timezone

from portal.core.health import NotReady
from portal.outbox.models import OutboxMessage

LATE = 300  # seconds: the worker repairs itself within one minute


def oldest_due() -> dict[str, Any]:
    """Return the age of the oldest message still to deliver. :raises NotReady: when it is late."""
    now = timezone.now()
    first = OutboxMessage.objects.due(now).values_list("available_at", flat=True).first()
    age = int((now - first).total_seconds()) if first else 0
    if age > LATE:
        raise NotReady(f"the oldest message has been waiting for {age} s: is the worker running?")
    return {"oldest_due_seconds": age, "parked": OutboxMessage.objects.parked().count()}

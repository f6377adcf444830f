"""Housekeeping of the outbox."""

from datetime import timedelta

from django.utils import timezone

from portal.outbox.models import OutboxMessage

KEEP_DELIVERED = timedelta(days=30)  # long enough to answer "was I told?"
BATCH = 1000  # a short lock: citizens write at the same time


def purge_delivered() -> int:
    """Delete the messages delivered more than thirty days ago, and return how many."""
    deleted = 0
    while True:
        keys = list(
            OutboxMessage.objects.delivered_before(timezone.now() - KEEP_DELIVERED)
            .order_by("pk")
            .values_list("pk", flat=True)[:BATCH]
        )
        if not keys:
            return deleted
        deleted += OutboxMessage.objects.filter(pk__in=keys).delete()[0]

"""The journal's own work: chaining, and the head of each day."""

from datetime import timedelta

from django.utils import timezone

from portal.audit import services
from portal.audit.models import AuditHead, AuditLink
from portal.audit.services import UTC

MOST_DAYS = 40  # after a long rest, the heads of the last weeks are enough


def chain_lines() -> int:
    """Chain what was written since the last time."""
    return services.chain()


def close_days() -> int:
    """Close each day that ended since the last time; return how many."""
    yesterday = timezone.now().astimezone(UTC).date() - timedelta(days=1)
    last = AuditHead.objects.order_by("-day").first()
    if last is not None and last.day >= yesterday:
        return 0
    services.chain(everything=True)
    first = AuditLink.objects.order_by("position").first()
    if first is None:
        return 0
    start = last.day + timedelta(days=1) if last else first.chained_at.astimezone(UTC).date()
    start = max(start, yesterday - timedelta(days=MOST_DAYS))
    days = [start + timedelta(days=number) for number in range((yesterday - start).days + 1)]
    return sum(services.close_day(day) is not None for day in days)

"""What the clock brings."""

from datetime import timedelta

from django.utils import timezone

from eservices.casework import counter
from eservices.casework.models import CounterDraft

DRAFT_LIFE = timedelta(days=7)  # the person has gone; identity papers are not kept for nothing


def purge_counter_drafts() -> int:
    """Delete what was keyed at a counter and never opened; return how many."""
    old = list(CounterDraft.objects.saved_before(timezone.now() - DRAFT_LIFE)[:500])
    for draft in old:
        counter.discard(draft)
    return len(old)

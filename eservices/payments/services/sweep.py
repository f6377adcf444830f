"""What repairs lost notices and interrupted calls: asking again, on a timetable."""

import logging
from datetime import datetime, timedelta

from django.db.models import F, Max
from django.utils import timezone

from eservices.payments import config, providers
from eservices.payments.errors import ProviderRejected, ProviderUnavailable
from eservices.payments.machine import UNOPENED, AttemptState
from eservices.payments.models import PaymentAttempt, WebhookEvent
from eservices.payments.services import attempts, settlement
from eservices.payments.services.inbox import keep

logger = logging.getLogger(__name__)

BATCH = 50
BREAKER = 3  # failures in a row after which the provider is left alone until the next sweep
RETRY = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(minutes=11)  # two look-ups at least ten minutes apart
OVERLAP = timedelta(minutes=10)


def sweep_pending(limit: int = BATCH) -> int:
    """Ask providers about attempts that are due; return how many were asked about.

    Any number may run at once: each attempt is claimed by one of them.
    """
    now = timezone.now()
    asked = failures = 0
    for attempt in list(PaymentAttempt.objects.due(now)[:limit]):
        if failures >= BREAKER:
            logger.error("the provider does not answer: sweep stopped")
            break
        if not _claim(attempt, now):
            continue
        asked += 1
        try:
            _ask(attempt, now)
            failures = 0
        except ProviderUnavailable:
            failures += 1
        except ProviderRejected as exc:
            logger.error("sweep of attempt %s refused: %s", attempt.pk, exc.code)
    return asked


def catch_up(since: datetime | None = None) -> int:
    """Read the provider's list of events since the last one, and keep those never delivered."""
    provider = providers.get(config.current().provider)
    if since is None:
        last = WebhookEvent.objects.aggregate(last=Max("created_at"))["last"]
        since = (last or timezone.now() - timedelta(days=1)) - OVERLAP
    return sum(keep(provider.code, event) for event in provider.events(since=since))


def _claim(attempt: PaymentAttempt, now: datetime) -> bool:
    """Take an attempt out of the queue; a crash leaves it there for later."""
    return bool(
        PaymentAttempt.objects.filter(pk=attempt.pk, next_poll_at=attempt.next_poll_at).update(
            next_poll_at=now + RETRY, polls=F("polls") + 1
        )
    )


def _ask(attempt: PaymentAttempt, now: datetime) -> None:
    if attempt.state == AttemptState.CANCELLING:
        attempts.cancel_attempt(attempt.pk)
        return
    synced = attempts.sync(attempt.pk, cause="sweep")
    if synced.state in UNOPENED and attempt.created_at < now - GIVE_UP_AFTER:
        settlement.close(attempt.pk, code="create_unknown")

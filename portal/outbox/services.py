"""Tell the outside what happened: never before the commit, at least once, to idempotent handlers."""

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from portal import jobs
from portal.outbox.models import OutboxMessage

logger = logging.getLogger(__name__)
Handler = Callable[..., None]
_subscribers: defaultdict[str, dict[str, Handler]] = defaultdict(dict)

# Longer than any handler may take; a worker killed in the middle is repaired after it.
LEASE = timedelta(seconds=45)
LONGEST_DELAY = timedelta(hours=4)


def subscribe(topic: str) -> Callable[[Handler], Handler]:
    """Call the decorated function with the payload of every message on `topic`.

    The function may run twice for the same message and must then change nothing more.
    """

    def register(handler: Handler) -> Handler:
        _subscribers[topic][f"{handler.__module__}.{handler.__qualname__}"] = handler
        return handler

    return register


def publish(topic: str, *, not_before: datetime | None = None, **payload: Any) -> None:
    """Record that something happened; each subscriber hears of it at least once, after commit.

    With `not_before` it is heard at that time or later. Payloads are ids and plain values.
    :raises RuntimeError: outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("publish() must run in the transaction of the change it reports")
    at = not_before or timezone.now()
    messages = [
        OutboxMessage(topic=topic, handler=name, payload=payload, available_at=at)
        for name in _subscribers[topic]
    ]
    if not messages:
        return
    OutboxMessage.objects.bulk_create(messages)
    if not_before is None:
        _wake_worker_once()


def drain(limit: int = 200) -> int:
    """Deliver what is due, oldest first, and return how many were tried. Any number may run at once."""
    tried = 0
    while tried < limit:
        due = list(OutboxMessage.objects.due()[:20])
        if not due:
            break
        for message in due:
            tried += deliver(message)
    return tried


def deliver(message: OutboxMessage) -> bool:
    """Run the handler of `message` unless another worker has it; tell whether it was ours."""
    now = timezone.now()
    claimed = (
        OutboxMessage.objects.due(now)
        .order_by()
        .filter(pk=message.pk, attempts=message.attempts)
        # The attempt is counted before it starts: a handler that kills its worker is parked too.
        .update(attempts=F("attempts") + 1, available_at=now + LEASE)
    )
    if not claimed:
        return False
    handler = _subscribers[message.topic].get(message.handler)
    try:
        if handler is None:
            raise LookupError(f"{message.handler} no longer subscribes to {message.topic}")
        handler(**message.payload)
    except Exception as exc:
        logger.exception("outbox %s failed: %s", message.pk, message)
        delay = min(timedelta(seconds=5 * 2**message.attempts), LONGEST_DELAY)
        OutboxMessage.objects.filter(pk=message.pk).update(
            last_error=repr(exc)[:2000], available_at=timezone.now() + delay
        )
    else:
        OutboxMessage.objects.filter(pk=message.pk).update(
            delivered_at=timezone.now(), last_error=""
        )
    return True


def _wake_worker_once() -> None:
    """Enqueue one wake-up for the current transaction, however many messages it publishes."""
    # The list of on-commit callbacks lives exactly as long as the transaction.
    if any(callback is _woken for _, callback, _ in connection.run_on_commit):
        return
    jobs.enqueue("portal.outbox.services.drain")
    transaction.on_commit(_woken)


def _woken() -> None:
    """Mark a transaction that already has its wake-up."""

"""Tell the outside what happened: never before the commit, at least once, to idempotent handlers."""

import logging
import time
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

# Longer than handlers take: one that takes longer runs twice at once, which it must bear anyway.
# A worker killed in the middle is repaired after it, so that it also is half of our minute.
LEASE = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=4)
# One job delivers for so long, then leaves the rest to a new one: a job has a time limit of its own.
DRAIN_SECONDS = 45


def subscribe(topic: str) -> Callable[[Handler], Handler]:
    """Call the decorated function with the payload of every message on `topic`.

    `case.*` hears every topic that begins with `case.`: its function takes whatever comes with it.
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
        for name in _listeners(topic)
    ]
    if not messages:
        return
    OutboxMessage.objects.bulk_create(messages)
    if not_before is None:
        _wake_worker_once()


def drain(limit: int = 200) -> int:
    """Deliver what is due, oldest first, and return how many were tried. Any number may run at once.

    :raises RuntimeError: inside a transaction, whose rollback would forget what was told.
    """
    tried = 0
    deadline = time.monotonic() + DRAIN_SECONDS
    while tried < limit and time.monotonic() < deadline:
        due = list(OutboxMessage.objects.due()[: min(20, limit - tried)])
        if not due:
            return tried
        for message in due:
            tried += deliver(message)
    if OutboxMessage.objects.due().exists():
        jobs.enqueue("portal.outbox.services.drain")
    return tried


def deliver(message: OutboxMessage) -> bool:
    """Run the handler of `message` unless another worker has it; tell whether it was ours."""
    if not _claim(message):
        return False
    row = OutboxMessage.objects.filter(pk=message.pk)
    try:
        _handler_of(message)(**message.payload)
    except Exception as exc:
        logger.exception("outbox %s failed: %s", message.pk, message)
        delay = min(timedelta(seconds=5 * 2**message.attempts), LONGEST_DELAY)
        row.update(last_error=_told(exc)[:2000], available_at=timezone.now() + delay)
    else:
        row.update(delivered_at=timezone.now(), last_error="")
    return True


def _told(error: Exception) -> str:
    """Return what failed, with what our own errors say to whoever repairs."""
    details = getattr(error, "details", None)
    return f"{error!r} {details}" if details else repr(error)


def retry(message: OutboxMessage) -> None:
    """Give a parked message all its attempts again, from now."""
    with transaction.atomic():
        rows = OutboxMessage.objects.undelivered().filter(pk=message.pk)
        if rows.update(attempts=0, available_at=timezone.now()):
            _wake_worker_once()


def _claim(message: OutboxMessage) -> bool:
    """Take the lease of `message` if nobody took it since it was read."""
    now = timezone.now()
    # Durable: a claim, and what the handler tells the world, must not depend on a later commit.
    with transaction.atomic(durable=True):
        claimed = (
            OutboxMessage.objects.due(now)
            .order_by()
            .filter(pk=message.pk, attempts=message.attempts)
            # The attempt is counted before it starts: a handler that kills its worker is parked too.
            .update(attempts=F("attempts") + 1, available_at=now + LEASE)
        )
    return bool(claimed)


def _handler_of(message: OutboxMessage) -> Handler:
    handler = _listeners(message.topic).get(message.handler)
    if handler is None:
        raise LookupError(f"{message.handler} no longer subscribes to {message.topic}")
    return handler


def _listeners(topic: str) -> dict[str, Handler]:
    """Return who hears `topic`, by name."""
    family = f"{topic.partition('.')[0]}.*"
    return {**_subscribers.get(topic, {}), **_subscribers.get(family, {})}


def _wake_worker_once() -> None:
    """Enqueue one wake-up for the current transaction, however many messages it publishes."""
    # The list of on-commit callbacks lives exactly as long as the transaction.
    if any(entry[1] is _woken for entry in connection.run_on_commit):
        return
    jobs.enqueue("portal.outbox.services.drain")
    transaction.on_commit(_woken)


def _woken() -> None:
    """Mark a transaction that already has its wake-up."""

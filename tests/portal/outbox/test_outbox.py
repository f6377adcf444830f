"""The outbox: in the transaction or not at all, at least once, one message per subscriber."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from portal import jobs
from portal.notifications import services as notifications
from portal.outbox import services
from portal.outbox.jobs import purge_delivered
from portal.outbox.models import MAX_ATTEMPTS, OutboxMessage
from portal.outbox.schedule import sweep
from portal.outbox.services import deliver, drain, publish, retry, subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def subscribers(monkeypatch):
    """Topics of this test only."""
    registry = type(services._subscribers)(dict)
    monkeypatch.setattr(services, "_subscribers", registry)
    return registry


@pytest.fixture
def heard():
    """What the subscriber of `test.topic` was told, in order."""
    calls = []

    @subscribe("test.topic")
    def hear(number):
        calls.append(number)

    return calls


def failing(*errors):
    """Subscribe a handler that raises each error in turn, then succeeds."""
    left, calls = list(errors), []

    @subscribe("test.topic")
    def fail(number):
        calls.append(number)
        if left:
            raise left.pop(0)

    return calls


def make_due(**changes):
    OutboxMessage.objects.update(available_at=timezone.now() - timedelta(seconds=1), **changes)


def publish_and_undo(number):
    with transaction.atomic():
        publish("test.topic", number=number)
        transaction.set_rollback(True)


def test_message_is_delivered_once(heard):
    publish("test.topic", number=1)
    assert drain() == 1
    assert drain() == 0
    assert heard == [1]


def test_messages_are_delivered_in_order(heard):
    for number in range(45):
        publish("test.topic", number=number)
    drain()
    assert heard == list(range(45))


def test_nothing_is_told_of_a_change_that_was_undone(heard):
    publish_and_undo(number=1)
    drain()
    assert heard == []
    assert not OrmQ.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_publish_needs_a_transaction(heard):
    with pytest.raises(RuntimeError, match="transaction"):
        publish("test.topic", number=1)


@pytest.mark.django_db(transaction=True)
def test_delivery_inside_a_transaction_is_refused(heard):
    with transaction.atomic():
        publish("test.topic", number=1)
        with pytest.raises(RuntimeError, match="durable"):
            drain()
    assert heard == []
    assert drain() == 1


@pytest.mark.django_db(transaction=True)
def test_one_wake_up_per_transaction(heard):
    with transaction.atomic():
        for number in range(3):
            publish("test.topic", number=number)
    assert OrmQ.objects.count() == 1
    with transaction.atomic():
        publish("test.topic", number=3)
    assert OrmQ.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_wake_up_survives_the_rollback_of_an_inner_block(heard):
    with transaction.atomic():
        publish_and_undo(number=1)
        publish("test.topic", number=2)
    assert OrmQ.objects.count() == 1
    drain()
    assert heard == [2]


def test_each_subscriber_has_its_own_message(heard):
    failing(ValueError("no"))
    publish("test.topic", number=1)
    drain()
    assert heard == [1]
    assert OutboxMessage.objects.undelivered().count() == 1
    make_due()
    drain()
    assert heard == [1]
    assert not OutboxMessage.objects.undelivered().exists()


def test_nobody_listens_nothing_is_kept():
    publish("test.topic", number=1)
    assert not OutboxMessage.objects.exists()
    assert not OrmQ.objects.exists()


def test_not_before_is_respected(heard):
    publish("test.topic", not_before=timezone.now() + timedelta(hours=1), number=1)
    assert drain() == 0
    assert not OrmQ.objects.exists()
    make_due()
    drain()
    assert heard == [1]


def test_failure_waits_longer_each_time_and_keeps_its_reason():
    failing(ValueError("first"), ValueError("second"))
    publish("test.topic", number=1)
    waits = []
    for _ in range(2):
        make_due()
        drain()
        message = OutboxMessage.objects.get()
        waits.append((message.available_at - timezone.now()).total_seconds())
    assert message.last_error == "ValueError('second')"
    assert waits == [pytest.approx(5, abs=1), pytest.approx(10, abs=1)]


def test_message_is_parked_after_too_many_attempts():
    calls = failing(*[ValueError("always")] * 100)
    publish("test.topic", number=1)
    for _ in range(MAX_ATTEMPTS + 3):
        make_due()
        drain()
    assert len(calls) == MAX_ATTEMPTS
    assert OutboxMessage.objects.parked().count() == 1
    assert not OutboxMessage.objects.due(timezone.now() + timedelta(days=2)).exists()


def test_parked_message_can_be_tried_again(heard):
    publish("test.topic", number=1)
    make_due(attempts=MAX_ATTEMPTS)
    assert drain() == 0
    retry(OutboxMessage.objects.get())
    drain()
    assert heard == [1]


def test_delivered_message_is_not_retried(heard):
    publish("test.topic", number=1)
    drain()
    retry(OutboxMessage.objects.get())
    drain()
    assert heard == [1]


def test_lease_of_a_killed_worker_runs_out(heard):
    publish("test.topic", number=1)
    message = OutboxMessage.objects.get()
    assert services._claim(message)  # and the worker dies here
    assert drain() == 0
    make_due()
    assert drain() == 1
    assert heard == [1]
    assert OutboxMessage.objects.get().attempts == 2


def test_sweep_wakes_a_worker_also_when_the_schedule_has_work(heard, monkeypatch):
    publish("test.topic", number=1)
    OrmQ.objects.all().delete()  # the wake-up was lost
    monkeypatch.setattr(jobs, "SCHEDULE", {"portal.outbox.jobs.purge_delivered": 60})
    asked: list[str] = []
    enqueue = jobs.enqueue
    monkeypatch.setattr(jobs, "enqueue", lambda name: (asked.append(name), enqueue(name)))
    sweep()
    assert asked == ["portal.outbox.services.drain", "portal.outbox.jobs.purge_delivered"]


def test_lease_lets_a_killed_worker_be_repaired_within_a_minute():
    """Lease, sweep, a slow handler; and a message's own lease must have run out before."""
    assert notifications.LEASE < services.LEASE <= timedelta(seconds=30)


def test_message_read_by_two_workers_is_delivered_by_one(heard):
    publish("test.topic", number=1)
    mine, theirs = OutboxMessage.objects.get(), OutboxMessage.objects.get()
    assert deliver(mine)
    assert not deliver(theirs)
    assert heard == [1]


def test_subscriber_that_is_gone_is_reported_not_lost(heard, subscribers):
    publish("test.topic", number=1)
    subscribers.clear()
    drain()
    assert "no longer subscribes" in OutboxMessage.objects.get().last_error


def test_drain_leaves_the_rest_to_another_job(heard):
    for number in range(5):
        publish("test.topic", number=number)
    OrmQ.objects.all().delete()
    drain(limit=1)
    assert heard == [0]
    assert OrmQ.objects.count() == 1


def test_purge_removes_what_was_delivered_a_month_ago(heard):
    for number in range(3):
        publish("test.topic", number=number)
    old, recent, waiting = OutboxMessage.objects.order_by("pk")
    for message, days in ((old, 31), (recent, 29)):
        OutboxMessage.objects.filter(pk=message.pk).update(
            delivered_at=timezone.now() - timedelta(days=days)
        )
    assert purge_delivered() == 1
    assert set(OutboxMessage.objects.all()) == {recent, waiting}


def test_operator_lists_parked_messages_and_puts_them_back(heard, capsys):
    publish("test.topic", number=1)
    make_due(attempts=MAX_ATTEMPTS)
    OutboxMessage.objects.update(last_error="ValueError('bad')")
    number = OutboxMessage.objects.get().pk
    call_command("outbox_retry")
    told = capsys.readouterr().out
    assert f"{number}\t" in told
    assert "ValueError('bad')" in told
    assert "1 parked." in told
    with pytest.raises(CommandError, match=f"not parked: {number + 1}"):
        call_command("outbox_retry", number, number + 1)
    assert OutboxMessage.objects.parked().exists(), "a wrong number puts nothing back"
    call_command("outbox_retry", number)
    drain()
    assert heard == [1]

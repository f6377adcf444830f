"""Several workers at once, with real transactions, on whichever database the suite runs."""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest
from django.db import connection, transaction

from portal.outbox import services
from portal.outbox.models import OutboxMessage, ScheduledRun
from portal.outbox.schedule import sweep

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


def at_once(function):
    def call(_number):
        try:
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(call, range(WORKERS)))


def test_each_message_has_one_worker(monkeypatch):
    monkeypatch.setattr(services, "_subscribers", type(services._subscribers)(dict))
    heard, lock = [], Lock()

    @services.subscribe("test.topic")
    def hear(number):
        with lock:
            heard.append(number)

    with transaction.atomic():
        for number in range(60):
            services.publish("test.topic", number=number)

    tried = at_once(services.drain)

    assert sorted(heard) == list(range(60))
    assert sum(tried) == 60
    assert not OutboxMessage.objects.undelivered().exists()


def test_scheduled_job_is_started_by_one_machine(monkeypatch):
    started = []
    monkeypatch.setattr(services.jobs, "SCHEDULE", {"somewhere.nightly": 3600})
    monkeypatch.setattr(services.jobs, "enqueue", lambda function, *ids: started.append(function))
    at_once(sweep)
    assert started == ["somewhere.nightly"]
    assert ScheduledRun.objects.count() == 1

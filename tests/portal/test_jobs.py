"""Jobs: oldest first, what was taken is known, signs of life."""

import os
import time

import pytest
from django_q.models import OrmQ

from portal import jobs

ran: list[tuple] = []


def note(*ids):
    ran.append(ids)


def explode():
    raise ValueError("no")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    ran.clear()
    return tmp_path


def broker():
    return jobs.Broker(list_key="guichet")


def test_run_calls_the_function_and_leaves_a_trace():
    jobs.run("tests.portal.test_jobs.note", 1, "a")
    assert ran == [(1, "a")]
    assert jobs.seconds_since_sign_of_life() < 5
    assert (jobs.traces() / f"worker-{os.getpid()}").read_text() == "idle"


def test_failing_job_is_logged_and_the_worker_goes_on(caplog):
    jobs.run("tests.portal.test_jobs.explode")
    assert "test_jobs.explode" in caplog.text


def test_busy_worker_counts_as_alive_however_long_it_takes():
    trace = jobs.traces() / f"worker-{os.getpid()}"
    trace.write_text("busy")
    os.utime(trace, (time.time() - 100,) * 2)
    assert jobs.seconds_since_sign_of_life() == 0


def test_busy_worker_that_was_killed_does_not():
    (jobs.traces() / "worker-999999999").write_text("busy")
    jobs.seconds_since_sign_of_life()
    assert jobs.seconds_since_sign_of_life() == float("inf")


@pytest.mark.django_db
def test_oldest_job_is_taken_first_and_noted():
    for number in range(3):
        jobs.enqueue("tests.portal.test_jobs.note", number)
    first = OrmQ.objects.order_by("pk")[0]
    [(key, _payload)] = broker().dequeue()
    assert key == first.pk
    assert (jobs.traces() / f"taken-{key}").exists()
    broker().acknowledge(key)
    assert not (jobs.traces() / f"taken-{key}").exists()
    assert OrmQ.objects.count() == 2


@pytest.mark.django_db
def test_job_of_a_killed_cluster_is_given_back():
    jobs.enqueue("tests.portal.test_jobs.note", 1)
    [(key, _payload)] = broker().dequeue()
    assert not jobs.anything_waiting()
    assert jobs.give_back_taken() == 1
    assert jobs.anything_waiting()
    assert [pk for pk, _payload in broker().dequeue()] == [key]


def test_schedule_is_a_table_in_code(monkeypatch):
    monkeypatch.setattr(jobs, "SCHEDULE", {})
    jobs.every(60)("somewhere.often")
    assert jobs.SCHEDULE == {"somewhere.often": 60}

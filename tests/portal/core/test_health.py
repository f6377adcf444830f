"""/healthz and /readyz, and what is answered while the database is away."""

from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.utils import timezone

from portal.core import health, schema
from portal.outbox.models import OutboxMessage


def test_healthz_asks_nobody(client):
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_when_everything_answers(client):
    response = client.get("/readyz")
    assert response.status_code == 200, response.content
    assert set(response.json()["checks"]) >= {
        "database",
        "cache",
        "storage",
        "migrations",
        "outbox",
    }


@pytest.mark.django_db
def test_ready_is_cheap(client, assert_max_queries):
    client.get("/readyz")
    with assert_max_queries(3):
        client.get("/readyz")


@pytest.mark.django_db
def test_not_ready_when_nobody_delivers(client):
    long_ago = timezone.now() - timedelta(hours=1)
    OutboxMessage.objects.create(topic="t", handler="h", payload={}, available_at=long_ago)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "is the worker running" in response.json()["checks"]["outbox"]["reason"]


@pytest.mark.django_db
def test_not_ready_while_migrations_wait(client, monkeypatch):
    monkeypatch.setattr(health, "pending_migrations", lambda: [("core", "0002_later")])
    response = client.get("/readyz")
    assert response.status_code == 503
    assert not response.json()["checks"]["migrations"]["ok"]


@pytest.mark.django_db
def test_reason_tells_no_secret(client, monkeypatch):
    def refuse():
        raise OperationalError("password=hunter2 host=db.internal")

    monkeypatch.setitem(health._checks, "cache", refuse)
    assert "hunter2" not in client.get("/readyz").content.decode()


@pytest.mark.django_db
def test_migrated_database_lacks_nothing(monkeypatch):
    monkeypatch.setattr(schema, "_known_complete", set())
    assert schema.pending_migrations() == []


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_database_away_is_a_503_page(error, monkeypatch):
    def refuse(*args):
        raise error

    monkeypatch.setattr("portal.core.health.JsonResponse", refuse)
    response = Client(raise_request_exception=False).get("/healthz")
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "indisponible" in response.content.decode()


def test_any_other_error_stays_a_500(monkeypatch):
    monkeypatch.setattr("portal.core.health.JsonResponse", lambda *args: 1 / 0)
    assert Client(raise_request_exception=False).get("/healthz").status_code == 500

"""Is this process alive, and can it serve people? For load balancers and the person on duty."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from portal.core.schema import pending_migrations

logger = logging.getLogger(__name__)

Check = Callable[[], dict[str, Any]]
_checks: dict[str, Check] = {}


class NotReady(Exception):
    """Raised by a check; the message goes to the operator."""


def register(name: str, check: Check) -> None:
    """Have /readyz run `check`: it returns what to show, or raises."""
    _checks[name] = check


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process runs; asks nothing of anybody else."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when people can be served, 503 with the reason when they cannot."""
    results = {name: _run(check) for name, check in _checks.items()}
    ready = all(result["ok"] for result in results.values())
    response = JsonResponse(
        {"status": "ok" if ready else "not ready", "checks": results}, status=200 if ready else 503
    )
    response["Cache-Control"] = "no-store"
    return response


def _run(check: Check) -> dict[str, Any]:
    try:
        return {"ok": True, **check()}
    except NotReady as exc:
        return {"ok": False, "reason": str(exc)}
    except Exception as exc:
        logger.exception("health check failed")
        # The class only: a message may carry a host name or a password.
        return {"ok": False, "reason": type(exc).__name__}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"engine": connection.vendor}


def _cache() -> dict[str, Any]:
    value = uuid4().hex
    cache.set("readyz", value, 10)
    # Another process may have written between the two lines: any value proves the cache.
    if cache.get("readyz") is None:
        raise NotReady("the cache forgets what it is told")
    return {}


def _storage() -> dict[str, Any]:
    private = storages["private"]
    private.delete(private.save(f"readyz/{uuid4().hex}", ContentFile(b"ready")))
    return {}


def _migrations() -> dict[str, Any]:
    if pending := pending_migrations():
        raise NotReady(f"{len(pending)} migrations are not applied: run manage.py migrate")
    return {}


register("database", _database)
register("migrations", _migrations)
register("cache", _cache)
register("storage", _storage)

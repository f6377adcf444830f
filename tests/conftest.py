"""Fixtures of the whole suite: databases, the outbox, counting queries, a real browser."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(autouse=True)
def _first_face(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin every test with the portal's first face already read: no test counts that query."""
    from portal.core import branding

    monkeypatch.setattr(branding, "_kept", (time.monotonic(), branding.Look()))


# --- Databases ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
) -> Iterator[None]:
    """Give this runner its own copy of a migrated database (tests/databases.py)."""
    from tests.databases import copies

    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    with django_db_blocker.unblock():
        databases = copies(f"_{worker}" if worker else "", keep=django_db_keepdb)
        databases.set_up()
        request.config.stash[COPIES] = databases, django_db_blocker
    yield
    with django_db_blocker.unblock():
        databases.tear_down()


COPIES: pytest.StashKey[Any] = pytest.StashKey()
DIRTY: pytest.StashKey[bool] = pytest.StashKey()
KEPT: pytest.StashKey[set[str]] = pytest.StashKey()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Make sure that a test with a database starts from what the migrations leave.

    A hook, because it must happen before pytest-django opens the test's transaction.
    """
    if not _uses_database(item):
        return
    if item.config.stash.get(DIRTY, False):
        databases, blocker = item.config.stash[COPIES]
        with blocker.unblock():
            databases.restore()
    item.config.stash[DIRTY] = _commits(item)


@pytest.fixture(autouse=True, scope="session")
def _no_flush() -> Iterator[None]:
    """Leave out Django's flush: the next test gets a fresh copy instead."""
    from django.test import TransactionTestCase

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: None)
    yield
    patch.undo()


@pytest.fixture
def from_kept(
    request: pytest.FixtureRequest, transactional_db: None
) -> Callable[[str, Callable[[], object]], None]:
    """Fill the database by a function, once in this run; later tests begin with a copy of that."""

    from django.core.cache import cache

    def fill(title: str, make: Callable[[], object]) -> None:
        databases, _blocker = request.config.stash[COPIES]
        kept: set[str] = request.config.stash.setdefault(KEPT, set())
        if title in kept:
            databases.restore(title)
            cache.clear()  # it remembers codes of the same people, used in the test before
        else:
            make()
            databases.keep_as(title)
            kept.add(title)

    return fill


def _uses_database(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or names & {"db", "transactional_db"}) or (
        _commits(item)
    )


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    names = set(getattr(item, "fixturenames", ()))
    return bool(marker and marker.kwargs.get("transaction")) or bool(
        names & {"transactional_db", "live_server", "django_db_reset_sequences"}
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the data folder that the test settings made."""
    from django.conf import settings

    if not hasattr(config, "workerinput") and "guichet-test-" in str(settings.DATA_DIR):
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    """Every test starts in the portal's own language, whatever the one before asked for."""
    from django.utils import translation

    with translation.override("fr"):
        yield


# --- The outbox and queries ---------------------------------------------------------------------


@pytest.fixture
def deliver_all(db: None) -> Callable[[], int]:
    """Do the outbox worker's job until nothing is due."""
    from portal.outbox.services import drain

    return drain


@pytest.fixture
def assert_max_queries(db: None) -> Callable[[int], AbstractContextManager[None]]:
    """`with assert_max_queries(12): …` fails, listing the statements, when there are more.

    Savepoints are not counted: they are an artefact of the test's own transaction.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    @contextmanager
    def check(limit: int) -> Iterator[None]:
        with CaptureQueriesContext(connection) as captured:
            yield
        statements = [query["sql"] for query in captured if not _is_transaction(query["sql"])]
        listing = "\n".join(f"{number}. {sql}" for number, sql in enumerate(statements, 1))
        assert len(statements) <= limit, f"{len(statements)} queries, at most {limit}:\n{listing}"

    return check


def _is_transaction(sql: str) -> bool:
    return sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "BEGIN", "COMMIT"))


# --- Journeys -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium; without one, journeys are skipped on a laptop and fail in CI."""
    if not shutil.which(CHROMIUM):
        reason = "Chromium is not installed (Debian: apt-get install chromium)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    # The browser's own event loop lives in this thread, and Django then refuses synchronous
    # queries from it, although nothing here is asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_page(browser: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """`new_page(viewport=PHONE, javascript=False)` opens a page of a fresh visitor.

    Any error in the browser's console fails the test, and so does a request to another host.
    """
    contexts, problems = [], []

    def open_page(*, viewport: dict = DESKTOP, javascript: bool = True, **options: Any) -> Any:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=viewport,
            java_script_enabled=javascript,
            locale=options.pop("locale", "fr-FR"),
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(int(os.environ.get("PAGE_TIMEOUT", "30000")))
        page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        page.on("request", lambda sent: _note_foreign(sent.url, live_server.url, problems))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems, problems


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """A page as wide as a small telephone."""
    return new_page(viewport=PHONE)


def _note_foreign(url: str, ours: str, problems: list[str]) -> None:
    # The browser shows a PDF with pages of its own, which leave nowhere.
    inside = ("data:", "blob:", "about:", "chrome:", "chrome-extension:")
    if not url.startswith((ours, *inside)):
        problems.append(f"request to another host: {url}")

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connection

from portal.accounts.sample import sample_logins
from portal.outbox.services import drain


@pytest.fixture
def portal(live_server, settings, from_kept):
    """The portal with its sample content, served at an address that its own links use."""
    settings.BASE_URL = live_server.url
    from_kept("sample", lambda: call_command("load_sample", verbosity=0))
    return live_server


@pytest.fixture
def password(portal):
    return sample_logins()[0]["password"]


@pytest.fixture
def work(portal):
    """Do what the worker would do by now: whatever is due."""

    def drain_all():
        while drain():
            pass
        connection.close()

    def run():
        # A thread of its own, as in a worker: the browser's event loop lives in this one.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(drain_all).result()

    return run

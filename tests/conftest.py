import pytest


@pytest.fixture
def deliver_all(db):
    """Do the outbox worker's job until nothing is due."""
    from portal.outbox.services import drain

    return drain

"""Jobs as a worker runs them: in no transaction but their own."""

import pytest

from eservices.backoffice import jobs
from portal.notifications.models import Delivery
from tests.people import make_agent

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_owner_of_a_long_export_is_written_to():
    agent = make_agent()
    jobs._mail(agent, "export-1")
    assert Delivery.objects.get(kind="desk.figures_ready").to == agent.email

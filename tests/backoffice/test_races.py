"""Two agents at the same instant, on PostgreSQL: one wins, the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import close_old_connections, connection
from django.urls import reverse

from eservices.cases import services as cases
from tests.factories import AgentFactory, CaseFactory, OfficeFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AGENTS = 6


@pytest.fixture(autouse=True)
def _only_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")


def together(*actions: Callable[[], object]) -> list[object]:
    """Run every action in a thread of its own, released at the same instant."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], object]) -> object:
        close_old_connections()
        try:
            barrier.wait(timeout=10)
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, a) for a in actions]]


def test_of_agents_who_take_one_case_one_wins_and_the_others_are_told(desk):
    office = OfficeFactory(code="dj-central")
    case = CaseFactory(office=office)
    address = reverse("backoffice:take", args=[case.reference])
    browsers = [desk(AgentFactory(office=office)) for _ in range(AGENTS)]
    answers = together(*(lambda browser=browser: browser.post(address) for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * (AGENTS - 1)
    case.refresh_from_db()
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert str(case.assignee) in lost.text
    assert case.events.filter(action="take").count() == 1


def test_agents_who_ask_for_the_next_case_get_different_ones():
    office = OfficeFactory(code="dj-central")
    for _ in range(AGENTS):
        CaseFactory(office=office)
    agents = [AgentFactory(office=office) for _ in range(AGENTS)]
    taken = together(
        *(
            lambda agent=agent: cases.take_next(actor=agent, office_ids=[office.pk])
            for agent in agents
        )
    )
    assert None not in taken
    assert len({case.pk for case in taken}) == AGENTS


def test_grant_and_refusal_at_once_make_one_decision(desk):
    office = OfficeFactory(code="dj-central")
    chief = AgentFactory(office=office, role="chief")
    case = CaseFactory(office=office, proposed=True, assignee=chief)
    first, second = desk(chief), desk(chief)
    motive = {"motive": "not_found", "reason": "Introuvable"}
    answers = together(
        lambda: first.post(reverse("backoffice:grant", args=[case.reference]), {"reason": ""}),
        lambda: second.post(reverse("backoffice:refuse", args=[case.reference]), motive),
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert case.events.filter(action__in=["grant", "refuse"]).count() == 1

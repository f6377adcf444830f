"""Branches that finish at the same instant, on PostgreSQL: the join fires once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import close_old_connections, connection

from eservices.cases import services as cases
from eservices.cases.models import Case, TaskStatus
from eservices.cases.services import Applicant
from eservices.catalog import services as catalog
from tests.people import make_agent, make_office
from tests.sample_spec import sample_definition

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
BODIES = 6


@pytest.fixture(autouse=True)
def _only_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")


def together(*actions: Callable[[], object]) -> None:
    """Run every action in a thread of its own, released at the same instant."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], object]) -> None:
        close_old_connections()
        try:
            barrier.wait(timeout=10)
            action()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        for future in [pool.submit(run, action) for action in actions]:
            future.result(timeout=60)


def body(number: int) -> dict:
    title = {"fr": f"Organisme {number}"}
    return {"key": f"body{number}", "kind": "opinion", "role": "agent", "title": title}


@pytest.mark.parametrize("join", ["all", 3])
def test_join_fires_once_however_many_branches_finish_together(join):
    office = make_office("test-office")
    stages = [
        {"key": "bodies", "branches": [body(n) for n in range(BODIES)], "join": join},
        {"key": "signature", "kind": "signature", "role": "chief", "title": {"fr": "Signature"}},
    ]
    version = catalog.publish(sample_definition(fees=[], circuit={"stages": stages}))
    answers = {"last_name": "ABDI", "first_names": "Hawa", "copies": 1, "reason": "school"}
    case = cases.open_case(version=version, applicant=Applicant(name="ABDI"), answers=answers)
    people = [make_agent(office) for _ in range(BODIES)]
    for number, person in enumerate(people):
        cases.take(case, actor=person, stage=f"body{number}")

    def finish(number, person):
        try:
            cases.complete(case, actor=person, stage=f"body{number}", outcome="favourable")
        except Exception as exc:
            # Beyond the quorum a branch is closed under its agent, who is told.
            if join == "all":
                raise AssertionError from exc

    together(*(lambda n=n, p=p: finish(n, p) for n, p in enumerate(people)))
    assert list(case.tasks.filter(status=TaskStatus.OPEN).values_list("stage", flat=True)) == [
        "signature"
    ]
    assert case.tasks.filter(stage="signature").count() == 1
    done = case.tasks.filter(status=TaskStatus.DONE).count()
    assert done == (BODIES if join == "all" else join)
    assert Case.objects.get(pk=case.pk).stage == "signature"

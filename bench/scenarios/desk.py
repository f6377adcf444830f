"""The agent's queue and one case file, with 10,000 then 100,000 cases in the database."""

import random
from datetime import timedelta
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from bench.context import Browser, Context
from eservices.cases.models import Case, CaseEvent, CaseStatus, CaseTask
from eservices.catalog import services as catalog
from portal.accounts.models import Office, User
from portal.core.references import new_reference
from tests.people import sign_in
from tests.sample_spec import sample_definition

SIZES = (10_000, 100_000)
BATCH = 2_000
ANSWERS = {
    "last_name": "ROBLEH", "first_names": "Hodan", "phone": "+25377831234", "copies": 2, "reason": "school",
}  # fmt: skip


def run(ctx: Context) -> None:
    office = Office.objects.get(code="dj-djibouti-central")
    version = catalog.publish(
        sample_definition(slug="bench-desk", code="BENCH", fees=[], offices=[office.code])
    )
    agent = User.objects.get(email="agent.dj@guichet.example")
    made = 0
    for size in SIZES:
        _make(version, office, agent, made, size)
        made = size
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        _measure(ctx, agent, size)


def _measure(ctx: Context, agent: User, size: int) -> None:
    session = _session_of(agent)
    oldest = Case.objects.filter(status=CaseStatus.SUBMITTED).oldest_first()[:1].get()
    pages = {
        "queue": reverse("backoffice:queue"),
        "queue, overdue": reverse("backoffice:queue") + "?show=overdue",
        "search by name": reverse("backoffice:search") + "?q=robleh500",
        "one case file": reverse("backoffice:case", args=[oldest.reference]),
    }
    for name, path in pages.items():

        def visit(browser: Browser, path: str = path) -> None:
            browser.cookies.update(session)
            browser.get(path)

        ctx.measure(name, visit, repeat=20, size=size)


def _session_of(agent: User) -> Any:
    """Sign in once: what is measured is a page of an agent at work."""
    from django.test import Client

    client = Client()
    sign_in(client, agent)
    return client.cookies


def _make(version: Any, office: Office, agent: User, start: int, stop: int) -> None:
    chance = random.Random(start)  # the same cases at every run
    for first in range(start, stop, BATCH):
        cases = Case.objects.bulk_create(
            [
                _case(version, office, agent, number, chance)
                for number in range(first, first + BATCH)
            ]
        )
        CaseTask.objects.bulk_create([_task(case) for case in cases])
        CaseEvent.objects.bulk_create(
            [CaseEvent(case=case, action="open", to_status="submitted") for case in cases]
        )


def _case(version: Any, office: Office, agent: User, number: int, chance: random.Random) -> Case:
    """Nine of ten cases are closed: a queue is what is left of years."""
    now = timezone.now()
    filed = now - timedelta(minutes=chance.randrange(60 * 24 * 700))
    status = chance.choices(["submitted", "in_review", "closed"], [7, 3, 90])[0]
    closed = now if status == "closed" else None
    return Case(
        reference=new_reference("DJ26"), eservice=version.eservice, version=version, office=office,
        applicant_name=f"ROBLEH{number} Hodan", phone=f"+25377{number:06}",
        answers=ANSWERS | {"last_name": f"ROBLEH{number}"}, search_text=f"robleh{number} hodan",
        status=status, stage="review", assignee=agent if status == "in_review" else None,
        filed_at=filed, created_at=filed, due_at=filed + timedelta(days=chance.choice([3, 10, 701])),
        decided_at=closed, ended_at=closed,
    )  # fmt: skip


def _task(case: Case) -> CaseTask:
    return CaseTask(
        case=case, stage="review", kind="review", role="agent", office_id=case.office_id,
        assignee_id=case.assignee_id, status="done" if case.status == "closed" else "open",
    )  # fmt: skip

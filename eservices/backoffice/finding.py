"""One case by its number, and those that come before it: statements that are written once."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.db.models.functions import Coalesce

from eservices.backoffice.access import Agent, Roles
from eservices.cases.models import Case, CaseTask, Message
from eservices.cases.workflow import Action
from eservices.casework.models import Errand, Note
from eservices.casework.teamwork import count_for_case
from eservices.catalog import services as catalog
from portal.accounts.models import User
from portal.core.prepared import prepared
from portal.core.references import clean_reference

SKIPPED_SHOWN = 100


def find(agent: Agent, reference: str) -> Case | None:
    """Return the case with this number if it lies in one of the agent's offices; two queries."""
    found: list[Case] = _case(
        tuple(agent.office_ids),
        agent.roles,
        user_id=agent.user.pk,
        reference=clean_reference(reference) or "-",
    )
    case = next(iter(found), None)
    if case is not None:
        # Compiled once per process: the rules read it without fetching the text of the version.
        case.version.spec = catalog.compiled(case.version).source
        prefetch_related_objects([case], Prefetch("tasks", CaseTask.objects.with_people()))
    return case


def was_passed_on_by(user: User, reference: str) -> bool:
    """Tell whether `user` passed the case with this number on to another office."""
    passed = Case.objects.filter(events__action=Action.TRANSFER, events__actor=user)
    return passed.filter(reference=clean_reference(reference) or "-").exists()


@prepared
def _case(
    office_ids: tuple[int, ...], roles: Roles, *, user_id: int, reference: str
) -> QuerySet[Case]:
    return (
        Case.objects.at_desk(User(pk=user_id), office_ids, roles)
        .select_related(
            "eservice", "version", "office__calendar", "payment", "assignee",
            "intake", "decision__document", "decision__proposed_by", "decision__decided_by",
        )
        .defer("version__spec", "eservice__definition", "search_text")
        .annotate(**_counts())
        .filter(reference=reference)
    )  # fmt: skip


@prepared
def _older(
    role: str,
    kind: str,
    is_guest: bool,
    *,
    office_id: int,
    eservice_id: int,
    filed_at: datetime,
    guest_id: int,
    actor_id: int,
) -> QuerySet[Any, Any]:
    """Return the first of the cases that should be taken before one like this."""
    case = Case(office_id=office_id, eservice_id=eservice_id, filed_at=filed_at)
    task = CaseTask(role=role, kind=kind, office_id=guest_id if is_guest else office_id)
    older = Case.objects.waiting_before(case, task, User(pk=actor_id)).order_by()
    return older.values_list("pk")[:SKIPPED_SHOWN]


def older_waiting(case: Case, task: CaseTask, actor: User) -> int:
    """Return how many cases should be taken before this one; a hundred stands for more."""
    older = _older(
        task.role, task.kind, task.office_id != case.office_id, office_id=case.office_id,
        eservice_id=case.eservice_id, filed_at=case.filed_at, guest_id=task.office_id,
        actor_id=actor.pk,
    )  # fmt: skip
    return len(older)


def _counts() -> dict[str, Coalesce]:
    """How much there is behind the tabs of the case, read with the case itself."""
    behind = {"letter_count": Message, "note_count": Note, "errand_count": Errand.objects.to_do()}
    return {name: count_for_case(rows) for name, rows in behind.items()}

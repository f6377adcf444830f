"""The one way a case changes: lock, check, change, record, publish."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from eservices.cases import holding, policies, workflow
from eservices.cases.models import Case, CaseEvent, CaseStatus
from eservices.cases.services.guests import tell_guests
from eservices.cases.workflow import Action
from portal.accounts.models import User
from portal.audit import services as audit
from portal.outbox.services import publish


@contextmanager
def transition(
    case: Case,
    action: Action,
    *,
    actor: User | None = None,
    as_applicant: bool = False,
    stage: str = "",
    note: str = "",
    is_public: bool = True,
    data: dict[str, Any] | None = None,
    in_sitting: bool = False,
) -> Iterator[Case]:
    """Lock `case`, refuse what the table or the policy refuses, then save, record and publish.

    `stage` names one of several that are open; `data` is kept with the event."""
    data = {} if data is None else data
    with transaction.atomic():
        case = _locked(case.pk)
        row = workflow.find(case.status, action)
        absent = policies.require(
            actor, action, case, as_applicant=as_applicant, stage=stage, in_sitting=in_sitting
        )
        if absent is not None:
            data["for"] = str(absent)
        source, case.status = case.status, row.target_from(case.status)
        # When and where it happens: what follows from it, such as another office, comes after.
        began, office_id = timezone.now(), case.office_id
        yield case
        case.status = _as_the_clock_says(case)
        case.save()
        told: dict[str, Any] = {"note": note, "is_public": is_public, "data": data}
        place: dict[str, Any] = {"from_status": source, "office_id": office_id, "at": began}
        record(case, action, event=row.event, actor=actor, **place, **told)


def _locked(pk: int) -> Case:
    related = ("version", "eservice", "office__calendar", "payment")
    return Case.objects.select_for_update(of=("self",)).select_related(*related).get(pk=pk)


def _as_the_clock_says(case: Case) -> str:
    """Between under way and waiting for the applicant, a clock that stands still decides."""
    if case.status not in (CaseStatus.IN_REVIEW, CaseStatus.AWAITING_APPLICANT):
        return case.status
    waits = case.paused_at is not None
    return CaseStatus.AWAITING_APPLICANT if waits else CaseStatus.IN_REVIEW


def record(
    case: Case,
    action: str,
    *,
    event: str,
    actor: User | None = None,
    from_status: str = "",
    note: str = "",
    is_public: bool = True,
    data: Mapping[str, Any] | None = None,
    office_id: int | None = None,
    at: datetime | None = None,
) -> None:
    """Keep what happened in the case's history, and publish it."""
    CaseEvent.objects.create(
        case=case,
        action=action,
        from_status=from_status,
        to_status=case.status,
        actor=actor,
        note=note,
        is_public=is_public,
        data=dict(data or {}),
        at=at or timezone.now(),
        told_by_id=(office_id or case.office_id) if _is_told(action, data or {}) else None,
    )
    if case.asks_elsewhere:
        tell_guests(case)
    holding.happened(case, event, actor=actor)
    # What the applicant does leaves its trace in the case itself; the journal is about staff.
    if actor is not None and actor.pk != case.applicant_id:
        audit.record(f"case.{event}", actor=actor, office=case.office.code, subject=case.reference)
    publish(f"case.{event}", case_id=case.pk)


def _is_told(action: str, data: Mapping[str, Any]) -> bool:
    """Whether a report on fairness tells it: order skipped, given back, passed on, taken away."""
    if action == Action.TAKE:
        return bool(data.get("skipped"))
    if action == Action.ASSIGN:
        return data.get("method") == "chief"
    return action in (Action.RELEASE, Action.TRANSFER)

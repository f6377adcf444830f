"""The sitting itself and what follows: decisions, minutes, the public report."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases import services as cases
from eservices.cases.errors import BadRequest, NotAllowed, TransitionNotAllowed
from eservices.documents import services as documents
from eservices.documents.models import IssuedDocument
from eservices.sittings import agenda, papers, policies
from eservices.sittings.errors import SittingError
from eservices.sittings.models import (
    ADOPTED,
    AgendaItem,
    Execution,
    Sitting,
    SittingStatus,
    Verdict,
)
from eservices.sittings.services.preparing import locked
from portal.accounts.models import User
from portal.audit import services as audit
from portal.outbox.services import publish


@transaction.atomic
def decide(
    item: AgendaItem,
    *,
    actor: User,
    verdict: str,
    text: str = "",
    responsible: str = "",
    due_on: date | None = None,
) -> None:
    """Write what the body decided on an item; it may be corrected until the sitting is closed.

    :raises SittingError:
    """
    sitting = locked(item.sitting)
    _require(policies.may_prepare(actor, sitting))
    if not sitting.is_frozen:
        raise SittingError(
            _("Decisions are written between the freeze and the end of the sitting.")
        )
    if verdict not in Verdict.values:
        raise SittingError(_("Choose what was decided."))
    if verdict == Verdict.RESERVED and not text.strip():
        raise SittingError(_("Write the changes to be made."))
    AgendaItem.objects.filter(pk=item.pk).update(
        verdict=verdict,
        text=text.strip(),
        responsible=responsible.strip()[:200],
        due_on=due_on,
        decided_by=actor,
        decided_at=timezone.now(),
    )


@transaction.atomic
def close(sitting: Sitting, *, actor: User, ends_at: datetime) -> IssuedDocument:
    """End the sitting: every case goes where its decision says, the minutes are issued. All or nothing.

    :raises SittingError: naming the item that stands in the way.
    """
    sitting = locked(sitting)
    _require(policies.may_lead(actor, sitting))
    if not sitting.is_frozen:
        raise SittingError(_("Only a sitting with a frozen agenda is closed."))
    if ends_at <= sitting.starts_at:
        raise SittingError(_("The sitting ends after it starts."))
    items = list(sitting.items.select_related("case__version", "case__eservice"))
    for item in items:
        if not item.verdict:
            raise SittingError(_("No decision yet on “%(title)s”.") % {"title": item.title})
    for item in items:
        _apply(item, actor)
    sitting.status, sitting.ends_at, sitting.closed_by = SittingStatus.CLOSED, ends_at, actor
    sitting.save()
    audit.record(
        "sitting.closed", actor=actor, office=sitting.office.code, subject=sitting.owner_key
    )
    return documents.issue(**papers.minutes(sitting, items, signer=str(actor)))


@transaction.atomic
def pass_report_on(sitting: Sitting, *, actor: User) -> None:
    """Approve the public report and give it to who publishes: nothing classified is in it.

    :raises SittingError:
    """
    sitting = locked(sitting)
    _require(policies.may_lead(actor, sitting))
    if sitting.status != SittingStatus.CLOSED:
        raise SittingError(_("The report is passed on once, after the sitting is closed."))
    sitting.status, sitting.published_by = SittingStatus.PUBLISHED, actor
    sitting.save()
    publish("session.published", session_id=sitting.pk, **papers.report(sitting))


@transaction.atomic
def set_execution(item: AgendaItem, *, actor: User, state: str, note: str = "") -> None:
    """Say how far a decision is carried out. :raises SittingError:"""
    _require(policies.may_prepare(actor, item.sitting))
    if state not in Execution.values or item.verdict not in ADOPTED:
        raise SittingError(_("Choose how far the decision is carried out."))
    AgendaItem.objects.filter(pk=item.pk).update(execution=state, execution_note=note.strip()[:500])


def minutes_of(sitting: Sitting) -> IssuedDocument | None:
    return documents.for_owner(sitting.owner_key).order_by("pk").last()


def _apply(item: AgendaItem, actor: User) -> None:
    """Grant or refuse the case as decided; an adjourned one waits for the next agenda."""
    if item.verdict == Verdict.ADJOURNED:
        return
    rule: Any = agenda.rule_of(item.case) or {}
    stage = str(rule.get("stage", ""))
    try:
        task = item.case.tasks.filter(stage=stage, status="open").first()
        if task is None or task.assignee_id != actor.pk:
            cases.take(item.case, actor=actor, stage=stage, reason=str(item.sitting))
        if item.verdict in ADOPTED:
            cases.grant(item.case, actor=actor, reason=item.text)
        else:
            motive = (rule.get("motives") or {}).get(item.verdict, "")
            cases.refuse(item.case, actor=actor, motive=motive, reason=item.text)
    except (BadRequest, NotAllowed, TransitionNotAllowed) as exc:
        raise SittingError(f"{item.title} ({item.case.reference}): {exc}") from exc


def _require(allowed: bool) -> None:
    if not allowed:
        raise SittingError(_("You may not do this for this sitting."))

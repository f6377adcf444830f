"""The sitting itself and what follows: decisions, minutes, the public report."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases import services as cases
from eservices.cases.errors import BadRequest, NotAllowed, TransitionNotAllowed
from eservices.cases.models import OPEN, CaseStatus
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
    seen: str | None = None,
) -> None:
    """Write what the body decided on an item; it may be corrected until the sitting is closed.

    `seen` is the stamp of the decision that the writer had before his eyes: what a colleague
    wrote since then is not written over. :raises SittingError:
    """
    sitting = locked(item.sitting)
    _require(policies.may_prepare(actor, sitting))
    item = AgendaItem.objects.select_related("case__version", "decided_by").get(pk=item.pk)
    if not sitting.is_frozen:
        raise SittingError(
            _("Decisions are written between the freeze and the end of the sitting.")
        )
    if verdict not in Verdict.values:
        raise SittingError(_("Choose what was decided."))
    if seen is not None and seen != item.stamp:
        text = _("%(who)s wrote a decision meanwhile: %(what)s. Yours is still in the form.")
        raise SittingError(text % {"who": item.decided_by, "what": papers.told(item)})
    if verdict not in agenda.possible([item], sitting.office)[item.pk]:
        raise SittingError(_told_why_not(item))
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
    possible = agenda.possible(items, sitting.office)
    for item in items:
        if item.verdict not in possible[item.pk]:
            raise SittingError(_told_why_not(item))
        _apply(item, actor)
    sitting.status, sitting.ends_at, sitting.closed_by = SittingStatus.CLOSED, ends_at, actor
    sitting.save()
    audit.record(
        "sitting.closed", actor=actor, office=sitting.office.code, subject=sitting.owner_key
    )
    return documents.issue(**papers.minutes(sitting, items, signer=actor))


@transaction.atomic
def pass_report_on(sitting: Sitting, *, actor: User) -> None:
    """Approve the public report and give it to who publishes: nothing classified is in it.

    :raises SittingError:
    """
    sitting = locked(sitting)
    _require(policies.may_lead(actor, sitting))
    if sitting.status != SittingStatus.CLOSED:
        raise SittingError(_("The report is passed on once, after the sitting is closed."))
    made = papers.report(sitting)
    if slips := papers.slips(sitting, made):
        text = _("The report would name what is classified: %(cases)s. Nothing was passed on.")
        raise SittingError(text % {"cases": ", ".join(item.case.reference for item in slips)})
    sitting.status, sitting.published_by = SittingStatus.PUBLISHED, actor
    sitting.save()
    publish("session.published", session_id=sitting.pk, **made)


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
    if item.verdict == Verdict.ADJOURNED or item.case.status not in OPEN:
        return  # withdrawn by who filed it, or settled before: the record says so, no more
    rule: Any = agenda.rule_of(item.case) or {}
    stage = str(rule.get("stage", ""))
    try:
        task = item.case.tasks.filter(stage=stage, status="open").first()
        if task is None or task.assignee_id != actor.pk:
            cases.take(item.case, actor=actor, stage=stage, reason=str(item.sitting))
        if item.verdict in ADOPTED:
            cases.grant(item.case, actor=actor, reason=item.text, in_sitting=True)
        else:
            motive = (rule.get("motives") or {}).get(item.verdict, "")
            cases.refuse(item.case, actor=actor, motive=motive, reason=item.text, in_sitting=True)
    except (BadRequest, NotAllowed, TransitionNotAllowed) as exc:
        raise SittingError(f"{item.title} ({item.case.reference}): {exc}") from exc


def _told_why_not(item: AgendaItem) -> str:
    status = CaseStatus(item.case.status)
    if status == CaseStatus.WITHDRAWN:
        text = _("%(case)s was withdrawn by who filed it: write “Withdrawn”.")
    elif status in OPEN:
        text = _("%(case)s does not wait for the body any more: it can only be adjourned.")
    else:
        text = _("%(case)s is settled already: its decision must say the same.")
    return text % {"case": f"{item.title} ({item.case.reference})"}


def _require(allowed: bool) -> None:
    if not allowed:
        raise SittingError(_("You may not do this for this sitting."))

"""After the end: an appeal, a case opened again, and one that its applicant left unanswered."""

from contextlib import suppress
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.cases import clock, confidential, routing
from eservices.cases.circuit import Stage
from eservices.cases.errors import BadRequest, TransitionNotAllowed
from eservices.cases.models import (
    Case,
    CaseStatus,
    Complement,
    Decision,
    Outcome,
    PaymentOrder,
)
from eservices.cases.scope import scope
from eservices.cases.services import contesting, flow
from eservices.cases.services.file import attachment_owner
from eservices.cases.services.filing import settle
from eservices.cases.services.stages import cancel_open, start_clock
from eservices.cases.services.transitions import record, transition
from eservices.cases.workflow import Action
from eservices.catalog.models import EServiceVersion
from eservices.documents import services as documents
from eservices.documents.models import DocumentStatus, IssuedDocument
from eservices.payments import services as payments
from eservices.payments.errors import AlreadyPaid
from portal.accounts.models import Office, User
from portal.core.references import new_reference

APPEAL_DAYS = 60  # unless the e-service says otherwise
# What an appeal has of the request that it contests.
TAKEN_OVER = (
    "eservice", "version", "applicant", "applicant_name", "beneficiary", "capacity", "phone",
    "email", "language", "answers", "search_text", "office", "is_restricted",
)  # fmt: skip
UNPAID_HOLD = timedelta(hours=24)  # how long an unpaid request keeps what it reserved


def appeal_deadline(case: Case) -> datetime | None:
    """Return until when a refusal may be contested; None when it was not refused."""
    if case.status != CaseStatus.REFUSED or case.decided_at is None:
        return None
    days = int((case.version.spec.get("refusal") or {}).get("appeal_days", APPEAL_DAYS))
    zone = ZoneInfo(case.office.time_zone)
    day = case.decided_at.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone)


def recourse_of(case: Case) -> dict[str, object]:
    """Return what the applicant reads after a refusal: until when, whether possible, the appeal's number."""
    until = appeal_deadline(case)
    if until is None:
        return {"appeal": appeal_of(case)} if case.status == CaseStatus.CLOSED else {}
    possible = may_appeal(case)
    is_late = timezone.now() > until
    return {"until": until, "may_appeal": possible, "is_late": is_late, "appeal": appeal_of(case)}


def keys_of(case: Case) -> set[UUID]:
    """Return the keys that open the pages of `case`: its own, and that of the other half of an appeal.

    Who proved to be the applicant of a refused request is the applicant of its appeal too.
    """
    if case.appeal_of is not None:
        return {case.access_key, case.appeal_of.access_key}
    against = Case.objects.filter(appeal_of=case).values_list("access_key", flat=True)
    return {case.access_key, *(against if case.decided_at else ())}


def appeal_of(case: Case) -> Case | None:
    """Return the appeal against the refusal of `case`, whatever became of it."""
    return Case.objects.filter(appeal_of=case).defer("answers", "search_text").first()


def may_appeal(case: Case) -> bool:
    """Tell whether the refusal can be contested now: in time, and not contested already."""
    until = appeal_deadline(case)
    if until is None or timezone.now() > until or case.appeal_of_id is not None:
        return False
    return not Case.objects.filter(appeal_of=case).exists()


def appeal(case: Case, *, reason: str) -> Case:
    """Contest a refusal: a new case with the same answers, linked to it, for the competent office.

    :raises BadRequest: too late, contested already, or without a reason.
    """
    if not reason.strip():
        raise BadRequest(_("Say why you contest the decision."))
    data: dict[str, str] = {}
    with transition(case, Action.APPEAL, as_applicant=True, note=reason, data=data) as case:
        if not may_appeal(case):
            raise BadRequest(_("This decision can no longer be contested here."))
        contested = Case(
            reference=new_reference(f"{case.eservice.country}{timezone.now():%y}"),
            status=CaseStatus.SUBMITTED,
            appeal_of=case,
            **{name: getattr(case, name) for name in TAKEN_OVER},
        )
        contested.office = _appeal_office(contested)
        start_clock(contested)
        contested.save()
        confidential.write_readers(contested)
        flow.start(contested)
        record(
            contested,
            "open",
            event="submitted",
            note=reason,
            data={"appeal_of": case.reference},
            at=contested.created_at,
        )
        for piece in attachments.for_owner(attachment_owner(case)).without_viruses():
            attachments.copy(piece, owner=attachment_owner(contested), slot=piece.slot)
        data["reference"] = contested.reference
    return contested


def _appeal_office(case: Case) -> Office:
    rule = (case.version.spec.get("refusal") or {}).get("appeal_office")
    stage = Stage("appeal", "review", "", "agent", office=rule)
    office = routing.stage_office(case.office, stage, scope(case, []))
    return office if office is not None and office.is_active else case.office


def reopen(case: Case, *, actor: User, reason: str) -> None:
    """Examine an ended case again; the applicant reads why, the history keeps the old decision.

    An act that was issued is cancelled at once: nobody must rely on it meanwhile. If the case is
    granted anew, its act has a new number.
    """
    if not reason.strip():
        raise BadRequest(_("Say why: the applicant reads it."))
    data: dict[str, object] = {}
    with transition(case, Action.REOPEN, actor=actor, note=reason, data=data) as case:
        contesting.require_free(case)
        decision = (
            Decision.objects.filter(case=case).select_related("decided_by", "document").first()
        )
        if decision is not None:
            if decision.outcome == Outcome.GRANTED:
                contesting.restored(case, reason=reason)
            data["decision"] = {
                "outcome": decision.outcome,
                "motive": decision.motive,
                "reason": decision.reason,
                "decided_by": str(decision.decided_by or ""),
                "decided_at": decision.decided_at.isoformat() if decision.decided_at else "",
            }
            if act := _withdraw_act(decision, reason=reason, actor=actor):
                data["number"] = act.number
            decision.delete()
        Complement.objects.filter(case=case, answered_at=None).update(answered_at=timezone.now())
        case.decided_at = case.ended_at = None
        case.due_at = clock.due_at(case.version.spec, case.office, timezone.now())
        cancel_open(case)
        case.tasks.update(counts=False)
        flow.start(case)


def _withdraw_act(decision: Decision, *, reason: str, actor: User) -> IssuedDocument | None:
    """Cancel the act of a decision that is taken back; None when there is none that is valid."""
    act = decision.document
    if act is None or act.status != DocumentStatus.VALID:
        return None
    return documents.revoke(act, reason, actor)


def lapse(case: Case) -> None:
    """Close a case whose applicant did not answer, or pay, in time.

    :raises AlreadyPaid: the money came a moment before; nothing changes.
    """
    with transition(case, Action.LAPSE) as case:
        case.ended_at = timezone.now()
        if case.filed_at is None and case.payment is not None:
            payments.cancel(case.payment)
        cancel_open(case)
        case.paused_at = None


def lapse_unanswered() -> int:
    """Close what waited for its applicant beyond the last day; return how many."""
    late = Complement.objects.filter(
        answered_at=None,
        answer_by__lt=timezone.now(),
        case__status=CaseStatus.AWAITING_APPLICANT,
    ).select_related("case")
    unpaid = PaymentOrder.objects.late().filter(case__status=CaseStatus.AWAITING_APPLICANT)
    ended = [one.case for one in late.order_by("pk")[:1000]]
    ended += [one.case for one in unpaid.select_related("case").order_by("pk")[:1000]]
    count = 0
    for case in {one.pk: one for one in ended}.values():
        # Answered or paid at this very instant: the others must not wait for the next hour.
        with suppress(AlreadyPaid, TransitionNotAllowed), transaction.atomic():
            lapse(case)
            count += 1
    return count


def lapse_unpaid() -> int:
    """Close unpaid requests that keep a register's line from others; return how many.

    The provider is asked first, outside any transaction: what is paid is filed.
    """
    holding = Exists(
        EServiceVersion.objects.filter(pk=OuterRef("version"), spec__reservations__0__isnull=False)
    )
    late = Case.objects.filter(
        holding, status=CaseStatus.AWAITING_PAYMENT, created_at__lt=timezone.now() - UNPAID_HOLD
    ).select_related("payment")
    count = 0
    for case in late.order_by("pk")[:200]:
        assert case.payment is not None
        if payments.refresh(case.payment).is_paid:
            settle(case.payment.pk)
            continue
        with suppress(AlreadyPaid, TransitionNotAllowed), transaction.atomic():
            lapse(case)
            count += 1
    return count

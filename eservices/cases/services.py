"""The only writer of cases. Every change is one transaction: lock, check, change, record, publish."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.cases import clock, policies, routing, workflow
from eservices.cases.circuit import Circuit, Stage
from eservices.cases.errors import BadRequest, NotAllowed, TransitionNotAllowed
from eservices.cases.models import (
    Case,
    CaseEvent,
    CaseReading,
    CaseStatus,
    CaseTask,
    Complement,
    Decision,
    Message,
    Outcome,
    TaskStatus,
)
from eservices.cases.workflow import Action
from eservices.catalog import services as catalog
from eservices.catalog.models import EServiceVersion
from eservices.formdefs import engine
from eservices.payments import services as payments
from eservices.payments.models import PaymentStatus
from portal.accounts.models import Office, User
from portal.core.references import new_reference
from portal.outbox.services import publish

SKIPPED_COUNTED = 100  # beyond, the number says nothing more
NEXT_TRIED = 50  # a person's own proposals, which somebody else must sign, may come first
COMPLEMENT_DAYS = 30  # calendar days to answer, unless the e-service says otherwise


@dataclass(frozen=True)
class Applicant:
    """Who files: the account if there is one, and how to reach the person."""

    name: str
    phone: str = ""
    email: str = ""
    language: str = "fr"
    user: User | None = None


@transaction.atomic
def open_case(
    *,
    version: EServiceVersion,
    applicant: Applicant,
    answers: Mapping[str, Any],
    access_key: uuid.UUID | None = None,
) -> Case:
    """Turn complete, valid answers into a case; unpaid if there is something to pay.

    :raises NoOffice: when no open office may receive it.
    """
    spec = catalog.compiled(version)
    fees = [asdict(line) for line in engine.fee_lines(spec, answers)]
    total = sum(line["amount"] for line in fees)
    case = Case(
        reference=new_reference(f"{version.eservice.country}{timezone.now():%y}"),
        access_key=access_key or uuid.uuid4(),
        eservice=version.eservice,
        version=version,
        applicant=applicant.user,
        applicant_name=applicant.name,
        phone=applicant.phone,
        email=applicant.email,
        language=applicant.language,
        answers=dict(answers),
        search_text=engine.search_text(spec, answers),
        office=routing.office_for(version.spec, answers),
        status=CaseStatus.AWAITING_PAYMENT if total else CaseStatus.SUBMITTED,
    )
    if total:
        case.payment = payments.create(
            reference=case.reference,
            receipt_series=case.office.code,
            lines=fees,
            currency=version.spec["currency"],
            description=f"{version.eservice.title_in(applicant.language)} {case.reference}",
        )
    else:
        _start_clock(case)
    case.save()
    if not total:
        _open_stage(case, Circuit.of(version.spec).first)
    _record(case, "open", event="opened" if total else "submitted", actor=applicant.user)
    return case


def settle(payment_id: int) -> None:
    """File the request whose fee is paid; nothing happens when it is not paid, or filed already."""
    case = Case.objects.filter(
        payment_id=payment_id,
        payment__status=PaymentStatus.SUCCEEDED,
        status=CaseStatus.AWAITING_PAYMENT,
    ).first()
    if case is not None:
        # The page the payer comes back to and the worker may both be here: the second does nothing.
        with suppress(TransitionNotAllowed):
            confirm_payment(case)


def confirm_payment(case: Case) -> None:
    """The fee is paid: the request is filed, its clock starts, its office sees it."""
    with _transition(case, Action.CONFIRM_PAYMENT) as case:
        _start_clock(case)
        _open_stage(case, Circuit.of(case.version.spec).first)


def take(case: Case, *, actor: User, reason: str = "") -> None:
    """Make the open task `actor`'s. Of two agents, the second hears that it is taken.

    `reason` says why older cases are passed over; it is kept, with their number, for the chief.
    """
    data: dict[str, Any] = {}
    with _transition(
        case, Action.TAKE, actor=actor, note=reason, is_public=not reason, data=data
    ) as case:
        task = _open_task(case)
        if skipped := Case.objects.waiting_before(case, task)[:SKIPPED_COUNTED].count():
            data["skipped"] = skipped
        case.tasks.filter(status=TaskStatus.OPEN).update(assignee=actor)
        case.assignee = actor


@transaction.atomic
def take_next(*, actor: User, office_ids: Sequence[int]) -> Case | None:
    """Take the oldest case that waits for `actor` in these offices; None when there is none.

    Two people who ask at the same time get two cases.
    """
    mine = CaseTask.objects.for_actor(actor).filter(case=OuterRef("pk"), assignee=None)
    waiting = Case.objects.for_agent(actor).filter(Exists(mine), office_id__in=office_ids).waiting()
    for pk in waiting.oldest_first().values_list("pk", flat=True)[:NEXT_TRIED]:
        # What somebody else is taking this instant is locked or gone, and so is skipped.
        case = (
            Case.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("version")
            .filter(pk=pk, assignee=None)
            .first()
        )
        if case is not None and policies.may(actor, Action.TAKE, case):
            take(case, actor=actor)
            return case
    return None


def release(case: Case, *, actor: User, reason: str) -> None:
    """Give the open task back to the office, for somebody else to take."""
    with _transition(case, Action.RELEASE, actor=actor, note=reason, is_public=False) as case:
        case.tasks.filter(status=TaskStatus.OPEN).update(assignee=None)
        case.assignee = None


def ask(case: Case, *, actor: User, items: Sequence[Mapping[str, Any]], message: str) -> Complement:
    """Ask the applicant to correct `items`, and stop the clock. :raises BadRequest: if empty."""
    if not items:
        raise BadRequest(_("Choose at least one answer or one piece to correct."))
    with _transition(case, Action.ASK, actor=actor, note=message) as case:
        days = case.version.spec.get("complement", {}).get("days", COMPLEMENT_DAYS)
        case.paused_at = timezone.now()
        return Complement.objects.create(
            case=case,
            items=[dict(item) for item in items],
            message=message,
            asked_by=actor,
            answer_by=timezone.now() + timedelta(days=days),
        )


def reply(case: Case, *, answers: Mapping[str, Any]) -> None:
    """Take the applicant's corrections; `answers` holds new values of the fields asked, nothing else.

    The pieces asked are replaced in the attachments before this call.
    """
    with _transition(case, Action.REPLY, as_applicant=True) as case:
        complement = case.complements.select_for_update().get(answered_at=None)
        asked = {item["key"].split(".")[0] for item in complement.items if item["kind"] == "field"}
        if extra := set(answers) - asked:
            raise NotAllowed(_("Only what was asked can be changed."), keys=sorted(extra))
        complement.previous = {key: case.answers.get(key) for key in answers}
        complement.answered_at = timezone.now()
        complement.save(update_fields=["previous", "answered_at"])
        spec = catalog.compiled(case.version)
        case.answers = engine.prune(spec, {**case.answers, **answers})
        case.search_text = engine.search_text(spec, case.answers)
        _resume_clock(case)


def propose(
    case: Case, *, actor: User, outcome: str, motive: str = "", reason: str = ""
) -> Decision:
    """End a stage before the last: say how the case should be decided, and pass it on."""
    with _transition(case, Action.PROPOSE, actor=actor, note=reason, is_public=False) as case:
        decision = _write_decision(case, outcome=outcome, motive=motive, reason=reason)
        decision.proposed_by = actor
        decision.save()
        task = _finish_task(case, actor=actor, outcome=outcome)
        following = Circuit.of(case.version.spec).after(task.stage)
        if following is None:
            raise BadRequest(_("The last stage decides; it does not propose."))
        _open_stage(case, following)
        return decision


def send_back(case: Case, *, actor: User, reason: str) -> None:
    """Return a proposal to whoever made it, with the remark to take into account."""
    with _transition(case, Action.RETURN, actor=actor, note=reason, is_public=False) as case:
        _finish_task(case, actor=actor, outcome="returned")
        Decision.objects.filter(case=case, decided_at=None).delete()
        circuit = Circuit.of(case.version.spec)
        previous = case.tasks.filter(stage=circuit.first.key).order_by("-pk").first()
        _open_stage(case, circuit.first, assignee=previous.done_by if previous else None)


def grant(case: Case, *, actor: User, reason: str = "") -> Decision:
    """Decide in the applicant's favour and sign. :raises TransitionNotAllowed, NotAllowed:"""
    with _transition(case, Action.GRANT, actor=actor, note=reason) as case:
        return _decide(case, actor=actor, outcome=Outcome.GRANTED, reason=reason)


def refuse(case: Case, *, actor: User, motive: str, reason: str = "") -> Decision:
    """Decide against the applicant, with a motive from the e-service's list.

    :raises TransitionNotAllowed, NotAllowed, BadRequest:
    """
    with _transition(case, Action.REFUSE, actor=actor, note=reason) as case:
        return _decide(case, actor=actor, outcome=Outcome.REFUSED, motive=motive, reason=reason)


def transfer(case: Case, *, actor: User, office: Office, reason: str) -> None:
    """Hand the case to another office that may process this e-service; its work starts anew there."""
    with _transition(case, Action.TRANSFER, actor=actor, note=reason) as case:
        if office.code not in case.version.spec["offices"] or not office.is_active:
            raise BadRequest(_("This office does not process this kind of request."))
        case.tasks.filter(status=TaskStatus.OPEN).update(
            status=TaskStatus.CANCELLED, done_at=timezone.now(), done_by=actor
        )
        Decision.objects.filter(case=case, decided_at=None).delete()
        case.office = office
        _open_stage(case, Circuit.of(case.version.spec).first)


def hand_over(case: Case, *, actor: User, recipient: str, identity: str) -> None:
    """Record that the act was given to `recipient`, whose identity paper was seen; end the case."""
    data = {"recipient": recipient, "identity": identity}
    with _transition(case, Action.HAND_OVER, actor=actor, data=data) as case:
        case.ended_at = timezone.now()


def withdraw(case: Case, *, reason: str = "") -> None:
    """The applicant gives the request up."""
    with _transition(case, Action.WITHDRAW, as_applicant=True, note=reason) as case:
        case.ended_at = timezone.now()
        case.paused_at = None
        case.tasks.filter(status=TaskStatus.OPEN).update(
            status=TaskStatus.CANCELLED, done_at=timezone.now()
        )
        if case.payment is not None and case.payment.status == PaymentStatus.PENDING:
            payments.cancel(case.payment)


@transaction.atomic
def send_message(case: Case, *, text: str, author: User | None) -> Message:
    """Write to the applicant (`author` an agent) or to the administration (`author` None)."""
    message = Message.objects.create(
        case=case, author=author, from_applicant=author is None, text=text
    )
    publish("case.message", case_id=case.pk, message_id=message.pk)
    return message


def record_reading(
    case: Case, *, reader: User, role: str, what: str = "case", reason: str = ""
) -> None:
    """Write down that a member of staff read this file; the citizen sees it."""
    CaseReading.objects.create(
        case=case, reader=reader, office_id=case.office_id, role=role, what=what, reason=reason
    )


def attachment_owner(case: Case) -> str:
    """Return the key under which the case's pieces are kept."""
    return f"case:{case.access_key}"


def adopt_attachments(case: Case, *, from_owner: str) -> int:
    """Move the pieces of a draft to its case; return how many."""
    return attachments.move(from_owner, attachment_owner(case))


def _decide(
    case: Case, *, actor: User, outcome: str, motive: str = "", reason: str = ""
) -> Decision:
    decision = _write_decision(case, outcome=outcome, motive=motive, reason=reason)
    decision.decided_by = actor
    decision.decided_at = case.decided_at = timezone.now()
    decision.save()
    _finish_task(case, actor=actor, outcome=outcome)
    return decision


def _write_decision(case: Case, *, outcome: str, motive: str, reason: str) -> Decision:
    """Return the case's decision, unsaved, with this content; a proposal is overwritten."""
    decision = Decision.objects.filter(case=case).first() or Decision(case=case)
    motives = case.version.spec.get("refusal", {}).get("motives", [])
    labels = {entry["code"]: entry["label"] for entry in motives}
    if outcome not in Outcome.values:
        raise BadRequest(_("Choose whether to grant or to refuse."))
    if outcome == Outcome.REFUSED and motive not in labels:
        raise BadRequest(_("Choose a motive from the list."))
    decision.outcome = outcome
    decision.motive = motive if outcome == Outcome.REFUSED else ""
    decision.motive_label = labels.get(decision.motive, {})
    decision.reason = reason
    return decision


def _open_task(case: Case) -> CaseTask:
    task = case.tasks.filter(status=TaskStatus.OPEN).first()
    if task is None:
        raise BadRequest(_("There is nothing to do on this case."))
    return task


def _open_stage(case: Case, stage: Stage, *, assignee: User | None = None) -> None:
    CaseTask.objects.create(
        case=case,
        stage=stage.key,
        kind=stage.kind,
        role=stage.role,
        office_id=case.office_id,
        assignee=assignee,
    )
    case.stage, case.assignee = stage.key, assignee
    Case.objects.filter(pk=case.pk).update(stage=stage.key, assignee=assignee)


def _finish_task(case: Case, *, actor: User, outcome: str) -> CaseTask:
    task = _open_task(case)
    task.status, task.outcome = TaskStatus.DONE, outcome
    task.done_at, task.done_by = timezone.now(), actor
    task.save()
    case.assignee = None
    return task


def _start_clock(case: Case) -> None:
    case.filed_at = timezone.now()
    case.due_at = clock.due_at(case.version.spec, case.office, case.filed_at)


def _resume_clock(case: Case) -> None:
    now: datetime = timezone.now()
    if case.due_at and case.paused_at:
        case.due_at = clock.resumed_due_at(
            case.version.spec, case.office, due_at=case.due_at, paused_at=case.paused_at, now=now
        )
    case.paused_at = None


@contextmanager
def _transition(
    case: Case,
    action: Action,
    *,
    actor: User | None = None,
    as_applicant: bool = False,
    note: str = "",
    is_public: bool = True,
    data: dict[str, Any] | None = None,
) -> Iterator[Case]:
    """Lock `case`, refuse what the table or the policy refuses, then save, record and publish."""
    with transaction.atomic():
        case = (
            Case.objects.select_for_update(of=("self",))
            .select_related("version", "eservice", "office__calendar", "payment")
            .get(pk=case.pk)
        )
        transition = workflow.find(case.status, action)
        if not policies.may(actor, action, case, as_applicant=as_applicant):
            raise NotAllowed(_("You may not do this on this case, or somebody else has it."))
        source, case.status = case.status, transition.target
        yield case
        case.save()
        _record(
            case,
            action,
            event=transition.event,
            actor=actor,
            from_status=source,
            note=note,
            is_public=is_public,
            data=data or {},
        )


def _record(
    case: Case,
    action: str,
    *,
    event: str,
    actor: User | None = None,
    from_status: str = "",
    note: str = "",
    is_public: bool = True,
    data: Mapping[str, Any] | None = None,
) -> None:
    CaseEvent.objects.create(
        case=case,
        action=action,
        from_status=from_status,
        to_status=case.status,
        actor=actor,
        note=note,
        is_public=is_public,
        data=dict(data or {}),
    )
    publish(f"case.{event}", case_id=case.pk)

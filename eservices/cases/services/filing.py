"""What the applicant does with a request: files it, pays it, corrects it, gives it up."""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases import confidential, routing, searching
from eservices.cases.errors import NotAllowed, TransitionNotAllowed
from eservices.cases.models import Case, CaseStatus
from eservices.cases.services import flow
from eservices.cases.services.stages import cancel_open, resume_clock, start_clock
from eservices.cases.services.transitions import record, transition
from eservices.cases.workflow import Action
from eservices.catalog import services as catalog
from eservices.catalog.models import EServiceVersion
from eservices.formdefs import engine
from eservices.payments import services as payments
from eservices.payments.models import Payment, PaymentStatus
from portal.accounts.models import Office, User
from portal.core.references import new_reference


@dataclass(frozen=True)
class Applicant:
    """Who files, for whom and by what right: the account if there is one, and how to reach them."""

    name: str
    phone: str = ""
    email: str = ""
    language: str = "fr"
    user: User | None = None
    beneficiary: str = ""  # the other person, when the request is not for oneself
    capacity: str = ""  # a way of formdefs.standing


@transaction.atomic
def open_case(
    *,
    version: EServiceVersion,
    applicant: Applicant,
    answers: Mapping[str, Any],
    access_key: uuid.UUID | None = None,
    office: Office | None = None,
    own_fees: Mapping[str, int] | None = None,
) -> Case:
    """Turn complete, valid answers into a case; unpaid if there is something to pay.

    With `office` it goes there, at its `own_fees`. :raises NoOffice: when none may receive it.
    """
    spec = catalog.compiled(version, own_fees)
    fees = [line.as_dict() for line in engine.fee_lines(spec, answers)]
    total = sum(line["amount"] for line in fees)
    case = Case(
        reference=new_reference(f"{version.eservice.country}{timezone.now():%y}"),
        access_key=access_key or uuid.uuid4(),
        eservice=version.eservice,
        version=version,
        **_named(applicant),
        answers=dict(answers),
        search_text=searching.text(spec, answers, name=applicant.name),
        is_restricted=confidential.is_restricted(spec, answers),
        office=routing.office_for(version, answers, chosen=office),
        status=CaseStatus.AWAITING_PAYMENT if total else CaseStatus.SUBMITTED,
    )
    if total:
        case.payment = _debt(case, fees)
    else:
        start_clock(case)
    case.save()
    _begin(case, by=applicant.user)
    return case


def _named(applicant: Applicant) -> dict[str, Any]:
    """Return what a case keeps of who files, and for whom."""
    return {
        "applicant": applicant.user,
        "applicant_name": applicant.name,
        "beneficiary": applicant.beneficiary,
        "capacity": applicant.capacity,
        "phone": applicant.phone,
        "email": applicant.email,
        "language": applicant.language,
    }


def _begin(case: Case, *, by: User | None) -> None:
    """Start the circuit, or wait for the fee; what registers keep aside is reserved either way."""
    confidential.write_readers(case)
    is_unpaid = case.status == CaseStatus.AWAITING_PAYMENT
    if not is_unpaid:
        flow.start(case)
    event = "opened" if is_unpaid else "submitted"
    record(case, "open", event=event, actor=by, at=case.created_at)


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
    with transition(case, Action.CONFIRM_PAYMENT) as case:
        start_clock(case)
        flow.start(case)


def reply(case: Case, *, answers: Mapping[str, Any]) -> None:
    """Take the applicant's corrections; `answers` holds new values of the fields asked, nothing else.

    The pieces asked are replaced in the attachments before this call.
    """
    with transition(case, Action.REPLY, as_applicant=True) as case:
        complement = case.complements.select_for_update().get(answered_at=None)
        asked = {item["key"].split(".")[0] for item in complement.items if item["kind"] == "field"}
        if extra := set(answers) - asked:
            raise NotAllowed(_("Only what was asked can be changed."), keys=sorted(extra))
        complement.previous = {key: case.answers.get(key) for key in answers}
        complement.answered_at = timezone.now()
        complement.save(update_fields=["previous", "answered_at"])
        spec = catalog.compiled(case.version)
        case.answers = engine.prune(spec, {**case.answers, **answers})
        case.search_text = searching.text(spec, case.answers, name=case.applicant_name)
        case.is_restricted = confidential.is_restricted(spec, case.answers)
        confidential.write_readers(case)
        resume_clock(case)


def withdraw(case: Case, *, reason: str = "") -> None:
    """The applicant gives the request up."""
    with transition(case, Action.WITHDRAW, as_applicant=True, note=reason) as case:
        case.ended_at = timezone.now()
        cancel_open(case)
        case.paused_at = None
        if case.payment is not None and case.payment.status == PaymentStatus.PENDING:
            payments.cancel(case.payment)


def _debt(case: Case, fees: list[dict[str, Any]]) -> Payment:
    return payments.create(
        reference=case.reference,
        receipt_series=case.office.code.upper(),
        lines=fees,
        currency=case.version.spec["currency"],
        description=f"{case.eservice.title_in(case.language)} {case.reference}",
    )

"""What applicants are told about their case, in their language, by SMS and mail."""

from datetime import datetime
from typing import Any

from django.db import transaction

from eservices.appointments.models import Booking
from eservices.cases import public_circuit
from eservices.cases.models import Case, CaseEvent, Decision, Message, PaymentOrder
from eservices.cases.papers import tracking_url
from eservices.cases.services import hearings
from eservices.cases.services.recourse import appeal_deadline
from eservices.formdefs import standing
from eservices.payments.models import Payment
from portal.notifications.services import notify


def submitted(case: Case) -> None:
    """Acknowledge the filing; for a paid request, the receipt goes with it."""
    with transaction.atomic():
        _notify("case.submitted", case, {"date": case.filed_at, "due": case.due_at})
        _tell_concerned(case)
        payment = case.payment
        if payment is not None and payment.is_paid:
            more = {"amount": payment.money, "receipt_number": payment.receipt_number}
            _notify("payment.received", case, more)


def _tell_concerned(case: Case) -> None:
    """Tell the person in whose name somebody else filed, on a phone of his or her own."""
    phone = str(case.answers.get(standing.CONCERNED_PHONE) or "")
    if not case.beneficiary or phone in {"", case.phone}:
        return
    notify(
        "case.in_your_name",
        to_phone=phone,
        to_email="",
        language=case.language,
        context={
            "reference": case.reference,
            "applicant": case.applicant_name,
            "url": tracking_url(case),
        },
        key=f"case.in_your_name:{case.reference}",
        is_training=case.office.practises,
    )


def remind_payment(case: Case, *, key: str) -> None:
    """Say that the request is complete but unpaid; `key` names the reminder, sent once."""
    if case.payment is not None:
        _notify("payment.pending_reminder", case, {"amount": case.payment.money}, key=key)


def to_pay(case: Case, order: PaymentOrder, *, key: str = "") -> None:
    """Ask for the sum that a stage needs; `key` names a reminder, sent once."""
    more = {"amount": order.payment.money, "until": order.pay_by}
    _notify("case.to_pay", case, more, key=key or str(order.pk))


def paid(case: Case, payment: Payment) -> None:
    more = {"amount": payment.money, "receipt_number": payment.receipt_number}
    _notify("payment.received", case, more, key=str(payment.pk))


def asked(case: Case) -> None:
    complement = case.complements.filter(answered_at=None).first()
    if complement:
        _notify("complement.requested", case, {"due": complement.answer_by}, key=str(complement.pk))


def remind_complement(case: Case, *, key: str) -> None:
    complement = case.complements.filter(answered_at=None).first()
    if complement:
        _notify("complement.reminder", case, {"due": complement.answer_by}, key=key)


def refused(case: Case) -> None:
    decision = Decision.objects.get(case=case)
    appeal = case.version.spec.get("refusal", {}).get("appeal") or {}
    _notify(
        "case.refused",
        case,
        {"motive": decision.motive_label, "appeal": appeal, "until": appeal_deadline(case)},
        key=str(decision.pk),  # a case opened again is decided, and told, again
    )


def document_ready(case: Case) -> None:
    """Say that the request is granted, and that its document is there when it gives one."""
    decision = Decision.objects.filter(case=case).select_related("document").first()
    if decision is None:
        return  # opened again meanwhile
    if decision.document is None:
        _notify("case.accepted", case, {}, key=str(decision.pk))
    else:
        until = decision.document.valid_until
        waiting = public_circuit.handed_over_at(case.tasks.select_related("office"))
        more = {"until": until, "counter": waiting.name if waiting else None}
        _notify("case.granted", case, more, key=str(decision.pk))


def rerouted(case: Case, event: CaseEvent) -> None:
    """Say that another office has the request, or one of its stages, and why."""
    more = {"office": event.data.get("office"), "motive": event.note, "due": case.due_at}
    _notify("case.rerouted", case, more, key=str(event.pk))


def forwarded(case: Case, event: CaseEvent) -> None:
    """Say which office has the request now for a stage."""
    more = {"office": event.data["office"], "due": case.due_at}
    _notify("case.handed_over", case, more, key=str(event.pk))


def stepped_back(case: Case, event: CaseEvent) -> None:
    kind = "case.stage_again" if event.data.get("again") else "case.stepped_back"
    more = {"motive": event.note, "stage": event.data.get("title", "")}
    _notify(kind, case, more, key=str(event.pk))


def ended(case: Case, kind: str, action: str) -> None:
    """Say that a case was closed unanswered, or opened again."""
    event = case.events.filter(action=action).last()
    if event:
        more = {"motive": event.note, "due": case.due_at, "number": event.data.get("number")}
        _notify(kind, case, more, key=str(event.pk))


def called(case: Case, event: CaseEvent) -> None:
    """Call the applicant and the witnesses to a hearing, each in a message of their own."""
    more = {**_hearing_of(event), "room": event.data["room"]}
    if event.data.get("was"):
        more["was"] = datetime.fromisoformat(event.data["was"])
    _tell_hearing(case, event, more, kinds=("hearing.convocation", "hearing.witness"))


def hearing_cancelled(case: Case, event: CaseEvent) -> None:
    """Tell everybody who was called that the hearing does not take place."""
    kinds = ("hearing.cancelled", "hearing.witness_cancelled")
    _tell_hearing(case, event, _hearing_of(event), kinds=kinds)


def _hearing_of(event: CaseEvent) -> dict[str, Any]:
    return {"at": datetime.fromisoformat(event.data["hearing"])}


@transaction.atomic
def _tell_hearing(
    case: Case, event: CaseEvent, more: dict[str, Any], *, kinds: tuple[str, str]
) -> None:
    reason = event.note if event.is_public else ""
    _notify(kinds[0], case, more | {"motive": reason}, key=str(event.pk))
    place = {"office": case.office.name, "time_zone": case.office.time_zone}
    for number, person in enumerate(hearings.called(case, event.data["stage"])):
        if person["phone"]:
            named = {"name": person["name"], "applicant": case.applicant_name}
            notify(
                kinds[1],
                to_phone=person["phone"],
                to_email="",
                language=case.language,
                context=more | named | place,
                key=f"{kinds[1]}:{event.pk}:{number}",
                is_training=case.office.practises,
            )


def appointment_missed(case: Case, booking: Booking) -> None:
    _notify("appointment.missed", case, {"at": booking.starts_at}, key=str(booking.pk))


def act_corrected(case: Case, event: CaseEvent) -> None:
    """Say that the act was cancelled, or that a corrected one replaces it."""
    kind = "case.act_cancelled" if event.action == "cancel_act" else "case.act_replaced"
    _notify(kind, case, {**event.data, "motive": event.note}, key=str(event.pk))


def message(case: Case, sent: Message) -> None:
    _notify("message.received", case, {}, key=str(sent.pk))


def _notify(kind: str, case: Case, context: dict[str, Any], *, key: str = "") -> None:
    given = {
        "reference": case.reference,
        "title": case.eservice.title,
        "office": case.office.name,
        "url": tracking_url(case),
        "time_zone": case.office.time_zone,
        **{name: value for name, value in context.items() if value},
    }
    with transaction.atomic():
        notify(
            kind,
            to_phone=case.phone,
            to_email=case.email,
            language=case.language,
            context=given,
            key=f"{kind}:{case.reference}:{key}",
            is_training=case.office.practises,
        )

"""What follows from facts: a paid case is filed, a granted one gets its act, people are told."""

from django.db import transaction

from eservices.appointments import services as appointments
from eservices.appointments.models import Booking, BookingStatus
from eservices.cases import holding, issuing, minutes, telling, telling_staff
from eservices.cases import services as cases
from eservices.cases.models import OPEN, Case, HearingItem, Message
from eservices.cases.services import orders, outside
from eservices.documents.models import DocumentStatus, IssuedDocument
from portal.outbox.services import subscribe


@subscribe("payment.succeeded")
def file_paid_case(payment_id: int) -> None:
    cases.settle(payment_id)
    cases.settle_order(payment_id)


@subscribe("case.billed")
def tell_to_pay(case_id: int) -> None:
    for order in _case(case_id).orders.unpaid().select_related("payment"):
        telling.to_pay(_case(case_id), order)


@subscribe("case.settled")
def tell_paid(case_id: int) -> None:
    for order in _case(case_id).orders.paid().select_related("payment"):
        telling.paid(_case(case_id), order.payment)


@subscribe("case.granted")
def issue_document(case_id: int) -> None:
    issuing.issue_document(_case(case_id))


@subscribe("document.revoked")
def free_what_is_reserved(document_id: int) -> None:
    """A cancelled act gives back what its case had reserved; one that is replaced does not."""
    case = Case.objects.filter(decision__document_id=document_id).select_related("version").first()
    if case is None:
        return
    document = IssuedDocument.objects.get(pk=document_id)
    if document.status == DocumentStatus.CANCELLED:
        with transaction.atomic():
            holding.happened(case, "revoked", actor=None)


@subscribe("case.submitted")
def tell_submitted(case_id: int) -> None:
    telling.submitted(_case(case_id))


@subscribe("case.withdrawn")
def tell_withdrawn(case_id: int) -> None:
    case = _case(case_id)
    if case.filed_at is not None:  # who gives up before paying needs no message about it
        telling.ended(case, "case.withdrawn", "withdraw")


@subscribe("case.withdrawn")
@subscribe("case.lapsed")
def give_back_appointment_of_withdrawn(case_id: int) -> None:
    appointments.release(cases.attachment_owner(_case(case_id)))


@subscribe("appointment.missed")
def tell_missed(booking_id: int) -> None:
    """Who did not come may choose another slot, once; taken back at the desk, nothing is told."""
    booking = Booking.objects.filter(pk=booking_id, status=BookingStatus.MISSED).first()
    if booking is None or appointments.missed_by(booking.holder) is None:
        return
    case = cases.of_owner(booking.holder)
    if case is not None and case.status in OPEN:
        telling.appointment_missed(case, booking)


@subscribe("case.asked")
def tell_asked(case_id: int) -> None:
    telling.asked(_case(case_id))


@subscribe("case.refused")
def tell_refused(case_id: int) -> None:
    case = _case(case_id)
    telling.refused(case)
    appointments.release(cases.attachment_owner(case))


@subscribe("document.ready")
def tell_document_ready(case_id: int) -> None:
    telling.document_ready(_case(case_id))


@subscribe("case.transferred")
def tell_transferred(case_id: int) -> None:
    case = _case(case_id)
    event = case.events.filter(action="transfer").last()
    if event:
        telling.rerouted(case, event)


@subscribe("case.rerouted")
def tell_rerouted(case_id: int) -> None:
    case = _case(case_id)
    event = case.events.filter(action="reroute").last()
    if event:
        telling.rerouted(case, event)


@subscribe("case.forwarded")
def tell_forwarded(case_id: int) -> None:
    case = _case(case_id)
    event = case.events.filter(action="forward", data__tell=True).last()
    if event:
        telling.forwarded(case, event)


@subscribe("case.stepped_back")
def tell_stepped_back(case_id: int) -> None:
    case = _case(case_id)
    event = case.events.filter(action="step_back").last()
    if event:
        telling.stepped_back(case, event)


@subscribe("case.stage_reminder")
def tell_stage_reminder(case_id: int) -> None:
    for event in _case(case_id).events.filter(action="remind"):
        telling_staff.remind(event)


@subscribe("case.stage_escalated")
def tell_stage_escalated(case_id: int) -> None:
    for event in _case(case_id).events.filter(action="escalate"):
        telling_staff.escalate(event)


@subscribe("case.lapsed")
def tell_lapsed(case_id: int) -> None:
    telling.ended(_case(case_id), "case.lapsed", "lapse")


@subscribe("case.reopened")
def tell_reopened(case_id: int) -> None:
    telling.ended(_case(case_id), "case.reopened", "reopen")


@subscribe("stage.opened")
def ask_outside_person(task_id: int) -> None:
    outside.send_at_once(task_id)


@subscribe("stage.opened")
def ask_for_payment(task_id: int) -> None:
    orders.bill_at_once(task_id)


@subscribe("case.consulted")
@subscribe("case.hearing_moved")
def tell_hearing(case_id: int) -> None:
    """Call to the hearing that was named last, unless the case left its list meanwhile."""
    case = _case(case_id)
    named = case.events.filter(action__in=["consult", "hearing_moved"], data__has_key="hearing")
    event = named.last()
    if event and HearingItem.objects.filter(task__case=case, decided_at=None).exists():
        telling.called(case, event)


@subscribe("case.hearing_cancelled")
def tell_hearing_cancelled(case_id: int) -> None:
    case = _case(case_id)
    event = case.events.filter(action="hearing_cancelled").last()
    if event:
        telling.hearing_cancelled(case, event)


@subscribe("hearing.held")
def write_minutes(hearing_id: int) -> None:
    minutes.write(hearing_id)


@subscribe("case.act_cancelled")
@subscribe("case.act_replaced")
def tell_act_corrected(case_id: int) -> None:
    case = _case(case_id)
    for event in case.events.filter(action__in=["cancel_act", "replace_act"]):
        telling.act_corrected(case, event)


@subscribe("case.message")
def tell_message(case_id: int, message_id: int) -> None:
    message = Message.objects.filter(pk=message_id).first()
    if message and not message.from_applicant:
        telling.message(_case(case_id), message)


def _case(case_id: int) -> Case:
    return Case.objects.select_related(
        "eservice", "version", "office__calendar", "payment", "decision__document"
    ).get(pk=case_id)

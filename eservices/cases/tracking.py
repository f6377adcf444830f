"""What the applicant may see of a case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.appointments import services as appointments
from eservices.appointments.models import Booking
from eservices.attachments import services as attachments
from eservices.attachments.models import Attachment
from eservices.cases import expected, letters, public_circuit, whose_turn
from eservices.cases.circuit import Circuit
from eservices.cases.models import (
    CLOCK_RUNS,
    OPEN,
    Case,
    CaseEvent,
    CaseStatus,
    CaseTask,
    Complement,
    Decision,
    Outcome,
    PaymentOrder,
)
from eservices.cases.scope import scope
from eservices.cases.services import attachment_owner, recourse_of
from eservices.cases.workflow import Action, available_actions
from eservices.catalog import services as catalog
from eservices.catalog.models import EService
from eservices.documents.models import IssuedDocument
from eservices.formdefs import engine, standing
from portal.core.expressions import evaluate, truthy
from portal.core.references import clean_reference
from portal.core.texts import pick

TITLES = {
    "open": gettext_lazy("Request received"),
    "confirm_payment": gettext_lazy("Fee paid, request filed"),
    "take": gettext_lazy("Taken by an agent"),
    "ask": gettext_lazy("Correction asked"),
    "reply": gettext_lazy("Correction sent"),
    "bill": gettext_lazy("Payment asked"),
    "settle": gettext_lazy("Paid"),
    "propose": gettext_lazy("Examined, passed on"),
    "grant": gettext_lazy("Granted"),
    "refuse": gettext_lazy("Refused"),
    "transfer": gettext_lazy("Passed to another office"),
    "hand_over": gettext_lazy("Document handed over"),
    "forward": gettext_lazy("Now with another office"),
    "reroute": gettext_lazy("Given to another office"),
    "step_back": gettext_lazy("Back to an earlier stage"),
    "consult": "",
    "silence": gettext_lazy("No answer in time: the request goes on"),
    "hearing_moved": gettext_lazy("Hearing moved"),
    "hearing_cancelled": gettext_lazy("Hearing cancelled"),
    "lapse": gettext_lazy("Closed: no answer in time"),
    "reopen": gettext_lazy("Examined again"),
    "appeal": gettext_lazy("Decision contested"),
    "uphold": gettext_lazy("Appeal refused: the decision stands"),
    "overturn": gettext_lazy("Appeal granted: the refusal is cancelled"),
    "restore": gettext_lazy("Appeal examined again: the refusal holds until then"),
    "withdraw": gettext_lazy("Withdrawn"),
    "collect": gettext_lazy("Document downloaded"),
    "document": gettext_lazy("Document ready"),
    "cancel_act": gettext_lazy("Document cancelled"),
    "replace_act": gettext_lazy("Corrected document ready"),
    "calendar": gettext_lazy("The expected date moved"),
    "duty_sent": gettext_lazy("Sent by you"),
    "endorsed": gettext_lazy("Confirmed by the host"),
    "reuse": gettext_lazy("Data of yours taken over, with your consent"),
    "help": gettext_lazy("Filled in with the help of an accredited person"),
}


@dataclass(frozen=True)
class TimelineEntry:
    at: datetime
    title: str
    note: str
    is_current: bool = False


def followed_with(reference: str, phone: str) -> Case | None:
    """Return the case of this number for the phone that filed it, or of whom it is about."""
    concerned = {f"answers__{standing.CONCERNED_PHONE}": phone}
    return Case.objects.filter(Q(phone=phone) | Q(**concerned), reference=reference).first()


def find(reference: str) -> Case | None:
    """Return the case with this reference and what its page shows, in one query; no scope applied."""
    return (
        Case.objects.select_related(
            "eservice", "version", "office__calendar", "payment", "decision__document"
        )
        .defer("version__spec", "eservice__definition", "search_text")
        .filter(reference=clean_reference(reference) or "-")
        .first()
    )


def overview(case: Case, language: str) -> dict[str, Any]:
    """Return what the status page shows, besides the case itself."""
    spec = catalog.compiled(case.version)
    decision = getattr(case, "decision", None)
    if decision is not None and decision.decided_at is None:
        decision = None  # only proposed
    files, complement = list(attachments.for_owner(attachment_owner(case))), _open_complement(case)
    events = list(case.events.all())
    tasks = list(case.tasks.select_related("office").order_by("pk"))
    in_hand = whose_turn.in_hand(tasks, events)
    circuit, hearing = Circuit.of(spec.source), expected.hearing_for(case)
    return {
        "timeline": _timeline(case, events, circuit, language),
        "stages": public_circuit.steps(case, spec.source, language, tasks, in_hand),
        "complement": complement,
        "asked": _asked(spec, complement, language),
        "conversation": letters.letters(case.messages.all(), files),
        "pieces": _pieces(files, spec, language),
        "sections": engine.summary(spec, case.answers, language),
        "decision": decision,
        "motive": pick(decision.motive_label, language) if decision else "",
        "advice": _advice(spec, decision, language),
        "appeal": pick(spec.source.get("refusal", {}).get("appeal"), language),
        "recourse": recourse_of(case),
        "contested": case.appeal_of,
        "document": document(case),
        "counter": public_circuit.handed_over_at(tasks)
        if case.status == CaseStatus.GRANTED
        else None,
        "is_document_coming": bool(spec.source.get("documents")) and _is_being_drawn(events),
        "can_withdraw": may_withdraw(case),
        "fee": case.payment,
        "to_pay": _open_order(case),
        "paid_orders": [one.payment for one in case.orders.paid().select_related("payment")],
        "explanation": explanation(case, circuit, tasks, in_hand, bool(hearing)),
        "appointment": appointment(case) if expected.gives_appointments(spec) else None,
        "hearing": hearing,
        "setback": _setback(case, events, language),
        "follow_up": follow_up(case),
    }


def may_withdraw(case: Case) -> bool:
    return Action.WITHDRAW in available_actions(case.status)


def why_not_withdraw(case: Case) -> str:
    """Say why a request is not withdrawn by its applicant now, and what can be done instead."""
    if case.status == CaseStatus.IN_REVIEW:
        return _("Your request is being examined. Write to the office to have it stopped.")
    if case.status == CaseStatus.WITHDRAWN:
        return _("This request is closed already.")
    return _("Your request is decided: there is nothing left to withdraw.")


def lost_by_withdrawing(case: Case) -> dict[str, Any]:
    """Return what the applicant should know first: money paid, and what is given back."""
    paid = [case.payment] if case.payment is not None and case.payment.is_paid else []
    paid += [one.payment for one in case.orders.paid().select_related("payment")]
    unpaid = case.payment if case.payment is not None and not paid else None
    return {"paid": paid, "unpaid": unpaid, "booked": appointment(case)}


def follow_up(case: Case) -> list[tuple[str, EService]]:
    """Return what this person may ask next, with the words that say why; none while it is examined."""
    offers = (
        (catalog.compiled(case.version).source.get("follow_up") or []) if case.decided_at else []
    )
    if not offers:
        return []
    values = scope(case)
    wanted = {one["eservice"]: one for one in offers if truthy(one.get("show_if"), values)}
    found = EService.objects.published().filter(slug__in=wanted)
    return [(pick(wanted[one.slug].get("text")), one) for one in found]


def handed_on(case: Case, slug: str) -> dict[str, Any]:
    """Return the answers that a request for `slug` may begin with: those said before, and what the
    e-service itself draws from this case."""
    offers = catalog.compiled(case.version).source.get("follow_up") or []
    rule: dict[str, Any] = next((one for one in offers if one["eservice"] == slug), {})
    values = scope(case)
    drawn = {key: evaluate(one, values) for key, one in (rule.get("fill") or {}).items()}
    return {**case.answers, **drawn}


def _advice(spec: engine.CompiledSpec, decision: Decision | None, language: str) -> str:
    """Return what the person refused for this motive may do about it."""
    motives = (spec.source.get("refusal") or {}).get("motives") or []
    code = decision.motive if decision is not None else None
    return next((pick(one.get("help"), language) for one in motives if one["code"] == code), "")


def appointment(case: Case) -> Booking | None:
    """Return the appointment to come, or the missed one that may be replaced while work goes on."""
    holder = attachment_owner(case)
    booked = appointments.booked_for(holder)
    if booked is not None or case.status not in OPEN:
        return booked
    return appointments.missed_by(holder)


def explanation(
    case: Case,
    circuit: Circuit,
    tasks: Iterable[CaseTask],
    in_hand: Mapping[int, datetime],
    is_called: bool,
) -> str:
    """Return one sentence that says where the request stands and what happens next."""
    if is_called and case.status == CaseStatus.IN_REVIEW:
        return _("You are called to a hearing. Its day, hour and place are below.")
    if case.status in CLOCK_RUNS:
        return whose_turn.sentence(circuit, tasks, in_hand)
    sentences = {
        CaseStatus.AWAITING_PAYMENT: _(
            "Pay the fee: your request is then filed and its office starts."
        ),
        CaseStatus.AWAITING_APPLICANT: _(
            "The office needs a correction from you. The delay is stopped until you answer."
        ),
        CaseStatus.GRANTED: _granted(case, tasks),
        CaseStatus.REFUSED: _("Your request is refused. The reason is below."),
        CaseStatus.CLOSED: _("Your document was handed over. Your request is closed."),
        CaseStatus.WITHDRAWN: _("You gave this request up. It is closed."),
    }
    if case.status == CaseStatus.CLOSED and _was_refused(case):
        return _("Your appeal is granted: this refusal is cancelled. What follows is on its page.")
    if case.status == CaseStatus.CLOSED and document(case) is None:
        return _("Your request was granted and is closed. You have nothing to do.")
    if case.status == CaseStatus.WITHDRAWN and case.events.filter(action="lapse").exists():
        return _(
            "This request is closed: what was asked did not come in time."
            " If you still need it, write to the office below or make the request again."
        )
    if case.status == CaseStatus.AWAITING_APPLICANT and not _open_complement(case):
        return _("A payment is needed to go on. The delay is stopped until you pay.")
    return sentences[CaseStatus(case.status)]


def _granted(case: Case, tasks: Iterable[CaseTask]) -> str:
    counter = public_circuit.handed_over_at(tasks)
    if counter is None or document(case) is None:
        return _("Your request is granted.")
    return _(
        "Your request is granted and your document is ready."
        " Collect it with an identity paper at: %(office)s."
    ) % {"office": counter.name_in()}


def _was_refused(case: Case) -> bool:
    decision = getattr(case, "decision", None)
    return decision is not None and decision.outcome == Outcome.REFUSED


def document(case: Case) -> IssuedDocument | None:
    """Return the act issued for this case, once it exists."""
    decision = getattr(case, "decision", None)
    return decision.document if decision else None


@transaction.atomic
def note_download(case: Case) -> None:
    """Record, once, that the applicant fetched the act."""
    if not case.events.filter(action="collect").exists():
        CaseEvent.objects.create(
            case=case, action="collect", from_status=case.status, to_status=case.status
        )


def _is_being_drawn(events: Iterable[CaseEvent]) -> bool:
    """Tell whether the worker has yet to answer to the last decision, by a document or without."""
    answers = [event.action for event in events if event.action in {"grant", "document"}]
    return answers[-1:] == ["grant"]


# What turns a request back, and what shows that it went on since.
BACKWARD = {
    "step_back", "reopen", "reroute", "transfer", "hearing_moved", "hearing_cancelled", "restore",
}  # fmt: skip
ONWARD = {
    "complete", "propose", "answer", "silence", "forward", "ask", "grant", "refuse", "hand_over",
    "withdraw", "lapse", "uphold", "overturn",
}  # fmt: skip


def _setback(case: Case, events: list[CaseEvent], language: str) -> TimelineEntry | None:
    """Return the last thing that turned the request back, until it goes on; it is read first."""
    turns = [event for event in events if event.action in BACKWARD | ONWARD]
    if not turns or turns[-1].action not in BACKWARD:
        return None
    return _entry(case, turns[-1], None, language)


def _timeline(
    case: Case, events: list[CaseEvent], circuit: Circuit, language: str
) -> list[TimelineEntry]:
    events = [event for event in events if event.action in TITLES and not _is_empty(event)]
    shown = [_entry(case, event, circuit, language) for event in events]
    return [replace(entry, is_current=entry is shown[-1]) for entry in shown]


def _entry(case: Case, event: CaseEvent, circuit: Circuit | None, language: str) -> TimelineEntry:
    note = public_circuit.note(event, language)
    stage = (
        circuit.find(event.data.get("stage", "")) if circuit and event.action == "take" else None
    )
    if stage is not None:
        note = "\n".join(filter(None, (stage.title_in(language), note)))
    return TimelineEntry(timezone.localtime(event.at), _title(case, event), note)


def _is_empty(event: CaseEvent) -> bool:
    """Tell whether this is the note that a granted request gives no document."""
    return event.action == "document" and not event.data.get("number")


def _title(case: Case, event: CaseEvent) -> str:
    if event.action == "open" and case.appeal_of_id is not None:
        return _("Appeal received")
    if event.data.get("again"):
        return _("Put off")
    return str(TITLES[event.action]) or public_circuit.title(event)


def _open_complement(case: Case) -> Complement | None:
    if case.status != CaseStatus.AWAITING_APPLICANT:
        return None
    return case.complements.filter(answered_at=None).first()


def _asked(
    spec: engine.CompiledSpec, complement: Complement | None, language: str
) -> list[tuple[str, str]]:
    """Return what is to be corrected: the question or the piece, and what is wrong with it."""
    if complement is None:
        return []
    labels = {piece.key: piece.label for piece in engine.all_pieces(spec)}
    return [
        (
            labels.get(item["key"], item["key"])
            if item["kind"] == "piece"
            else engine.label_of(spec, item["key"], language),
            wrong_with(spec, item, language),
        )
        for item in complement.items
    ]


def wrong_with(spec: engine.CompiledSpec, item: Mapping[str, Any], language: str) -> str:
    """Return why one answer or piece must be corrected: the reason of the list, and the agent's words."""
    reasons = (spec.source.get("complement") or {}).get("reasons") or []
    label = next((one["label"] for one in reasons if one["code"] == item.get("reason")), None)
    return " ".join(part for part in (pick(label, language), item.get("note", "")) if part)


def _open_order(case: Case) -> PaymentOrder | None:
    """Return the oldest sum that a stage asks for and that is not paid."""
    if case.status != CaseStatus.AWAITING_APPLICANT:
        return None
    return case.orders.unpaid().select_related("payment", "task__office").first()


def _pieces(
    files: Iterable[Attachment], spec: engine.CompiledSpec, language: str
) -> list[tuple[str, list[Attachment]]]:
    labels = {piece.key: piece.label for piece in engine.all_pieces(spec)}
    found: dict[str, list[Attachment]] = {}
    for attachment in files:
        if attachment.slot in labels:
            found.setdefault(attachment.slot, []).append(attachment)
    return [(labels.get(slot, slot), files) for slot, files in found.items()]

"""The desk's words: statuses, events and ages as agents say them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from eservices.cases import public_circuit
from eservices.cases.models import CaseEvent, CaseStatus

STATUSES: dict[str, Promise] = {
    CaseStatus.SUBMITTED: _("Filed"),
    CaseStatus.IN_REVIEW: _("Being processed"),
    CaseStatus.AWAITING_APPLICANT: _("Waiting for the applicant"),
    CaseStatus.GRANTED: _("Granted"),
    CaseStatus.REFUSED: _("Refused"),
    CaseStatus.CLOSED: _("Handed over or closed"),
    CaseStatus.WITHDRAWN: _("Withdrawn"),
}
KINDS = {
    CaseStatus.IN_REVIEW: "info",
    CaseStatus.AWAITING_APPLICANT: "warning",
    CaseStatus.GRANTED: "success",
    CaseStatus.REFUSED: "danger",
}
EVENTS: dict[str, Promise] = {
    "open": _("Request received"),
    "confirm_payment": _("Fee paid, request filed"),
    "take": _("Taken"),
    "release": _("Given back"),
    "assign": _("Given to an agent"),
    "ask": _("Correction asked"),
    "reply": _("Correction received"),
    "duty_sent": _("Report sent by the applicant"),
    "endorsed": _("Confirmed by the host"),
    "bill": _("Payment asked"),
    "settle": _("Paid by the applicant"),
    "fill": _("Stage filled in"),
    "complete": _("Stage finished"),
    "silence": _("No answer in time"),
    "forward": _("Passed to another office for a stage"),
    "step_back": _("Back to an earlier stage"),
    "consult": _("Asked elsewhere"),
    "answer": _("Opinion received"),
    "reroute": _("Stage given to another office"),
    "orphan": _("Returned to the office: its holder left"),
    "remind": _("Reminder sent"),
    "escalate": _("Told to the chief of service"),
    "hearing_moved": _("Hearing moved"),
    "hearing_cancelled": _("Hearing cancelled"),
    "lapse": _("Closed: no answer in time"),
    "reopen": _("Opened again"),
    "appeal": _("Decision contested"),
    "uphold": _("Appeal refused: the decision stands"),
    "overturn": _("Appeal granted: this refusal is cancelled"),
    "restore": _("Appeal opened again: this refusal holds until then"),
    "calendar": _("Deadline worked out anew"),
    "propose": _("Decision proposed"),
    "return": _("Sent back for examination"),
    "grant": _("Granted"),
    "refuse": _("Refused"),
    "transfer": _("Passed to another office"),
    "hand_over": _("Document handed over"),
    "withdraw": _("Withdrawn by the applicant"),
    "collect": _("Document downloaded by the applicant"),
    "document": _("Document produced"),
    "cancel_act": _("Document cancelled"),
    "observe_act": _("Observation of the office above on the document"),
    "redraw": _("Document drawn again with corrected texts"),
    "replace_act": _("Document replaced by a corrected one"),
}


def status(value: str) -> tuple[str, str]:
    """Return the status in words and the kind of its tag."""
    return str(STATUSES[value]), KINDS.get(CaseStatus(value), "neutral")


def span(between: timedelta) -> str:
    """Return a duration in its one useful unit: minutes, hours or days."""
    hours = int(between.total_seconds()) // 3600
    if hours < 1:
        minutes = max(1, int(between.total_seconds()) // 60)
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}


def age(since: datetime | None) -> str:
    return span(timezone.now() - since) if since else ""


def is_past(moment: datetime) -> bool:
    return moment < timezone.now()


def note(event: CaseEvent) -> str:
    """Return what stands under an event of the history."""
    if event.action == "calendar":
        return public_circuit.moved_words(event)
    parts: Iterable[str] = (
        event.note,
        ngettext(
            "%(n)s older request was passed over.",
            "%(n)s older requests were passed over.",
            event.data["skipped"],
        )
        % {"n": event.data["skipped"]}
        if event.data.get("skipped")
        else "",
        event.data.get("recipient", ""),
        event.data.get("identity", ""),
        event.data.get("number", ""),
        event.data.get("signed", ""),
    )
    return "\n".join(part for part in parts if part)

"""The only writers of cases. Every change is one transaction: lock, check, change, record, publish."""

from eservices.cases.services.absences import end_delegation, name_delegate, reroute
from eservices.cases.services.acts import (
    act_to_correct,
    cancel_act,
    draw_with_current,
    note_observation,
    replace_act,
)
from eservices.cases.services.assigning import assign
from eservices.cases.services.decisions import (
    complete,
    fill,
    grant,
    propose,
    refuse,
    send_back,
)
from eservices.cases.services.file import (
    adopt_attachments,
    attachment_owner,
    note_origin,
    of_owner,
    record_listing,
    record_reading,
    send_message,
)
from eservices.cases.services.filing import (
    Applicant,
    confirm_payment,
    open_case,
    reply,
    settle,
    withdraw,
)
from eservices.cases.services.guests import repair_guests, tell_guests
from eservices.cases.services.hearings import (
    cancel_hearing,
    enlist,
    hold_hearing,
    move_hearing,
    plan_hearing,
)
from eservices.cases.services.orders import bill, payment_due, settle_order
from eservices.cases.services.outside import answer_outside, ask_outside
from eservices.cases.services.recourse import (
    appeal,
    appeal_deadline,
    appeal_of,
    keys_of,
    may_appeal,
    recourse_of,
    reopen,
)
from eservices.cases.services.registry import check_registry
from eservices.cases.services.work import ask, hand_over, release, take, take_next, transfer

__all__ = [
    "Applicant",
    "act_to_correct",
    "adopt_attachments",
    "answer_outside",
    "appeal",
    "appeal_deadline",
    "appeal_of",
    "ask",
    "ask_outside",
    "assign",
    "attachment_owner",
    "bill",
    "cancel_act",
    "cancel_hearing",
    "check_registry",
    "complete",
    "confirm_payment",
    "draw_with_current",
    "end_delegation",
    "enlist",
    "fill",
    "grant",
    "hand_over",
    "hold_hearing",
    "keys_of",
    "may_appeal",
    "move_hearing",
    "name_delegate",
    "note_observation",
    "note_origin",
    "of_owner",
    "open_case",
    "payment_due",
    "plan_hearing",
    "propose",
    "record_listing",
    "record_reading",
    "recourse_of",
    "refuse",
    "release",
    "reopen",
    "repair_guests",
    "replace_act",
    "reply",
    "reroute",
    "send_back",
    "send_message",
    "settle",
    "settle_order",
    "take",
    "take_next",
    "tell_guests",
    "transfer",
    "withdraw",
]

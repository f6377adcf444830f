"""The only writers of cases. Every change is one transaction: lock, check, change, record, publish."""

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
from eservices.cases.services.work import ask, hand_over, release, take, take_next, transfer

__all__ = [
    "Applicant",
    "adopt_attachments",
    "ask",
    "assign",
    "attachment_owner",
    "complete",
    "confirm_payment",
    "fill",
    "grant",
    "hand_over",
    "note_origin",
    "open_case",
    "propose",
    "record_reading",
    "refuse",
    "release",
    "reply",
    "send_back",
    "send_message",
    "settle",
    "take",
    "take_next",
    "transfer",
    "withdraw",
]

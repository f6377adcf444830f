"""What gathers in a case's file besides its answers: pieces, messages, who read it."""

import uuid
from typing import Any

from django.db import transaction

from eservices.attachments import services as attachments
from eservices.cases.models import Case, CaseEvent, CaseReading, Message
from portal.accounts.models import User
from portal.audit import services as audit
from portal.outbox.services import publish


@transaction.atomic
def send_message(case: Case, *, text: str, author: User | None) -> Message:
    """Write to the applicant (`author` an agent) or to the administration (`author` None)."""
    message = Message.objects.create(
        case=case, author=author, from_applicant=author is None, text=text
    )
    publish("case.message", case_id=case.pk, message_id=message.pk)
    return message


@transaction.atomic
def note_origin(case: Case, *, action: str, note: str, data: dict[str, Any]) -> None:
    """Write into the history where a new request comes from: what was taken over, who helped."""
    CaseEvent.objects.create(
        case=case,
        action=action,
        from_status=case.status,
        to_status=case.status,
        note=note,
        data=data,
    )


def record_reading(
    case: Case, *, reader: User, role: str, what: str = "case", reason: str = ""
) -> None:
    """Write down that a member of staff read this file; the citizen sees it."""
    CaseReading.objects.create(
        case=case, reader=reader, office_id=case.office_id, role=role, what=what, reason=reason
    )
    audit.record(
        "case.read",
        actor=reader,
        role=role,
        office=case.office.code,
        subject=case.reference,
        details={"what": what, "reason": reason},
    )


def attachment_owner(case: Case) -> str:
    """Return the key under which the case's pieces are kept."""
    return f"case:{case.access_key}"


def of_owner(owner: str) -> Case | None:
    """Return the case that keeps things under this key; None when it is no case's."""
    kind, _colon, key = owner.partition(":")
    try:
        access_key = uuid.UUID(key) if kind == "case" else None
    except ValueError:
        access_key = None
    return Case.objects.filter(access_key=access_key).first() if access_key else None


def adopt_attachments(case: Case, *, from_owner: str) -> int:
    """Move the pieces of a draft to its case; return how many."""
    return attachments.move(from_owner, attachment_owner(case))

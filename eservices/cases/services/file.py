"""What gathers in a case's file besides its answers: pieces, messages, who read it."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from eservices.attachments import services as attachments
from eservices.cases.models import Case, CaseEvent, CaseReading, Message
from portal.accounts.models import Office, User
from portal.audit import services as audit
from portal.outbox.services import publish

LISTED = 100  # numbers that one line of the journal names


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
    case: Case,
    *,
    reader: User,
    role: str,
    what: str = "case",
    reason: str = "",
    office: Office | None = None,
) -> None:
    """Write down that a member of staff read this file, in `office`; the citizen sees it."""
    office = office or case.office
    CaseReading.objects.create(
        case=case, reader=reader, office=office, role=role, what=what, reason=reason
    )
    audit.record(
        "case.read",
        actor=reader,
        role=role,
        office=office.code,
        subject=case.reference,
        details={"what": what, "reason": reason},
    )


@transaction.atomic
def record_listing(
    cases: QuerySet[Any, Any],
    *,
    reader: User,
    role: str,
    office: Office,
    what: str,
    since: datetime,
) -> None:
    """Write down that the names in these files were shown in a list; once `since` a moment ago."""
    # Not as one statement: the database would begin with all the cases there are.
    read = CaseReading.objects.filter(reader=reader, what=what, at__gt=since, case__in=cases)
    known = set(read.values_list("case", flat=True))
    shown: QuerySet[Any, Any] = Case.objects.filter(pk__in=cases).values_list("pk", "reference")
    found = [row for row in shown if row[0] not in known]
    if not found:
        return
    CaseReading.objects.bulk_create(
        [
            CaseReading(case_id=pk, reader=reader, office=office, role=role, what=what)
            for pk, _reference in found
        ],
        batch_size=500,
    )
    first = [reference for _pk, reference in found[:LISTED]]
    audit.record(
        "case.listed",
        actor=reader,
        role=role,
        office=office.code,
        details={"what": what, "number": len(found), "cases": ", ".join(first)},
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

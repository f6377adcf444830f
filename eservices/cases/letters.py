"""The conversation about a case: what was written, by whom, with which files."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.attachments.models import Attachment
from eservices.cases.errors import BadRequest
from eservices.cases.models import Case, Message
from eservices.cases.services import attachment_owner, send_message
from portal.accounts.models import User

SLOT = "message:"  # then the key of the message: files of letters are kept among the case's own
ACCEPTED = ["pdf", "jpeg", "png"]
MAX_MB, MAX_FILES = 5, 5


@dataclass(frozen=True)
class Letter:
    from_applicant: bool
    author: User | None
    text: str
    sent_at: datetime
    files: list[Attachment] = field(default_factory=list)


def write(
    case: Case, *, text: str, author: User | None, uploads: Sequence[UploadedFile] = ()
) -> Message:
    """Write to the applicant (`author` an agent) or to the administration (`author` None).

    All of it or nothing. :raises UploadRefused: naming the file; :raises BadRequest: too many files.
    """
    if len(uploads) > MAX_FILES:
        raise BadRequest(_("Send %(n)d files at most with one message.") % {"n": MAX_FILES})
    aside = f"letter:{uuid.uuid4()}"
    attachments.store_all(uploads, owner=aside, slot="letter", accept=ACCEPTED, max_mb=MAX_MB)
    with transaction.atomic():
        message = send_message(case, text=text, author=author)
        attachments.move(aside, attachment_owner(case), slot=f"{SLOT}{message.pk}")
    return message


def letters(messages: Iterable[Message], files: Iterable[Attachment]) -> list[Letter]:
    """Return the messages with their files; `files` may hold others of the case too."""
    by_slot: dict[str, list[Attachment]] = {}
    for file in files:
        by_slot.setdefault(file.slot, []).append(file)
    return [
        Letter(one.from_applicant, one.author, one.text, one.sent_at,
               by_slot.get(f"{SLOT}{one.pk}", []))
        for one in messages
    ]  # fmt: skip

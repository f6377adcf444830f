"""Handing an act over at the counter against a discharge."""

import base64
import binascii
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.attachments.errors import UploadRefused
from eservices.cases import services as cases
from eservices.cases.errors import BadRequest
from eservices.cases.models import Case
from eservices.casework.models import IdentityKind
from portal.accounts.models import User

SLOT = "discharge"
DRAWN = "data:image/png;base64,"
LONGEST_DRAWING = 600_000


@dataclass(frozen=True)
class Receiver:
    """Who takes the act away, by which paper he or she was known, and in whose name."""

    name: str
    identity_kind: str
    identity_number: str
    is_proxy: bool = False

    @property
    def identity(self) -> str:
        kind = IdentityKind(self.identity_kind).label
        return f"{kind} {self.identity_number}".strip()


def hand_over(
    case: Case,
    *,
    actor: User,
    receiver: Receiver,
    discharge: UploadedFile | None = None,
    drawing: str = "",
) -> None:
    """Record the hand-over with its discharge: a photo of the signed paper, or a drawn signature.

    :raises UploadRefused: :raises BadRequest: the drawing cannot be read.
    """
    upload = discharge or _drawn(drawing)
    kept = None
    if upload is not None:
        kept = attachments.store(
            upload, owner=cases.attachment_owner(case), slot=SLOT,
            accept=["pdf", "jpeg", "png"], max_mb=5,
        )  # fmt: skip
    name = receiver.name
    if receiver.is_proxy:
        name = _("%(name)s, with a power of attorney") % {"name": name}
    try:
        cases.hand_over(case, actor=actor, recipient=name, identity=receiver.identity)
    except Exception:
        if kept is not None:
            attachments.remove(kept)
        raise


def _drawn(drawing: str) -> UploadedFile | None:
    """Return the signature drawn on the screen as a file; None when nothing was drawn."""
    if not drawing:
        return None
    try:
        if not drawing.startswith(DRAWN) or len(drawing) > LONGEST_DRAWING:
            raise ValueError(drawing[:40])
        content = base64.b64decode(drawing.removeprefix(DRAWN), validate=True)
    except (ValueError, binascii.Error) as exc:
        raise BadRequest(
            _("The signature could not be read. Ask the person to sign again.")
        ) from exc
    return SimpleUploadedFile("signature.png", content, content_type="image/png")


__all__ = ["SLOT", "Receiver", "UploadRefused", "hand_over"]

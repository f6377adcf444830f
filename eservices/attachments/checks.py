"""Are files being scanned? For /readyz."""

from typing import Any

from eservices.attachments import virus
from eservices.attachments.models import Attachment


def virus_scanner() -> dict[str, Any]:
    """Return how the scanner stands. Files are taken without it, and held: that is no reason to close."""
    if not virus.is_configured():
        return {"scanner": "none"}
    return {
        "scanner": "answers" if virus.answers() else "away",
        "held": Attachment.objects.awaiting_scan().count(),
    }

"""Why a file is refused, and what its sender can do about it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.core.errors import PortalError

PRINT_AGAIN = _(
    "Open it, choose “Print”, then “Save as PDF”, and send the new file. A clear photo also works."
)
MESSAGES = {
    "empty": _("This file is empty. Choose the file again."),
    "no_name": _("This file has no name. Choose the file again."),
    "unsupported": _("We cannot read this kind of file. Send a PDF, or a photo in JPEG or PNG."),
    "heic": _("This photo is in the HEIC format of iPhones. In Settings → Camera → Formats choose “Most compatible” and take it again, or send a screenshot of it."),
    "not_accepted": _("This kind of file is not accepted here. Accepted: %(accepted)s."),
    "damaged": _("This file is damaged or incomplete. Open it on your device to check it, then send it again, or take a photo of the document."),
    "encrypted": _("This PDF is protected by a password. Save it without a password, or send a photo of the document."),
    "active": _("This PDF contains a program or a button that acts by itself, which we refuse for your safety. %(print_again)s"),
    "embedded": _("This PDF contains other files. Send each file on its own."),
    "too_complex": _("This file is too complicated to be checked. %(print_again)s"),
    "too_many_pixels": _("This image is too large. Take the photo again with a smaller size, or send a PDF."),
    "too_small": _("This image is too small to be read. Take the photo closer and in good light: each side needs at least %(pixels)s dots."),
    "blank": _("This image looks blank. Take the photo again in good light."),
    "blurred": _("This photo is blurred: nobody could read it. Hold the phone still above the paper, wait until the image is sharp, and take it again."),
    "infected": _("The virus scan found something dangerous in this file, so we did not keep it. Take a photo of the paper with a telephone and send the photo."),
    "held": _("This file waits for the virus scan. Come back in a few minutes."),
    "busy": _("Many files are arriving at this moment. Nothing is lost: send this file again in a minute."),
    "no_room": _("The file could not be kept: there is no room left at the moment. Nothing is lost: send it again in a few minutes."),
}  # fmt: skip


class UploadRefused(PortalError):
    """The file cannot be kept. `code` says why, the message says the way out."""

    def __init__(self, code: str, **details: object) -> None:
        self.code = code
        super().__init__(_message(code, details), **details)


def _message(code: str, details: dict[str, object]) -> str:
    if code == "too_large":
        return ngettext(
            "This file is larger than %(max_mb)s MB. Send a smaller photo, or fewer pages.",
            "This file is larger than %(max_mb)s MB. Send a smaller photo, or fewer pages.",
            int(str(details["max_mb"])),
        ) % {"max_mb": details["max_mb"]}
    if code == "too_many_pages":
        return ngettext(
            "This PDF has more than %(pages)s page. Send only the pages that are asked for.",
            "This PDF has more than %(pages)s pages. Send only the pages that are asked for.",
            int(str(details["pages"])),
        ) % {"pages": details["pages"]}
    return str(MESSAGES[code]) % (details | {"print_again": str(PRINT_AGAIN)})


class OffsetMismatch(PortalError):
    """The sender goes on at another place than where the file ends here; it must ask where."""

    code = "offset_mismatch"


class ChecksumMismatch(PortalError):
    """What arrived is not what was sent; this piece must be sent again."""

    code = "checksum_mismatch"


class TooManyUploads(PortalError):
    """Too many files are on their way for one request."""

    code = "too_many_uploads"

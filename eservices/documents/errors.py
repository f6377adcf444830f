"""What can go wrong with an issued document."""

from portal.core.errors import PortalError


class RenderingFailed(PortalError):
    """The document could not be drawn; `details["reason"]` is for the administrator, not for the public."""

    code = "document_rendering_failed"


class NotRevocable(PortalError):
    """The document is cancelled or replaced already, or no reason was given."""

    code = "document_not_revocable"


class KeyMissing(PortalError):
    """The key that vouches for the seals is not where it was; `details` say what to restore."""

    code = "document_key_missing"

from portal.core.errors import PortalError


class SittingError(PortalError):
    """This cannot be done to the sitting as it stands; the message says why and what to do."""

    code = "sitting_error"

from portal.core.errors import PortalError


class AlreadyAnswered(PortalError):
    """Somebody answered in the meantime; the answer stands."""

    code = "already_answered"

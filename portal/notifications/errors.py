"""Why a message did not leave, told by what to do about it."""

from portal.core.errors import PortalError


class MessageUnavailable(PortalError):
    """The channel cannot take the message now: try again later."""

    code = "message_unavailable"


class MessageRefused(PortalError):
    """The channel will never take this message: wrong number, unknown mailbox."""

    code = "message_refused"

from portal.core.errors import PortalError


class NotReady(PortalError):
    """The draft cannot be sent yet; `details["steps"]` are the steps to return to, in order."""

    code = "draft_not_ready"


class WrongCode(PortalError):
    """The code is wrong, used or too old."""

    code = "wrong_code"

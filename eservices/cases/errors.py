from portal.core.errors import PortalError


class TransitionNotAllowed(PortalError):
    """The case is no longer where this action was possible: somebody was faster."""

    code = "transition_not_allowed"


class NotAllowed(PortalError):
    """This person may not do this on this case."""

    code = "not_allowed"


class NoOffice(PortalError):
    """The answers name no open office that may process the request."""

    code = "no_office"


class BadRequest(PortalError):
    """What was asked of the case makes no sense, such as a complement on nothing."""

    code = "bad_request"

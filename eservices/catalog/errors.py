from portal.core.errors import PortalError


class DefinitionRefused(PortalError):
    """An e-service definition cannot be published; `details["errors"]` names each fault and its place."""

    code = "definition_refused"


class EServiceClosed(PortalError):
    """Requests are not accepted now; the message says until when, or what to do instead."""

    code = "eservice_closed"

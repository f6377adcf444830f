from portal.core.errors import PortalError


class DefinitionRefused(PortalError):
    """An e-service definition cannot be published; `details["errors"]` names each fault and its place."""

    code = "definition_refused"


class EServiceClosed(PortalError):
    """Requests are not accepted now; the message says until when, or what to do instead."""

    code = "eservice_closed"


class EditConflict(PortalError):
    """Somebody else changed the same place since the page was opened.

    Nothing is lost: `details["aside"]` is the number of the revision that holds what could not be
    saved, `details["clashes"]` the places.
    """

    code = "edit_conflict"


class NameTaken(PortalError):
    """Another e-service has this short name or this code; `details["field"]` says which."""

    code = "name_taken"


class OfferRefused(PortalError):
    """A commune may not offer this; `details["errors"]` says why, by fee code."""

    code = "offer_refused"

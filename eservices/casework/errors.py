from portal.core.errors import PortalError


class NotComplete(PortalError):
    """Something is missing or wrong in what was keyed at the counter."""

    code = "counter_not_complete"


class NotTraining(PortalError):
    """This is done in a training office only: nothing real may be touched."""

    code = "not_training"

from portal.core.errors import PortalError


class SlotTaken(PortalError):
    """The slot cannot be had (any more); the message tells the person what to do."""

    code = "slot_taken"


class TooLate(PortalError):
    """The appointment can no longer be moved or cancelled; the message says why."""

    code = "appointment_too_late"


class TooEarly(PortalError):
    """Nobody can have come, or stayed away, before the day."""

    code = "appointment_too_early"

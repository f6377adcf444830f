"""What can go wrong with people and offices."""

from portal.core.errors import PortalError


class BadPhone(PortalError):
    """The text is no phone number that can be called."""

    code = "bad_phone"


class StaffEmailRefused(PortalError):
    """A staff account needs an official address."""

    code = "staff_email_refused"


class DutiesKeptApart(PortalError):
    """Who manages accounts reads no citizen's file."""

    code = "duties_kept_apart"

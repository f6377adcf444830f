from portal.core.errors import PortalError


class RegisterError(PortalError):
    code = "register_error"


class NotKeeper(RegisterError):
    """This person may not write in the register."""

    code = "not_keeper"


class EntryRefused(RegisterError):
    """The values cannot stand in the register; `details["faults"]` says why, by column."""

    code = "entry_refused"


class StaleEntry(RegisterError):
    """Somebody else changed the entry since it was read."""

    code = "stale_entry"


class Overlap(RegisterError):
    """The entry is taken during part of the period; `details["taken"]` is the other reservation."""

    code = "overlap"


class Shortfall(RegisterError):
    """The line has not enough left; `details["available"]` and `details["missing"]` are amounts."""

    code = "shortfall"


class UnknownEntry(RegisterError):
    """No open entry of the register has this key."""

    code = "unknown_entry"


class ClosedEntry(UnknownEntry):
    """The entry with this key is closed."""

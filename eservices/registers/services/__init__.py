"""The only writers of registers and of what is reserved on them."""

from eservices.registers.services.bookings import (
    clash,
    consume,
    free,
    hold_amount,
    hold_period,
    missing_amount,
)
from eservices.registers.services.entries import (
    add_entry,
    add_first_entries,
    change_entry,
    close_entry,
    find_entry,
    reopen_entry,
    save_register,
)
from eservices.registers.services.sheets import ImportLine, import_sheet

__all__ = [
    "ImportLine",
    "add_entry",
    "add_first_entries",
    "change_entry",
    "clash",
    "close_entry",
    "consume",
    "find_entry",
    "free",
    "hold_amount",
    "hold_period",
    "import_sheet",
    "missing_amount",
    "reopen_entry",
    "save_register",
]

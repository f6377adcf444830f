"""The only writers of sittings."""

from eservices.sittings.services.conduct import (
    close,
    decide,
    minutes_of,
    pass_report_on,
    set_execution,
)
from eservices.sittings.services.preparing import (
    add_item,
    add_member,
    create,
    freeze,
    move_item,
    remove_item,
    remove_member,
)

__all__ = [
    "add_item",
    "add_member",
    "close",
    "create",
    "decide",
    "freeze",
    "minutes_of",
    "move_item",
    "pass_report_on",
    "remove_item",
    "remove_member",
    "set_execution",
]

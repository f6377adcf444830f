"""The only writers of sittings."""

from eservices.sittings.services.conduct import (
    close,
    decide,
    minutes_of,
    pass_report_on,
    set_execution,
)
from eservices.sittings.services.preparing import (
    GONE,
    add_item,
    add_member,
    create,
    freeze,
    move_item,
    remove_item,
    remove_member,
    sort_by_group,
)
from eservices.sittings.services.reading import record_opening, record_printing, record_reading

__all__ = [
    "GONE",
    "add_item",
    "add_member",
    "close",
    "create",
    "decide",
    "freeze",
    "minutes_of",
    "move_item",
    "pass_report_on",
    "record_opening",
    "record_printing",
    "record_reading",
    "remove_item",
    "remove_member",
    "set_execution",
    "sort_by_group",
]

"""The registry, with every type in it."""

from eservices.formdefs.types import (
    appointments,
    choices,
    contact,
    dates,
    filled,
    identity,
    layout,
    links,
    media,
    numbers,
    places,
    signing,
    text,
)
from eservices.formdefs.types.base import COMMON_KEYS, FIELD_TYPES, FieldType, Invalid

__all__ = [
    "COMMON_KEYS",
    "FIELD_TYPES",
    "FieldType",
    "Invalid",
    "appointments",
    "choices",
    "contact",
    "dates",
    "filled",
    "identity",
    "layout",
    "links",
    "media",
    "numbers",
    "places",
    "signing",
    "text",
]

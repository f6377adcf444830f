"""The registry, with every type in it."""

from eservices.formdefs.types import (
    choices,
    contact,
    dates,
    identity,
    layout,
    numbers,
    places,
    text,
)
from eservices.formdefs.types.base import COMMON_KEYS, FIELD_TYPES, FieldType, Invalid

__all__ = [
    "COMMON_KEYS",
    "FIELD_TYPES",
    "FieldType",
    "Invalid",
    "choices",
    "contact",
    "dates",
    "identity",
    "layout",
    "numbers",
    "places",
    "text",
]

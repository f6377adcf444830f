"""How long a form takes to fill in, for a person who has the papers at hand."""

from collections.abc import Mapping
from typing import Any

from eservices.formdefs.expansion import expand
from eservices.formdefs.groups import UnknownGroup
from eservices.formdefs.spec import MAX_ROWS

# Seconds by question: observed orders of size, on a phone, for people who type slowly.
SECONDS = {
    "yes_no": 5, "consent": 6, "attestation": 10, "choice": 9, "multi_choice": 14, "country": 10,
    "office": 12, "text": 16, "pattern": 25, "long_text": 60, "integer": 8, "decimal": 12,
    "money": 12, "date": 15, "partial_date": 15, "date_time": 25, "time": 10, "phone": 18,
    "email": 20, "address": 50, "person": 55, "national_id": 25, "bank_account": 45,
    "mobile_money": 20, "map_point": 40, "file": 60, "signature": 20, "explanation": 8,
    "heading": 1, "computed": 2,
}  # fmt: skip
USUAL = 15
PIECE = 75  # taking the photo, choosing it, waiting for the network
STEP = 8  # a page more
CONDITIONAL = 0.5  # a question asked in some cases counts for half


def minutes(definition: Mapping[str, Any]) -> int:
    """Return the minutes it takes, at least one."""
    try:
        full = expand(definition)
    except UnknownGroup:
        full = dict(definition)
    total = 0.0
    for step in full.get("steps") or []:
        seconds = STEP + sum(map(_field, step.get("fields") or []))
        total += seconds * (CONDITIONAL if "show_if" in step else 1)
    total += sum(PIECE * _share(piece) for piece in full.get("pieces") or [])
    return max(1, round(total / 60))


def _field(field: Mapping[str, Any]) -> float:
    kind = field.get("type")
    if field.get("hidden"):
        return 0
    if kind == "group":
        rows = min(max(1, field["min"]), MAX_ROWS) if isinstance(field.get("min"), int) else 1
        seconds = rows * sum(map(_field, field.get("fields") or []))
    else:
        seconds = SECONDS.get(str(kind), USUAL)
    return seconds * _share(field)


def _share(entry: Mapping[str, Any]) -> float:
    is_sometimes = "show_if" in entry or "required_if" in entry or entry.get("required") is False
    return CONDITIONAL if is_sometimes else 1

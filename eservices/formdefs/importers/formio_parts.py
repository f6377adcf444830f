"""Small readings of one component of form.io, without a memory of the others."""

import re
from collections.abc import Mapping
from typing import Any

from eservices.formdefs.engine import CONTENT_TYPES


def children() -> dict[str, Any]:
    names = {"fr": "Prénoms", "ar": "الأسماء", "en": "First names"}
    birth = {"fr": "Date de naissance", "ar": "تاريخ الولادة", "en": "Date of birth"}
    return {
        "type": "group",
        "fields": [
            {"key": "child_names", "type": "text", "letters": True, "label": names},
            {
                "key": "child_birth",
                "type": "partial_date",
                "birth": True,
                "max": {"today": []},
                "label": birth,
            },
        ],
    }


def inside(one: Mapping[str, Any]) -> list[Any]:
    """Return the components inside a box of any kind: tabs, the cells of a table."""
    cells = [cell for row in one.get("rows") or [] if isinstance(row, list) for cell in row]
    boxes = [one, *(cell for cell in cells if isinstance(cell, Mapping))]
    return [found for box in boxes for found in box.get("components") or []]


def rules_of(one: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an answer is checked by; exports leave it out or write something else there."""
    given = one.get("validate")
    return given if isinstance(given, Mapping) else {}


def file_settings(one: Mapping[str, Any]) -> dict[str, Any]:
    named = str(one.get("filePattern") or "").split(",")
    types = [kind for name in named for kind, media in CONTENT_TYPES.items() if media == name]
    size = re.fullmatch(r"(\d+) ?MB", str(one.get("fileMaxSize") or ""))
    most = one.get("maxNumberOfFiles") or (10 if one.get("multiple") else 1)
    return (
        ({"accept": types} if types else {})
        | ({"max_mb": max(1, min(int(size[1]), 20))} if size else {})
        | ({"max_files": max(1, min(int(most), 10))} if int(most) > 1 else {})
    )


def says(value: Any) -> bool:
    """Whether a setting says anything: exports write all of them, most of them empty."""
    if isinstance(value, Mapping):
        return bool(value.get("plugin") or value.get("attribute")) or any(
            isinstance(one, str) and one and name not in {"plugin", "attribute", "identifierRole"}
            for name, one in value.items()
        )
    return value not in (None, "", [], False)


def words(value: Any) -> str:
    return f": {value.strip()[:120]}" if isinstance(value, str) and len(value) > 1 else ""


def plain(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value

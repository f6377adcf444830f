"""What a new e-service begins with."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

BLANK = Path(__file__).parent / "blank.yaml"


def blank(country: str, currency: str) -> dict[str, Any]:
    """Return the smallest definition that makes sense: one step, one review, one signature."""
    start = yaml.safe_load(BLANK.read_text(encoding="utf-8"))
    return {
        "slug": "",
        "code": "",
        "country": country or "DJ",
        "currency": currency,
        "title": {},
    } | start


def clone(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy to begin another e-service from; saved test answers come along."""
    return copy.deepcopy(dict(definition))

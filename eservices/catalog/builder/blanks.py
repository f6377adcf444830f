"""What a new e-service begins with."""

import copy
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def blank(country: str, currency: str) -> dict[str, Any]:
    """Return the smallest definition that makes sense: one step, one review, one signature."""
    return {
        "slug": "",
        "code": "",
        "country": country or "DJ",
        "currency": currency,
        "languages": ["fr"],
        "title": {},
        "steps": [
            {"key": "request", "title": {"fr": _("Your request")}, "fields": []},
            {
                "key": "identity",
                "title": {"fr": _("Your identity")},
                "fields": [{"use": "identity"}],
            },
        ],
        "pieces": [],
        "fees": [],
        "declaration": {"fr": _("I certify that what I have stated is true.")},
        "delay": {"working_days": 5},
        "offices": [],
        "circuit": {
            "stages": [
                {
                    "key": "review",
                    "kind": "review",
                    "role": "agent",
                    "title": {"fr": _("Examination")},
                },
                {
                    "key": "signature",
                    "kind": "signature",
                    "role": "chief",
                    "title": {"fr": _("Signature")},
                },
            ]
        },
        "complement": {
            "days": 30,
            "reasons": [
                {
                    "code": "unreadable",
                    "label": {"fr": _("This document cannot be read or is cut off.")},
                }
            ],
        },
        "refusal": {
            "motives": [
                {"code": "conditions", "label": {"fr": _("The conditions are not met.")}},
            ],
            "appeal": {"fr": _("You may ask for another examination within two months.")},
        },
        "documents": [],
        "retention": {"months": 12},
    }


def clone(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy to begin another e-service from; saved test answers come along."""
    return copy.deepcopy(dict(definition))

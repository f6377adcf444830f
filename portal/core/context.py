"""What every template may use without asking: the portal's face and name, and the languages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language_bidi, get_language_info

from portal.core import branding


def portal(request: HttpRequest) -> dict[str, Any]:
    look = branding.current()
    return {
        "LOOK": look,
        "PORTAL_NAME": look.name,
        "DEV_TOOLS": settings.DEV_TOOLS,
        "TRAINING": settings.TRAINING,
        "TEXT_DIRECTION": "rtl" if get_language_bidi() else "ltr",
        "languages": _languages(request),
    }


def _languages(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"],
            "url": translate_url(request.get_full_path(), code),
        }
        for code, _name in settings.LANGUAGES
    ]

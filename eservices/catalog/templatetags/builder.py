"""What the builder's templates need: drawings, texts of a definition."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portal.core.texts import pick

register = template.Library()

# Drawn for this portal on a grid of 24, one stroke.
ICONS = {
    "plus": "M12 5v14M5 12h14",
    "cross": "M6 6l12 12M18 6 6 18",
    "up": "M12 19V5m-6 6 6-6 6 6",
    "down": "M12 5v14m-6-6 6 6 6-6",
    "grip": "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
    "branch": "M6 4v9a4 4 0 0 0 4 4h8m-4-4 4 4-4 4M6 9h6",
    "text": "M5 6h14M12 6v13",
    "paragraph": "M5 6h14M5 10h14M5 14h14M5 18h8",
    "hash": "M9 4 7 20M17 4l-2 16M4 9h16M3 15h16",
    "link": "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1m2 4a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
    "toggle": "M8 7h8a5 5 0 0 1 0 10H8A5 5 0 0 1 8 7zm8 3a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
    "radio": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zm0 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
    "check": "M5 4h14v16H5zM8 12l3 3 5-6",
    "building": "M4 20h16M6 20V9l6-5 6 5v11M10 20v-5h4v5",
    "shield": "M12 3 5 6v5c0 5 3 8 7 10 4-2 7-5 7-10V6zM9 12l2 2 4-4",
    "globe": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM4 12h16M12 4c3 3 3 13 0 16M12 4c-3 3-3 13 0 16",
    "coins": "M9 5c3 0 5 1 5 2.500S12 10 9 10 4 9 4 7.500 6 5 9 5zM4 8v4c0 1 2 2 5 2M4 12v4c0 1 2 2 5 2M15 11c3 0 5 1 5 2.500S18 16 15 16s-5-1-5-2.500 2-2.500 5-2.500zm-5 3v3c0 1 2 2 5 2s5-1 5-2v-3",
    "calendar": "M5 6h14v14H5zM5 10h14M9 3v4M15 3v4",
    "clock": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2",
    "user": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM5 20c0-4 3-6 7-6s7 2 7 6",
    "id": "M3 6h18v12H3zM8 10a2 2 0 1 0 0 3.900A2 2 0 0 0 8 10zM5 17c0-2 6-2 6 0M14 10h4M14 14h4",
    "phone": "M8 3h8v18H8zM11 18h2",
    "mail": "M3 6h18v12H3zM3 7l9 6 9-6",
    "pin": "M12 21s6-6 6-11a6 6 0 0 0-12 0c0 5 6 11 6 11zm0-13a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
    "heading": "M6 5v14M18 5v14M6 12h12",
    "info": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8h.01",
    "rows": "M4 5h16v6H4zM4 13h16v6H4zM8 8h8M8 16h8",
    "calculator": "M6 3h12v18H6zM9 7h6M9 12h.01M12 12h.01M15 12h.01M9 16h.01M12 16h.01M15 16h.01",
    "clip": "M18 10l-7 7a4 4 0 0 1-6-6l8-8a3 3 0 0 1 4 4l-8 8a1 1 0 0 1-2-2l7-7",
    "pen": "M4 20l4-1L19 8l-3-3L5 16zM13 7l4 4",
    "image": "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01",
    "search": "M10 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12zm5 11 5 5",
    "box": "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
    "eye": "M3 12s3-6 9-6 9 6 9 6-3 6-9 6-9-6-9-6zm9-2.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
    "copy": "M9 9h11v11H9zM5 15H4V4h11v1",
    "trash": "M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v6M14 11v6",
    "warning": "M12 4 3 19h18zM12 10v4M12 17h.01",
    "flag": "M6 21V4h11l-2 4 2 4H6",
    "history": "M4 12a8 8 0 1 0 3-6M4 4v4h4M12 8v4l3 2",
    "upload": "M12 16V5m-5 5 5-5 5 5M5 19h14",
    "download": "M12 5v11m-5-5 5 5 5-5M5 20h14",
    "languages": "M4 6h9M8 4v2c0 4-2 7-5 9M5 10c1 3 4 5 7 6M12 20l4-10 4 10M13.500 17h5",
    "gear": "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M6 6l2 2M16 16l2 2M18 6l-2 2M8 16l-2 2",
    "list": "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
    "flask": "M10 3h4M11 3v6l-6 10h14L13 9V3M8 15h8",
    "stamp": "M9 12c1-2-1-4-1-6a4 4 0 0 1 8 0c0 2-2 4-1 6h3v4H6v-4zM6 20h12",
    "scales": "M12 4v16M7 20h10M5 7h14M5 7l-3 6h6zM19 7l-3 6h6z",
    "arrow": "M5 12h14m-6-6 6 6-6 6",
    "paste": "M8 5H5v16h14V5h-3M9 3h6v4H9zM9 12h6M9 16h4",
    "lock": "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
    "steps": "M4 18h4v-4h4v-4h4V6h4",
}  # fmt: skip


@register.simple_tag
def icon_svg(name: str, size: int = 18) -> SafeString:
    """Draw an icon; it says nothing by itself, words stand beside it."""
    path = ICONS.get(name, ICONS["box"])
    return format_html(
        '<svg class="b-icon" width="{0}" height="{0}" viewBox="0 0 24 24" fill="none"'
        ' stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"'
        ' aria-hidden="true" focusable="false"><path d="{1}"/></svg>',
        size,
        mark_safe(path),  # noqa: S308 - a constant of this module
    )


@register.filter
def in_words(text: Any) -> str:
    """Return a text of a definition in the language of the page."""
    return pick(text)

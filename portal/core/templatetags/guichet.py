"""What the frame of every page needs and Django does not give."""

import re
from typing import Any

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import get_language, get_language_bidi

from portal.core.texts import pick

register = template.Library()

LEVELS = {"debug": "info", "error": "danger"}
LATIN_ONLY = re.compile(r"[\x00-\u024f\u2000-\u206f]*")  # Latin letters, figures, punctuation
LETTER = re.compile(r"[A-Za-z\u00c0-\u024f]")


@register.simple_tag(takes_context=True)
def signed_in(context: dict[str, Any]) -> bool:
    """Tell whether a person is signed in, without opening a session for a visitor who has none.

    Reading `user` marks the answer as varying by cookie, and then no cache may keep it.
    """
    request = context.get("request")
    if request is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return bool(request.user.is_authenticated)


@register.simple_tag
def address(name: str, fallback: str = "") -> str:
    """Return the address called `name`, or `fallback` under the prefix of the active language."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return local_path(fallback)


@register.simple_tag
def local_path(path: str = "") -> str:
    """Return `path` under the prefix of the active language; French, the default, has none."""
    language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    prefix = "/" if language == settings.LANGUAGE_CODE else f"/{language}/"
    return prefix + path


@register.filter
def notice_level(tags: str) -> str:
    """Return the notice modifier for the tags of a Django message."""
    level = tags.split()[-1] if tags else "info"
    return LEVELS.get(level, level)


@register.filter
def has_tag(tags: list[str] | None, name: str) -> bool:
    """Tell whether an allauth element carries the tag `name`."""
    return name in (tags or [])


@register.filter
def localized(text: Any) -> str:
    """Return a text of the configuration in the language of the page."""
    return pick(text)


@register.filter
def as_written(text: Any) -> str:
    """Return `text`, marked as French when the page is read in another script.

    A name that nobody has put in Arabic is then said by a screen reader in its own language, and
    keeps its direction.
    """
    words = str(text)
    if not get_language_bidi() or not LATIN_ONLY.fullmatch(words) or not LETTER.search(words):
        return words
    return format_html('<span lang="{}" dir="ltr">{}</span>', settings.LANGUAGE_CODE, words)

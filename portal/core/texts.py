"""Texts that configuration carries in several languages: `{"fr": "Nom", "ar": "الاسم"}`."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def pick(text: Any, language: str | None = None) -> str:
    """Return `text` in `language` (the active one by default), else in French, else in any.

    A plain string is the same in every language; None is empty.
    """
    if language and type(text) is dict and type(found := text.get(language[:2])) is str and found:
        return found  # nearly always, and asked for thousands of times by a long form
    if text is None:
        return ""
    if not isinstance(text, Mapping):
        return str(text)
    wanted = (language or get_language() or settings.LANGUAGE_CODE)[:2]
    for code in (wanted, settings.LANGUAGE_CODE, *text):
        if text.get(code):
            return str(text[code])
    return ""


def labelled(label: object, text: object) -> str:
    """Return what is said of something, after its name: with the colon of the language."""
    return _("%(label)s: %(text)s") % {"label": label, "text": text}


def with_function(name: object, function: str) -> str:
    """Return a name as it is signed: "Hodan Ali, Secretary general"."""
    if not function:
        return str(name)
    return _("%(name)s, %(function)s") % {"name": name, "function": function}

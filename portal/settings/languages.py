"""The languages of an installation, from one environment variable."""

from collections.abc import Iterable
from typing import Any

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

FIRST = "fr"  # addresses without a prefix are in this language
NAMES: dict[str, Any] = {"fr": _("French"), "ar": _("Arabic"), "en": _("English")}


def languages(entries: Iterable[str]) -> list[tuple[str, Any]]:
    """Return code and name of each language, French first: `["fr", "ar", "so=Soomaali"]`.

    A code alone must be one that Django knows. A name after `=` makes a language known that it does
    not, written from left to right, or from right to left when the name ends in `<`. French may be
    left out: it is the language of the portal.
    :raises ImproperlyConfigured: for a code without a name.
    """
    found: dict[str, Any] = {FIRST: NAMES[FIRST]}
    for entry in entries:
        code, _equals, name = (part.strip() for part in entry.partition("="))
        if name:
            _make_known(code, name)
        elif code not in LANG_INFO:
            raise ImproperlyConfigured(
                f"GUICHET_LANGUAGES: “{code}” needs its name, as in {code}=Name."
            )
        found[code] = NAMES[code] if code in NAMES else LANG_INFO[code]["name_local"].capitalize()
    return list(found.items())


def _make_known(code: str, name: str) -> None:
    local = name.removesuffix("<").strip()
    LANG_INFO[code] = {
        "bidi": name.endswith("<"),
        "code": code,
        "name": local,
        "name_local": local,
    }

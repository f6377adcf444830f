"""A text in each language of an e-service, as one line of a table: shown, then read again."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

Line = list[tuple[str, str]]  # language, text


def shown(text: Any, languages: Sequence[str]) -> Line:
    """Return the text in each language; a plain text is one in the first."""
    given = text if isinstance(text, Mapping) else {languages[0]: text or ""}
    return [(code, str(given.get(code) or "")) for code in languages]


def typed(
    data: QueryDict, name: str, languages: Sequence[str], *, most: int, before: Any = None
) -> dict[str, str]:
    """Return what was typed as `name.fr`, `name.ar` …; empty when nothing was.

    Other languages of the text `before` stay: the e-service may speak them again.
    """
    texts = {code: data.get(f"{name}.{code}", "").strip()[:most] for code in languages}
    if not any(texts.values()):
        return {}
    known = before if isinstance(before, Mapping) else {}
    others = {code: text for code, text in known.items() if code not in texts}
    return others | {code: text for code, text in texts.items() if text}

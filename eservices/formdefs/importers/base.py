"""What importers share: keys, texts in languages, the list of losses, the definition around it all."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 5_000_000
LANGUAGES = {
    "french": "fr", "français": "fr", "francais": "fr", "english": "en", "arabic": "ar",
    "arabe": "ar", "anglais": "en", "portuguese": "pt", "spanish": "es", "dutch": "nl",
    "nederlands": "nl", "default": "fr",
}  # fmt: skip


class CannotImport(ValueError):
    """The file is not what it should be; the message says what was expected."""


class Unsupported(ValueError):
    """One expression has no equal in our language; the message names the part."""


@dataclass(frozen=True)
class Loss:
    """One thing that was not taken over, and where it stood."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass
class Imported:
    """A definition to complete in the form builder, and what is missing in it."""

    definition: dict[str, Any]
    losses: list[Loss] = field(default_factory=list)


@dataclass
class Keys:
    """Names of elsewhere as keys of ours: each once, small letters, figures and _."""

    known: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=lambda: {"row"})

    def make(self, name: str) -> str:
        if name in self.known:
            return self.known[name]
        key = base = slug(name, "_")[:50] or "field"
        number = 2
        while key in self.taken:
            key, number = f"{base}_{number}", number + 1
        self.taken.add(key)
        self.known[name] = key
        return key


def slug(text: str, mark: str) -> str:
    spread = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in spread if not unicodedata.combining(char)).lower()
    plain = re.sub(r"[^a-z0-9]+", mark, plain).strip(mark)
    return plain if not plain or plain[0].isalpha() else f"q{mark}{plain}"


def text_of(texts: Mapping[str, str]) -> Any:
    """Return one text, or one for each language; `""` stands for a column without a language."""
    named = {code: text for code, text in texts.items() if code and text}
    if not named:
        return texts.get("") or ""
    return named if len(named) > 1 or not texts.get("") else texts[""]


def frame(
    name: str, steps: list[dict[str, Any]], *, country: str, currency: str, office: str, **more: Any
) -> dict[str, Any]:
    """Return a definition around `steps`: what the source does not say is left to the editor."""
    title = more.pop("title", None) or name
    return {
        "slug": slug(name, "-")[:60] or "imported-form",
        "code": slug(name, "-").upper()[:18] or "IMPORT",
        "country": country,
        "currency": currency,
        "title": title if isinstance(title, str) or title.get("fr") else str(next(iter(title.values()), name)),
        **more,
        "steps": steps,
        "offices": [office],
        "routing": office,
        "circuit": {
            "stages": [
                {"key": "review", "kind": "review", "role": "agent", "title": {"fr": "Instruction"}},
                {"key": "signature", "kind": "signature", "role": "chief", "title": {"fr": "Décision"}},
            ],
        },
        "retention": {"months": 12},
    }  # fmt: skip

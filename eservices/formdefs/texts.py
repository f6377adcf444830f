"""Every text of a definition that people read, with its place: for translating side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from eservices.formdefs.groups import name_of as shared_name
from eservices.formdefs.merging import name_of
from portal.core.texts import pick

# Entries that are texts in several languages wherever they stand.
TEXTS = frozenset(
    ["title", "summary", "intro", "label", "help", "text", "unit", "row_title", "add_label", "message",
     "declaration", "fee_note", "appeal", "required", "invalid", "per", "short"]
)  # fmt: skip
LANGUAGES = frozenset({"fr", "ar", "en", *dict(settings.LANGUAGES)})
SKIPPED = frozenset({"tests", "code_lists"})


@dataclass(frozen=True, slots=True)
class Text:
    path: str  # names and positions, joined by "/"
    place: str
    kind: str
    texts: Mapping[str, str]

    def missing(self, languages: Sequence[str]) -> list[str]:
        return [one for one in languages if not str(self.texts.get(one) or "").strip()]


def all_texts(definition: Mapping[str, Any]) -> list[Text]:
    """Return the texts in the order of the definition."""
    return list(_walk(definition, "", ""))


def put_text(definition: Any, path: str, texts: Mapping[str, str]) -> Any:
    """Return the definition with the text at `path` replaced."""
    name, _slash, rest = path.partition("/")
    if isinstance(definition, list):
        index = int(name)
        changed = list(definition)
        changed[index] = put_text(changed[index], rest, texts) if rest else dict(texts)
        return changed
    return {**definition, name: put_text(definition[name], rest, texts) if rest else dict(texts)}


def _walk(node: Any, path: str, place: str) -> Iterator[Text]:
    if isinstance(node, list):
        for index, one in enumerate(node):
            yield from _walk(one, f"{path}{index}/", _named(one, place))
        return
    if not isinstance(node, Mapping):
        return
    if path.endswith("/") and _is_text(node):  # a line of a document: it has no name of its own
        yield Text(path.rstrip("/"), place, "text", node)
        return
    for key, value in node.items():
        if key in SKIPPED:
            continue
        if key == "lists" and not path and isinstance(value, Mapping):
            for name, options in value.items():
                yield from _walk(options, f"lists/{name}/", _("List “%s”") % name)
            continue
        is_text = key in TEXTS and isinstance(value, (Mapping, str)) and value
        if is_text and (isinstance(value, str) or set(value) <= LANGUAGES):
            texts = {"fr": value} if isinstance(value, str) else value
            if key != "unit" or not isinstance(value, str):
                yield Text(f"{path}{key}", place, key, texts)
        else:
            yield from _walk(value, f"{path}{key}/", place)


def _is_text(node: Mapping[str, Any]) -> bool:
    return (
        bool(node) and set(node) <= LANGUAGES and all(isinstance(one, str) for one in node.values())
    )


def _named(entry: Any, place: str) -> str:
    if not isinstance(entry, Mapping) or _is_text(entry):
        return place
    if isinstance(entry.get("use"), str):
        name = _("Shared group: %s") % shared_name(entry["use"])
    else:
        name = pick(entry.get("label")) or pick(entry.get("title")) or name_of(entry) or ""
    return f"{place} › {name}" if place and name else name or place

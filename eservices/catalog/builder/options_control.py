"""The answers of a choice: a table with one line per answer, and a box to paste many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from eservices.formdefs.editing import new_key

SPARE = 2
MOST = 500


@dataclass(slots=True)
class OptionRow:
    index: int
    value: str = ""
    labels: list[tuple[str, str]] = field(default_factory=list)  # language, text
    condition: bool = False


def show_options(stored: Any, languages: Sequence[str], spare: int = SPARE) -> list[OptionRow]:
    """Return the lines of the table, with a few empty ones to fill."""
    entries = [one for one in stored or [] if isinstance(one, Mapping)]
    rows = []
    for index, entry in enumerate([*entries, *([{}] * spare)]):
        label = entry.get("label")
        texts = label if isinstance(label, Mapping) else {languages[0]: label or ""}
        rows.append(
            OptionRow(
                index,
                str(entry.get("value", "")),
                [(code, texts.get(code, "")) for code in languages],
                "show_if" in entry,
            )
        )
    return rows


def read_options(
    name: str, data: QueryDict, languages: Sequence[str], stored: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[OptionRow], list[str], bool]:
    """Return the options typed, the lines to show again, what is wrong, and whether more is wanted."""
    known = {str(one.get("value")): one for one in stored}
    order = data.getlist(f"{name}.row")[:MOST]
    options: list[dict[str, Any]] = []
    problems: list[str] = []
    act = data.get(f"{name}.act", "")
    for index in order:
        labels = {code: data.get(f"{name}.{index}.{code}", "").strip()[:500] for code in languages}
        if act == f"del:{index}" or not any(labels.values()):
            continue
        value = data.get(f"{name}.{index}.value", "").strip()[:100]
        taken = {str(one["value"]) for one in options}
        value = value or new_key(next(filter(None, labels.values())), taken)
        if value in taken:
            problems.append(_("Two answers have the same code: %s") % value)
        kept = dict(known.get(data.get(f"{name}.{index}.was", value), {}))
        options.append({**kept, "value": value, "label": {k: v for k, v in labels.items() if v}})
    options += _pasted(data.get(f"{name}.paste", ""), languages[0], options)
    if act.startswith(("up:", "down:")):
        _shift(options, act)
    rows = show_options(options, languages, 5 if act == "more" else SPARE)
    return options, rows, problems, bool(act)


def _pasted(text: str, language: str, options: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    taken = {str(one["value"]) for one in options}
    added = []
    for line in text.splitlines()[:MOST]:
        label = line.strip().lstrip("-•*").strip()
        if label:
            value = new_key(label, taken)
            taken.add(value)
            added.append({"value": value, "label": {language: label}})
    return added


def _shift(options: list[dict[str, Any]], act: str) -> None:
    verb, _sep, index = act.partition(":")
    at = int(index) if index.isdecimal() else -1
    to = at + (1 if verb == "down" else -1)
    if 0 <= at < len(options) and 0 <= to < len(options):
        options.insert(to, options.pop(at))

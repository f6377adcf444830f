"""The answers of a choice: a table with one line per answer, and a box to paste many at once.

A list too long for a table is one text: an answer on each line, its code behind a bar.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from eservices.catalog.builder import label_lines
from eservices.catalog.builder.label_lines import Line
from eservices.formdefs.editing import new_key
from eservices.formdefs.lint import MAX_OPTIONS
from portal.core.texts import pick

SPARE = 2
LONG = 100  # answers; the table would be slow to draw and to send
BAR = "|"


@dataclass(slots=True)
class OptionRow:
    index: int
    value: str = ""
    labels: Line = field(default_factory=list)
    condition: bool = False


@dataclass(slots=True)
class OptionTable:
    """The answers, as lines or (when they are many) as one text, and what is wrong with them."""

    options: list[dict[str, Any]]
    rows: list[OptionRow] = field(default_factory=list)
    text: str = ""
    problems: list[str] = field(default_factory=list)
    wants_more: bool = False


def show_options(stored: Any, languages: Sequence[str], spare: int = SPARE) -> OptionTable:
    """Return the lines of the table, with a few empty ones to fill."""
    entries = [dict(one) for one in stored or [] if isinstance(one, Mapping)]
    if len(entries) > LONG:
        return OptionTable(entries, text="\n".join(_as_line(one) for one in entries))
    rows = [
        OptionRow(
            index,
            str(entry.get("value", "")),
            label_lines.shown(entry.get("label"), languages),
            "show_if" in entry,
        )
        for index, entry in enumerate([*entries, *([{}] * spare)])
    ]
    return OptionTable(entries, rows)


def read_options(
    name: str, data: QueryDict, languages: Sequence[str], stored: Sequence[Mapping[str, Any]]
) -> OptionTable:
    """Return the options typed, the lines to show again, what is wrong, and whether more is wanted."""
    if f"{name}.text" in data:
        return _read_text(data.get(f"{name}.text", ""), languages[0], stored)
    known = {str(one.get("value")): one for one in stored}
    options: list[dict[str, Any]] = []
    problems: list[str] = []
    act = data.get(f"{name}.act", "")
    for index in data.getlist(f"{name}.row"):
        row = f"{name}.{index}"
        value = data.get(f"{row}.value", "").strip()[:100]
        kept = dict(known.get(data.get(f"{row}.was", value), {}))
        label = label_lines.typed(data, row, languages, most=500, before=kept.get("label"))
        if act == f"del:{index}" or not label:
            continue
        taken = {str(one["value"]) for one in options}
        value = value or new_key(next(iter(label.values())), taken)
        if value in taken:
            problems.append(_("Two answers have the same code: %s") % value)
        options.append({**kept, "value": value, "label": label})
    options += _pasted(data.get(f"{name}.paste", ""), languages[0], options)
    if act.startswith(("up:", "down:")):
        _shift(options, act)
    table = show_options(options, languages, 5 if act == "more" else SPARE)
    table.problems, table.wants_more = [*problems, *_too_many(options)], bool(act)
    return table


def _pasted(text: str, language: str, options: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    taken = {str(one["value"]) for one in options}
    added = []
    for line in text.splitlines()[: MAX_OPTIONS + 1]:
        label = line.strip().lstrip("-•*").strip()[:500]
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


# --- A long list ------------------------------------------------------------------------------------
def _as_line(option: Mapping[str, Any]) -> str:
    return f"{pick(option.get('label'))} {BAR} {option.get('value', '')}"


def _read_text(text: str, language: str, stored: Sequence[Mapping[str, Any]]) -> OptionTable:
    """Read an answer from each line; what its code carries besides the label stays."""
    known = {str(one.get("value")): one for one in stored}
    options: list[dict[str, Any]] = []
    taken: set[str] = set()
    problems: list[str] = []
    for line in text.splitlines()[: MAX_OPTIONS + 1]:
        words, code = _words_and_code(line)
        if not words:
            continue
        value = code[:100] or new_key(words, taken)
        if value in taken:
            problems.append(_("Two answers have the same code: %s") % value)
        taken.add(value)
        kept = known.get(value, {})
        label = kept.get("label") if words == pick(kept.get("label")) else None
        others = kept["label"] if isinstance(kept.get("label"), Mapping) else {}
        options.append(
            {**kept, "value": value, "label": label or {**others, language: words[:500]}}
        )
    return OptionTable(options, text=text, problems=[*problems[:3], *_too_many(options)])


def _words_and_code(line: str) -> tuple[str, str]:
    words, bar, code = line.rpartition(BAR)
    return (words.strip(), code.strip()) if bar else (line.strip(), "")


def _too_many(options: Sequence[Any]) -> list[str]:
    if len(options) <= MAX_OPTIONS:
        return []
    words = _("A question has at most %d answers: put a longer list among the code lists.")
    return [words % MAX_OPTIONS]

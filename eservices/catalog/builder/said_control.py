"""What a document says, without syntax: its paragraphs, its facts, the values of its model.

Each is lines of texts with answers in braces. A line may be told once for each entry of a repeated
group, and printed only when a condition holds. What these shapes cannot hold stays as it is.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from eservices.catalog.builder import label_lines
from eservices.catalog.builder.condition_editor import ConditionEditor
from eservices.formdefs.lint import KEY

PASSAGES, FACTS, VALUES = "passages", "facts", "values"
CELLS = {PASSAGES: 1, FACTS: 2, VALUES: 1}
SPARE = {PASSAGES: 1, FACTS: 2, VALUES: 1}
MOST = 200
OWN = (
    "ministry",
    "signer_title",
    "paragraphs",
    "lines",
    "closing",
)  # asked by controls of their own
CELL_MARK = "|"
Texts = label_lines.Line
Editor = Callable[[str, Any, QueryDict | None], ConditionEditor]


@dataclass(slots=True)
class SaidRow:
    index: int
    was: str = ""  # where it stands in what is stored; empty for a new one
    name: str = ""
    over: str = ""
    cells: list[Texts] = field(default_factory=list)
    heads: Texts = field(default_factory=list)
    raw: str = ""
    editor: ConditionEditor | None = None


@dataclass(slots=True)
class Said:
    """What was read: the entries, the lines to show again, what is wrong, whether more is wanted."""

    stored: Any
    rows: list[SaidRow]
    problems: list[str] = field(default_factory=list)
    wants_more: bool = False


class SaidControl:
    """The lines of one `kind`, in these languages; `edit` makes the condition of a line."""

    def __init__(self, kind: str, name: str, languages: Sequence[str], edit: Editor) -> None:
        self.kind, self.name, self.languages, self.edit = kind, name, list(languages), edit

    # --- From what is stored -------------------------------------------------------------------
    def show(self, stored: Any) -> list[SaidRow]:
        entries = self._entries(stored)
        rows = [
            self._row(at, str(at), name, entry, None) for at, (name, entry) in enumerate(entries)
        ]
        return self._with_spare(rows, SPARE[self.kind])

    def _entries(self, stored: Any) -> list[tuple[str, Any]]:
        if self.kind == VALUES:
            found = stored if isinstance(stored, Mapping) else {}
            return [(str(name), entry) for name, entry in found.items() if name not in OWN]
        return [("", entry) for entry in (stored if isinstance(stored, list) else [])]

    def _row(self, index: int, was: str, name: str, entry: Any, data: QueryDict | None) -> SaidRow:
        row = SaidRow(index, was, name)
        condition = None
        if isinstance(entry, Mapping) and "text" in entry and set(entry) <= {"text", "show_if"}:
            entry, condition = entry["text"], entry.get("show_if")
        if isinstance(entry, Mapping) and "rows" in entry:
            row.over = str(entry["rows"])
            cells = list(entry.get("cells") or [])
            row.heads = self._joined(entry.get("headers") or [])
            row.cells = (
                [self._texts(one) for one in cells] if self.kind == FACTS else [self._joined(cells)]
            )
        elif self.kind == FACTS and isinstance(entry, list):
            row.cells = [self._texts(one) for one in entry]
        elif _is_text(entry):
            row.cells = [self._texts(entry)]
        else:
            row.raw = json.dumps(entry, ensure_ascii=False)
        blank: Texts = [(code, "") for code in self.languages]
        row.cells = [*row.cells, blank, blank][: CELLS[self.kind]]
        row.heads = row.heads or blank
        if self.kind != FACTS and not row.raw:
            row.editor = self.edit(f"{self.name}.{index}.show_if", condition, data)
        return row

    def _with_spare(self, rows: list[SaidRow], spare: int) -> list[SaidRow]:
        new = [self._row(len(rows) + at, "", "", "", None) for at in range(spare)]
        return [*rows, *new]

    def _texts(self, text: Any) -> Texts:
        if isinstance(text, Mapping) and "text" in text:
            text = text["text"]
        return label_lines.shown(text, self.languages)

    def _joined(self, cells: Sequence[Any]) -> Texts:
        texts = [dict(self._texts(one)) for one in cells]
        return [
            (code, f" {CELL_MARK} ".join(text[code] for text in texts) if _any(texts, code) else "")
            for code in self.languages
        ]

    # --- From what was posted -------------------------------------------------------------------
    def read(self, data: QueryDict, stored: Any) -> Said:
        known = self._entries(stored)
        said = Said(None, [])
        act = data.get(f"{self.name}.act", "")
        kept: list[tuple[str, Any]] = []
        for index in data.getlist(f"{self.name}.row")[:MOST]:
            if act == f"del:{index}" or not index.isdecimal():
                continue
            was = data.get(f"{self.name}.{index}.was", "")
            before = known[int(was)] if was.isdecimal() and int(was) < len(known) else None
            name, entry = self._posted(data, index, before, said)
            if entry is None:
                continue
            row = self._row(int(index), was, name, entry, data)
            if row.editor is not None and row.editor.wants_more:
                said.wants_more = True
            elif row.editor is not None:
                said.problems += row.editor.problems
                entry = _with_condition(entry, row.editor.expression)
            said.rows.append(row)
            kept.append((name, entry))
        _shift(said.rows, kept, act)
        said.wants_more = said.wants_more or bool(act)
        said.rows = self._again(said.rows, 4 if act == "more" else SPARE[self.kind])
        said.stored = self._stored(kept, stored, said)
        return said

    def _again(self, rows: list[SaidRow], spare: int) -> list[SaidRow]:
        """Number the lines anew; conditions stand under the number of their line."""
        for index, row in enumerate(rows):
            row.index = index
            if row.editor is not None:
                row.editor.name = f"{self.name}.{index}.show_if"
        return self._with_spare(rows, spare)

    def _stored(self, kept: list[tuple[str, Any]], stored: Any, said: Said) -> Any:
        if self.kind != VALUES:
            return [entry for _name, entry in kept]
        values: dict[str, Any] = {}
        for name, entry in kept:
            if not KEY.fullmatch(name) or name in OWN or name in values:
                said.problems.append(
                    _("“%s”: give each value a name of its own, in small letters.") % (name or "–")
                )
            values[name] = entry
        own = stored if isinstance(stored, Mapping) else {}
        return {name: own[name] for name in OWN if name in own} | values

    def _posted(
        self, data: QueryDict, index: str, before: tuple[str, Any] | None, said: Said
    ) -> tuple[str, Any]:
        place = f"{self.name}.{index}"
        name = data.get(f"{place}.name", "").strip().lower()
        if f"{place}.raw" in data:
            return name, self._raw(str(data[f"{place}.raw"]), before, said)
        cells = [self._typed(data, f"{place}.{at}") for at in range(CELLS[self.kind])]
        if not any(any(cell.values()) for cell in cells):
            return name, None
        over = data.get(f"{place}.over", "")
        if over and self.kind != PASSAGES:
            parts = cells if self.kind == FACTS else _split(cells[0])
            entry: dict[str, Any] = {"rows": over, "cells": [_plain(one) for one in parts]}
            heads = self._typed(data, f"{place}.heads")
            if self.kind == VALUES and any(heads.values()):
                entry = {"headers": [_plain(one) for one in _split(heads)], **entry}
            return name, entry
        if self.kind == FACTS:
            return name, [_plain(cells[0]), _as_before(before, _plain(cells[1]))]
        return name, _plain(cells[0])

    def _typed(self, data: QueryDict, place: str) -> dict[str, str]:
        return {
            code: data.get(f"{place}.{code}", "").replace("\r\n", "\n").strip()[:5000]
            for code in self.languages
        }

    def _raw(self, text: str, before: tuple[str, Any] | None, said: Said) -> Any:
        try:
            return json.loads(text) if text.strip() else None
        except ValueError:
            said.problems.append(_("This is not JSON: check the brackets and the quotes."))
            return before[1] if before else None


def _is_text(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(one, str) for one in value.values())
    return isinstance(value, str)


def _any(texts: list[dict[str, str]], code: str) -> bool:
    return any(text[code] for text in texts)


def _plain(texts: dict[str, str]) -> Any:
    """One text alone holds in every language: it is kept without the name of its language."""
    given = {code: text for code, text in texts.items() if text}
    first = next(iter(texts))
    return given.get(first, "") if set(given) <= {first} else given


def _split(texts: dict[str, str]) -> list[dict[str, str]]:
    """Return the cells of a line written with a bar between them."""
    lists = {
        code: [part.strip() for part in text.split(CELL_MARK)]
        for code, text in texts.items()
        if text
    }
    count = max((len(parts) for parts in lists.values()), default=0)
    first = next(iter(texts))
    cells = []
    for at in range(count):
        cell = {code: parts[at] for code, parts in lists.items() if at < len(parts)}
        same = len(set(cell.values())) == 1
        cells.append({first: next(iter(cell.values()))} if same else {first: "", **cell})
    return cells


def _as_before(before: tuple[str, Any] | None, text: Any) -> Any:
    """Keep the condition that the value of a fact had."""
    fact = before[1] if before else None
    value = fact[1] if isinstance(fact, list) and len(fact) > 1 else None
    kept = isinstance(value, Mapping) and "text" in value
    return {**value, "text": text} if kept and isinstance(value, Mapping) else text


def _with_condition(entry: Any, condition: Any) -> Any:
    if condition is None or (isinstance(entry, Mapping) and "rows" in entry):
        return entry
    return {"text": entry, "show_if": condition}


def _shift(rows: list[SaidRow], kept: list[Any], act: str) -> None:
    verb, _colon, index = act.partition(":")
    at = next((place for place, row in enumerate(rows) if str(row.index) == index), -1)
    to = at + (1 if verb == "down" else -1)
    if verb in ("up", "down") and at >= 0 and 0 <= to < len(rows):
        rows.insert(to, rows.pop(at))
        kept.insert(to, kept.pop(at))

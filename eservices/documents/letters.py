"""Documents that an administrator writes: blocks of text with answers in them, to what is drawn.

A block is `{kind, text, show_if}` with `kind` one of KINDS. Its text, in one or several languages,
holds answers as `{last_name}`, `**strong**` and `*slanted*` words; a list or a table has one item a
line, the cells of a table separated by `|`. With `rows: GROUP` an item is repeated for each row of
a repeatable group, whose own answers it may name.

Answers are put in after the marks are read, so that nothing a citizen typed is ever a mark.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from portal.core.expressions import truthy
from portal.core.texts import pick

KINDS = ("heading", "paragraph", "facts", "list", "table", "box", "space", "page")
MARK = re.compile(r"(\*\*.+?\*\*|\*[^*\n]+?\*)")
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
STYLES = {"": "", "*": "slanted", "**": "strong"}

Texts = Mapping[str, str]
Rows = Mapping[str, Sequence[Texts]]
Runs = list[list[str]]  # [style, text, space before] each


def blocks(
    body: Iterable[Mapping[str, Any]],
    *,
    texts: Texts,
    rows: Rows,
    scope: Mapping[str, Any],
    languages: Sequence[str],
    others: Mapping[str, tuple[Texts, Rows]] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """Return what is drawn: the blocks whose condition holds, in every language asked for.

    Each is `{kind, said: [{lang, items}]}`; an item is a list of cells, a cell a list of runs.
    `others` has the answers as a language says them (a date, a choice), where `texts` does not.
    """
    drawn = []
    for block in body:
        if not truthy(block.get("show_if"), scope):
            continue
        said = [
            {
                "lang": language,
                "items": _items(block, *others.get(language, (texts, rows)), language),
            }
            for language in languages
        ]
        if block.get("kind") in {"space", "page"} or any(one["items"] for one in said):
            drawn.append({"kind": block.get("kind", "paragraph"), "said": said})
    return drawn


def fill(text: str, texts: Texts) -> str:
    """Return `text` with each `{name}` replaced by its answer; an unknown one by nothing."""
    return PLACEHOLDER.sub(lambda match: texts.get(match[1], ""), text)


def placeholders(body: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the names of all answers that `body` shows."""
    found: set[str] = set()
    for block in body:
        text = block.get("text")
        for one in text.values() if isinstance(text, Mapping) else [text or ""]:
            found |= set(PLACEHOLDER.findall(str(one)))
    return found


def faults(body: Any) -> list[str]:
    """Return what is wrong with the form of `body`, in the words of an engineer's check."""
    if not isinstance(body, list):
        return ["body: a list of blocks is expected"]
    found = []
    for number, block in enumerate(body):
        if not isinstance(block, Mapping):
            found.append(f"body[{number}]: a block has named entries")
        elif block.get("kind", "paragraph") not in KINDS:
            found.append(f"body[{number}].kind: one of {', '.join(KINDS)}")
    return found


def data_faults(data: Any) -> list[str]:
    """Return what is wrong with the form of the entries that every frame draws."""
    if not isinstance(data, Mapping):
        return ["data: named entries are expected"]
    found = [
        f"data.{name}: a list is expected"
        for name in ("paragraphs", "lines")
        if not isinstance(data.get(name, []), list)
    ]
    if found:
        return found
    for number, line in enumerate(data.get("lines", [])):
        cells = line.get("cells") if isinstance(line, Mapping) else line
        if not isinstance(cells, list) or len(cells) != 2:
            found.append(f"data.lines[{number}]: a name and a value are expected")
    table = data.get("table")
    if table is not None and not (
        isinstance(table, Mapping)
        and all(isinstance(table.get(name), list) and table[name] for name in ("headers", "cells"))
        and table.get("rows")
    ):
        found.append("data.table: headers, rows (a group) and cells are expected")
    return found


def _items(block: Mapping[str, Any], texts: Texts, rows: Rows, language: str) -> list[list[Runs]]:
    """Return what a block says; what says nothing, its answers being blank, is left out.

    An archived PDF may have no heading without words: it would not be drawn at all.
    """
    return [item for item in _written(block, texts, rows, language) if any(item)]


def _written(block: Mapping[str, Any], texts: Texts, rows: Rows, language: str) -> list[list[Runs]]:
    kind, text = block.get("kind", "paragraph"), pick(block.get("text"), language).strip()
    if not text:
        return []
    if group := block.get("rows"):
        head, _newline, line = text.rpartition("\n")
        repeated = [_cells(line, kind, {**texts, **row}) for row in rows.get(group, [])]
        return [*(_cells(one, kind, texts) for one in head.splitlines()), *repeated]
    if kind in {"list", "table", "facts"}:
        return [_cells(line, kind, texts) for line in text.splitlines() if line.strip()]
    return [[_runs(text, texts)]]


def _cells(line: str, kind: str, texts: Texts) -> list[Runs]:
    if kind in {"table", "facts"}:
        cells = line.strip().strip("|").split("|")
    else:
        cells = [line.strip().removeprefix("- ")]
    return [_runs(cell.strip(), texts) for cell in cells]


def _runs(text: str, texts: Texts) -> Runs:
    """Cut `text` at its marks. "s" before a run stands for the space that printing would trim."""
    runs: Runs = []
    space = ""
    for part in MARK.split(text):
        mark = "**" if part.startswith("**") else "*" if part.startswith("*") else ""
        inner = part[len(mark) : len(part) - len(mark)] if mark and len(part) > 2 else part
        said = fill(inner, texts)
        if said.strip():
            before = "s" if runs and (space or said[0].isspace()) else ""
            runs.append([STYLES[mark], said.strip(), before])
            space = ""
        space = space or (said[-1:] if said[-1:].isspace() else "")
    return runs

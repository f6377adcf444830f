"""The sheets of an XLSForm, from a workbook or from the CSV that pyxform reads: rows by column."""

import csv
import io
import re
import zipfile
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from eservices.formdefs.importers.base import LANGUAGES, MAX_BYTES, CannotImport

MAX_ROWS = 5000
MAX_COLUMNS = 120
LABEL = re.compile(r"(.+?)::?\s*(.+)")
CODE = re.compile(r"\(([A-Za-z]{2})[-\w]*\)")
# Older names of the same columns.
ALIASES = {
    "list name": "list_name", "caption": "label", "relevance": "relevant", "read_only": "readonly",
    "constraint message": "constraint_message", "required message": "required_message",
    "calculate": "calculation", "choice filter": "choice_filter", "count": "repeat_count",
    "bind:constraint": "constraint", "bind:jr:constraintmsg": "constraint_message",
    "bind:readonly": "readonly", "bind:relevant": "relevant", "control:appearance": "appearance",
    "bind:required": "required", "bind:calculate": "calculation", "bind:jr:requiredmsg": "required_message",
    "body:appearance": "appearance", "repeat count": "repeat_count", "jr:count": "repeat_count",
}  # fmt: skip

Row = dict[str, Any]  # column → text; a translated column → {language: text}


def read_sheets(content: bytes, name: str) -> dict[str, list[Row]]:
    """Return survey, choices and settings. :raises CannotImport:"""
    if len(content) > MAX_BYTES:
        raise CannotImport(_("The file is too large."))
    tables = _from_csv(content) if name.lower().endswith(".csv") else _from_workbook(content)
    if "survey" not in tables:
        raise CannotImport(_("There is no sheet “survey”: this is not an XLSForm."))
    return {sheet: _rows(table) for sheet, table in tables.items()}


def _from_workbook(content: bytes) -> dict[str, list[list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > 20 * MAX_BYTES:
                raise CannotImport(_("The workbook is too large once unpacked."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise CannotImport(_("This is not an .xlsx workbook.")) from error
    tables = {}
    for sheet in book.worksheets:
        rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
        tables[sheet.title.strip().lower()] = [[_cell(value) for value in row] for row in rows]
    return tables


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _from_csv(content: bytes) -> dict[str, list[list[str]]]:
    """A line with the first cell filled opens a sheet; the others leave it empty."""
    tables: dict[str, list[list[str]]] = {}
    sheet: list[list[str]] | None = None
    try:
        text = content.decode("utf-8-sig")
        head = text.lstrip().splitlines()[:1]
        mark = ";" if head and head[0].count(";") > head[0].count(",") else ","
        lines = list(csv.reader(io.StringIO(text), delimiter=mark))
        first = {cell.strip().lower() for cell in lines[0]} if lines else set()
        if {"type", "name"} <= first and "survey" not in first:
            # The sheet “survey” alone, saved as CSV: its header comes first.
            return {"survey": [[cell.strip() for cell in cells] for cells in lines[:MAX_ROWS]]}
        for cells in lines:
            if cells and cells[0].strip():
                sheet = tables.setdefault(cells[0].strip().lower(), [])
                if any(cell.strip() for cell in cells[1:]):  # the header on the same line
                    sheet.append([cell.strip() for cell in cells[1:]])
            elif sheet is not None and len(sheet) < MAX_ROWS:
                sheet.append([cell.strip() for cell in cells[1:]])
    except (UnicodeDecodeError, csv.Error) as error:
        raise CannotImport(_("This CSV cannot be read.")) from error
    return tables


def _rows(table: list[list[str]]) -> list[Row]:
    filled = [cells for cells in table if any(cells)]
    if not filled:
        return []
    columns = [_column(name) for name in filled[0]]
    rows = []
    for number, cells in enumerate(filled[1:], start=2):
        row: Row = {"_line": number}
        for (name, language), text in zip(columns, cells, strict=False):
            if not name or not text:
                continue
            if language is None:
                row[name] = {"": text} if name in {"label", "hint"} else text
            else:
                row.setdefault(name, {})
                if isinstance(row[name], dict):
                    row[name][language] = text
        rows.append(row)
    return rows


def _column(header: str) -> tuple[str, str | None]:
    """Return the name of the column and its language; None when it has none."""
    plain = header.strip().lower()
    if plain in ALIASES:
        return ALIASES[plain], None
    match = LABEL.fullmatch(header.strip())
    if match is None:
        return plain.replace(" ", "_"), None
    name, rest = match[1].strip().lower(), match[2].strip()
    alias = f"{name}:{rest.lower().lstrip(':')}"
    if alias in ALIASES:
        return ALIASES[alias], None
    if name in {"bind", "body", "control", "media", "instance"}:
        return f"{name}_{rest.lower()}", None
    code = CODE.search(rest)
    language = code[1].lower() if code else LANGUAGES.get(rest.lower(), rest.lower()[:2])
    return ALIASES.get(name, name.replace(" ", "_")), language

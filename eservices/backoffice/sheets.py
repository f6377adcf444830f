"""Tables as files that a spreadsheet opens without running anything: CSV, XLSX, ODS.

Rows are written as they come: a table of a million rows takes no memory.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from portal.core.spreadsheets import safe

MOST_ROWS = 1_000_000  # a sheet of Excel and of LibreOffice ends soon after
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


@dataclass(frozen=True)
class Sheet:
    title: str
    head: Sequence[Any]
    rows: Iterable[Sequence[Any]]


def response(name: str, kind: str, sheets: Sequence[Sheet]) -> HttpResponse:
    """Return a download; for small tables only, as it is made while the person waits."""
    stream = io.BytesIO()
    write(stream, kind, sheets)
    answer = HttpResponse(stream.getvalue(), content_type=TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


def write(stream: IO[bytes], kind: str, sheets: Sequence[Sheet]) -> None:
    """Write the tables to `stream`: one sheet each, or in CSV one after the other."""
    {"csv": _csv, "xlsx": _xlsx, "ods": _ods}[kind](stream, sheets)


def _csv(stream: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """Columns that Excel in French reads, accents and decimal commas included."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";")
    for number, sheet in enumerate(sheets):
        if len(sheets) > 1:
            writer.writerows([[], [safe(sheet.title)]] if number else [[safe(sheet.title)]])
        for row in _rows(sheet):
            writer.writerow(
                str(cell).replace(".", ",") if isinstance(cell, float) else cell for cell in row
            )
    text.detach()


def _xlsx(stream: IO[bytes], sheets: Sequence[Sheet]) -> None:
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(_title(sheet.title))
        page.freeze_panes = "A2"
        for number, row in enumerate(_rows(sheet)):
            page.append(row if number else [_head(page, cell) for cell in row])
    book.save(stream)


def _head(page: Any, text: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, value=text)
    cell.font = Font(bold=True)
    return cell


def _ods(stream: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """The three files that an OpenDocument spreadsheet cannot do without."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", TYPES["ods"], compress_type=zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", ODS_MANIFEST)
        with archive.open("content.xml", "w", force_zip64=True) as content:
            content.write(ODS_BEGIN.encode())
            for sheet in sheets:
                content.write(f"<table:table table:name={quoteattr(_title(sheet.title))}>".encode())
                for row in _rows(sheet):
                    cells = "".join(_ods_cell(cell) for cell in row)
                    content.write(f"<table:table-row>{cells}</table:table-row>\n".encode())
                content.write(b"</table:table>")
            content.write(ODS_END.encode())


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        kind = f'office:value-type="float" office:value="{value}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def _rows(sheet: Sheet) -> Iterable[list[Any]]:
    yield [safe(cell) for cell in sheet.head]
    for number, row in enumerate(sheet.rows):
        if number >= MOST_ROWS:
            return
        yield [safe(cell) for cell in row]


def _title(text: str) -> str:
    """Return a name that both programs accept for a sheet."""
    return "".join(char for char in text if char not in "[]:*?/\\'")[:31] or "1"


ODS_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{TYPES["ods"]}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"""
ODS_BEGIN = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3">
<office:body><office:spreadsheet>
"""
ODS_END = "</office:spreadsheet></office:body></office:document-content>\n"

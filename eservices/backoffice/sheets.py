"""Tables as files that a spreadsheet opens without running anything: CSV, XLSX, ODS.

Rows are written as they come: a table of a million rows takes no memory.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from django.http import HttpResponse
from django.utils.translation import get_language_bidi
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from portal.core.spreadsheets import safe

MOST_ROWS = 1_000_000  # a sheet of Excel and of LibreOffice ends soon after
MEASURED = 200  # rows that say how wide a column must be
NARROWEST, WIDEST = 8, 50  # characters
HEAD_FILL = PatternFill("solid", fgColor="E8EDF3")
HEAD_ALIGNMENT = Alignment(wrap_text=True, vertical="top")
HEAD_STYLE = 'table:style-name="head" '
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
            writer.writerow([_written(cell) for cell in row])
    text.detach()


def _written(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return str(cell).replace(".", ",") if isinstance(cell, float) else cell


def _xlsx(stream: IO[bytes], sheets: Sequence[Sheet]) -> None:
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(_title(sheet.title))
        page.freeze_panes = "A2"
        page.sheet_view.rightToLeft = get_language_bidi()
        widths, rows = _measured(sheet)
        for at, width in enumerate(widths, 1):
            page.column_dimensions[get_column_letter(at)].width = width
        for number, row in enumerate(rows):
            page.append([_xlsx_cell(page, cell, is_head=not number) for cell in row])
    book.save(stream)


def _xlsx_cell(page: Any, value: Any, *, is_head: bool) -> Any:
    if not is_head and not isinstance(value, date):
        return value
    cell = WriteOnlyCell(page, value=value)
    if is_head:
        cell.font, cell.fill, cell.alignment = Font(bold=True), HEAD_FILL, HEAD_ALIGNMENT
    else:
        cell.number_format = "dd/mm/yyyy hh:mm" if isinstance(value, datetime) else "dd/mm/yyyy"
    return cell


def _ods(stream: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """The three files that an OpenDocument spreadsheet cannot do without."""
    way = "rtl" if get_language_bidi() else "ltr"
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", TYPES["ods"], compress_type=zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", ODS_MANIFEST)
        with archive.open("content.xml", "w", force_zip64=True) as content:
            content.write(ODS_BEGIN.encode())
            for sheet in sheets:
                widths, rows = _measured(sheet)
                name = quoteattr(_title(sheet.title))
                content.write(f'<table:table table:name={name} table:style-name="{way}">'.encode())
                for width in widths:
                    content.write(f'<table:table-column table:style-name="w{width}"/>'.encode())
                for number, row in enumerate(rows):
                    cells = "".join(_ods_cell(cell, is_head=not number) for cell in row)
                    line = f"<table:table-row>{cells}</table:table-row>\n"
                    if not number:  # repeated on every printed page
                        line = f"<table:table-header-rows>{line}</table:table-header-rows>"
                    content.write(line.encode())
                content.write(b"</table:table>")
            content.write(ODS_END.encode())


def _ods_cell(value: Any, *, is_head: bool) -> str:
    if value is None:
        return "<table:table-cell/>"
    said = str(value)
    if isinstance(value, date):
        style = "moment" if isinstance(value, datetime) else "day"
        kind = f'table:style-name="{style}" office:value-type="date" office:date-value="{value.isoformat()}"'
        said = _written(value)
    elif isinstance(value, int | float):
        kind = f'office:value-type="float" office:value="{value}"'
    else:
        kind = f'{HEAD_STYLE if is_head else ""}office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{escape(str(said))}</text:p></table:table-cell>"


def _measured(sheet: Sheet) -> tuple[list[int], Iterable[list[Any]]]:
    """Return how many characters each column needs, as its first rows show, and all rows."""
    rows = iter(_rows(sheet))
    first = list(islice(rows, MEASURED))
    widths = []
    for at, head in enumerate(first[0]):
        longest_word = max((len(word) for word in str(head).split()), default=0)
        texts = (str(_written(row[at])) for row in first[1:] if at < len(row))
        needed = max([longest_word, min(len(str(head)), 16), *map(len, texts)]) + 2
        widths.append(min(max(needed, NARROWEST), WIDEST))
    return widths, chain(first, rows)


def _rows(sheet: Sheet) -> Iterable[list[Any]]:
    yield [safe(cell) for cell in sheet.head]
    for number, row in enumerate(sheet.rows):
        if number >= MOST_ROWS:
            return
        yield [cell if isinstance(cell, date) else safe(cell) for cell in row]


def _title(text: str) -> str:
    """Return a name that both programs accept for a sheet."""
    return "".join(char for char in text if char not in "[]:*?/\\'")[:31] or "1"


ODS_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{TYPES["ods"]}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"""
ODS_WIDTHS = "".join(
    f'<style:style style:name="w{width}" style:family="table-column"><style:table-column-properties '
    f'style:column-width="{width * 0.21:.2f}cm"/></style:style>\n'
    for width in range(NARROWEST, WIDEST + 1)
)
ODS_BEGIN = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3">
<office:automatic-styles>
<number:date-style style:name="day-format"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/></number:date-style>
<number:date-style style:name="moment-format"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/><number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text><number:minutes number:style="long"/></number:date-style>
<style:style style:name="ltr" style:family="table"><style:table-properties style:writing-mode="lr-tb"/></style:style>
<style:style style:name="rtl" style:family="table"><style:table-properties style:writing-mode="rl-tb"/></style:style>
<style:style style:name="day" style:family="table-cell" style:data-style-name="day-format"/>
<style:style style:name="moment" style:family="table-cell" style:data-style-name="moment-format"/>
<style:style style:name="head" style:family="table-cell"><style:table-cell-properties fo:background-color="#e8edf3" fo:wrap-option="wrap" style:vertical-align="top"/><style:text-properties fo:font-weight="bold"/></style:style>
{ODS_WIDTHS}</office:automatic-styles>
<office:body><office:spreadsheet>
"""
ODS_END = "</office:spreadsheet></office:body></office:document-content>\n"

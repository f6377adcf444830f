"""From a CSV file to entries, line by line: every fault is told with its line, nothing is guessed."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.core.texts import pick

MAX_BYTES = 2_000_000
MAX_LINES = 10_000
VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}")
# What the columns may be called, in small letters.
NAMES = {
    "value": "value", "code": "value", "valeur": "value", "name": "value",
    "label": "label_fr", "libelle": "label_fr", "libellé": "label_fr", "nom": "label_fr",
    "parent": "parent", "code_parent": "parent",
    "from": "from", "debut": "from", "début": "from", "valid_from": "from",
    "until": "until", "fin": "until", "valid_until": "until",
}  # fmt: skip
LABEL = re.compile(r"(?:label|libelle|libellé|nom)[_:]{1,2}([a-z]{2})")
DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


@dataclass(frozen=True)
class Line:
    """One line of the file: what it says, or what is wrong with it."""

    number: int
    value: str
    label: str
    fault: str = ""
    state: str = ""  # new, changed, same: against the version before


@dataclass
class Reading:
    """What a file says. With a fault anywhere, nothing of it may be used."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # of the file as a whole
    gone: list[str] = field(default_factory=list)  # labels that are no longer in the list

    @property
    def is_good(self) -> bool:
        return not self.faults and not any(line.fault for line in self.lines)

    def count(self, state: str) -> int:
        return sum(1 for line in self.lines if line.state == state)


def read_csv(content: bytes | str, previous: list[Mapping[str, Any]] | None = None) -> Reading:
    """Return what a file says, compared with the entries of the version before."""
    reading = Reading()
    text = _decoded(content, reading)
    if reading.faults:
        return reading
    first = text.split("\n", 1)[0]
    mark = max(";,\t", key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=mark, strict=True)
    try:
        columns = _columns(next(rows, []), reading)
        if reading.faults:
            return reading
        known = {str(one["value"]): one for one in previous or []}
        seen: set[str] = set()
        for cells in rows:
            if any(cell.strip() for cell in cells):
                _take(rows.line_num, cells, columns, known, seen, reading)
    except csv.Error as error:
        place = {"n": rows.line_num, "error": error}
        reading.faults.append(_("Line %(n)d: a quotation mark is not closed (%(error)s).") % place)
    if not reading.lines and not reading.faults:
        reading.faults.append(_("The file has no line."))
    reading.gone = [pick(one["label"]) for value, one in known.items() if value not in seen]
    return reading


def _decoded(content: bytes | str, reading: Reading) -> str:
    if (
        len(content) > MAX_BYTES
        or (content.count("\n") if isinstance(content, str) else content.count(b"\n")) > MAX_LINES
    ):
        reading.faults.append(_("The file is too large: at most %d lines.") % MAX_LINES)
        return ""
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")  # “Unicode text” of spreadsheets
    # Spreadsheets of this part of the world write both of the others.
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    reading.faults.append(_("The file is not a text in UTF-8."))
    return ""


def _columns(header: list[str], reading: Reading) -> list[str]:
    columns = []
    for name in header:
        plain = name.strip().lower()
        match = LABEL.fullmatch(plain)
        columns.append(f"label_{match[1]}" if match else NAMES.get(plain, ""))
    for wanted, words in (("value", "value"), ("label_fr", "label_fr")):
        if wanted not in columns:
            reading.faults.append(_("The first line must name the column “%s”.") % words)
    return columns


def _take(
    number: int, cells: list[str], columns: list[str], known: Mapping[str, Any], seen: set[str],
    reading: Reading,
) -> None:  # fmt: skip
    row = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name}
    value, label = row.get("value", ""), row.get("label_fr", "")
    fault, entry = _entry(row, seen)
    if fault:
        reading.lines.append(Line(number, value[:60], label[:80], fault))
        return
    seen.add(value)
    old = known.get(value)
    state = "new" if old is None else "same" if old == entry else "changed"
    reading.entries.append(entry)
    reading.lines.append(Line(number, value, label, state=state))


def _entry(row: Mapping[str, str], seen: set[str]) -> tuple[str, dict[str, Any]]:
    """Return the fault, or an empty text, and the entry."""
    value = row.get("value", "")
    if not VALUE.fullmatch(value):
        return _("The value is missing, or has other signs than letters, figures, - and _."), {}
    if value in seen:
        return _("This value stands twice."), {}
    if any("\n" in text or "\r" in text for text in row.values()):
        return _("The text goes on over the next line: close its quotation mark."), {}
    labels = {
        name[6:]: text[:200] for name, text in row.items() if name.startswith("label_") and text
    }
    if not labels.get("fr"):
        return _("The label in French is missing."), {}
    # A proper name is the same in every language.
    label = labels if len(labels) > 1 else labels["fr"]
    entry: dict[str, Any] = {"value": value, "label": label}
    if row.get("parent"):
        entry["parent"] = row["parent"]
    for name in ("from", "until"):
        if text := row.get(name):
            day = _day(text)
            if day is None:
                return _("Write the date like 2026-01-31 or 31/01/2026."), {}
            entry[name] = day
    if entry.get("from", "") > entry.get("until", "9999"):
        return _("The last day of validity is before the first."), {}
    return "", entry


def _day(text: str) -> str | None:
    match = DAY.fullmatch(text)
    iso = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else text
    try:
        return date.fromisoformat(iso).isoformat()
    except ValueError:
        return None

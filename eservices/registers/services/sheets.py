"""Taking a sheet (CSV) into a register, with a report line by line."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from eservices.formdefs import engine
from eservices.formdefs.reading import fold
from eservices.formdefs.spec import FieldSpec, State
from eservices.formdefs.types import Invalid
from eservices.registers import definitions
from eservices.registers.errors import EntryRefused
from eservices.registers.models import Register, RegisterEntry
from eservices.registers.services.entries import _may_keep, add_entry, change_entry
from portal.accounts.models import User
from portal.core.texts import labelled

MAX_LINES = 5000
YES = frozenset({"oui", "yes", "1", "true", "vrai", "x", "نعم"})
NO = frozenset({"non", "no", "0", "false", "faux", "لا"})


@dataclass(frozen=True)
class ImportLine:
    """What became of one line of the sheet."""

    number: int
    state: str  # added, changed, same, refused
    label: str
    problems: tuple[str, ...] = ()


def import_sheet(
    register: Register, content: bytes, *, actor: User, dry_run: bool
) -> list[ImportLine]:
    """Take the lines of a CSV: new keys are added, known ones changed; a faulty line is refused alone.

    With `dry_run` nothing is written. :raises NotKeeper, EntryRefused: when it is no sheet of this
    register.
    """
    _may_keep(register, actor)
    head, rows = _rows(content)
    columns = _columns(register, head)
    report = []
    with transaction.atomic():
        for number, row in rows:
            report.append(_take(register, columns, number, row, actor))
        if dry_run:
            transaction.set_rollback(True)
    return report


def _rows(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    try:
        lines = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as exc:
        raise EntryRefused(_("This file is not a CSV sheet."), faults={}) from exc
    if len(lines) < 2:
        raise EntryRefused(_("The sheet has no lines under its header."), faults={})
    if len(lines) > MAX_LINES:
        text = _("The sheet has more than %(n)d lines: cut it in parts.") % {"n": MAX_LINES}
        raise EntryRefused(text, faults={})
    return lines[0][1], lines[1:]


def _columns(register: Register, head: list[str]) -> list[FieldSpec | None]:
    """Return the column that each cell of the header names, by key or by its name."""
    spec = definitions.compiled(register)
    known = {}
    for field in spec.fields:
        if field.type.asks and not field.fields:
            known[fold(field.key)] = field
            known[fold(engine.label_of(spec, field.key))] = field
    found = [known.get(fold(name.strip())) for name in head]
    key = register.definition.get("key")
    if key and key not in {field.key for field in found if field}:
        raise EntryRefused(
            _("The column “%(name)s” is missing.") % {"name": engine.label_of(spec, key)}, faults={}
        )
    if not any(found):
        raise EntryRefused(_("No column of this sheet is known to the register."), faults={})
    return found


def _take(
    register: Register,
    columns: list[FieldSpec | None],
    number: int,
    row: list[str],
    actor: User,
) -> ImportLine:
    values, problems = _values(columns, row)
    label = str(values.get(register.definition.get("key") or "", "")) or (row[0] if row else "")
    if problems:
        return ImportLine(number, "refused", label, tuple(problems))
    try:
        with transaction.atomic():
            return _write(register, values, number, label, actor)
    except EntryRefused as exc:
        spec = definitions.compiled(register)
        texts = [
            labelled(engine.label_of(spec, path), text)
            for path, faults in exc.details["faults"].items()
            for text in faults
        ]
        return ImportLine(number, "refused", label, tuple(texts or [str(exc)]))


def _write(
    register: Register, values: Mapping[str, Any], number: int, label: str, actor: User
) -> ImportLine:
    key = register.definition.get("key")
    entry = (
        RegisterEntry.objects.select_related("register")
        .filter(register=register, key=str(values.get(key) or "").strip())
        .first()
        if key
        else None
    )
    if entry is None:
        added = add_entry(register, values, actor=actor, reason=_("Taken from a sheet"))
        return ImportLine(number, "added", str(added))
    merged = {**entry.values, **values}
    after = change_entry(entry, merged, actor=actor, reason=_("Taken from a sheet"))
    return ImportLine(number, "changed" if after.revision != entry.revision else "same", str(after))


def _values(columns: list[FieldSpec | None], row: list[str]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    problems = []
    for field, cell in zip(columns, row, strict=False):
        text = _unescaped(cell)
        if field is None or not text:
            continue
        try:
            values[field.key] = _value(field, text)
        except Invalid as exc:
            problems.append(f"{_name(field)} : {exc}")
    return values, problems


def _name(field: FieldSpec) -> str:
    label = field.config.get("label")
    return str(label.get("fr") if isinstance(label, Mapping) else label or field.key)


def _value(field: FieldSpec, text: str) -> Any:
    if field.options:
        text = _option(field, text)
    raw: Any = text
    if field.type.key in ("yes_no", "consent"):
        raw = "yes" if fold(text) in YES else "no" if fold(text) in NO else text
    elif field.type.key == "multi_choice":
        raw = [_option(field, part.strip()) for part in text.split(",")]
    elif field.type.key == "date" and "/" in text:
        day, month, year = [*text.split("/"), "", ""][:3]
        raw = field.type.to_raw(f"{year}-{month}-{day}")
    elif field.type.many:
        raw = field.type.to_raw(text)
    return field.type.clean(field, raw, State())


def _option(field: FieldSpec, text: str) -> str:
    """Return the value of the option that `text` is or names."""
    for option in field.options:
        names = option.label.values() if isinstance(option.label, Mapping) else [option.label]
        if text == option.value or fold(text) in {fold(str(name)) for name in names}:
            return option.value
    return text


def _unescaped(cell: str) -> str:
    """Undo the quote that our own sheets put before what looks like a formula."""
    text = cell.strip()
    return text[1:] if text[:2] in {"'=", "'+", "'-", "'@"} else text

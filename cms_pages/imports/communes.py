"""Read the territories of a country from one file: whole or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.validators import validate_slug
from django.db import transaction

from portal.accounts import services as accounts
from portal.accounts.models import Territory


class BadFile(ValueError):
    """The file says nothing that can be loaded; `args[0]` lists each fault with its place."""


@dataclass
class Report:
    departments: int = 0
    communes: int = 0
    made: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    code: str
    name: dict[str, str]
    kind: str
    parent: str


def load(path: Path) -> Report:
    """Make the territories that `path` names or bring them to what it says. :raises BadFile:"""
    country, rows = _read(path)
    report = Report()
    with transaction.atomic():
        known = {territory.code: territory for territory in Territory.objects.all()}
        for row in rows:
            is_new = row.code not in known
            known[row.code] = accounts.save_territory(
                row.code,
                name=row.name,
                kind=row.kind,
                country=country,
                parent=known.get(row.parent),
            )
            report.departments += row.kind == Territory.Kind.DEPARTMENT
            report.communes += row.kind == Territory.Kind.COMMUNE
            report.made += [row.code] if is_new else []
    return report


def _read(path: Path) -> tuple[str, list[_Row]]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        raise BadFile([f"{path}: {' '.join(str(exc).split())[:200]}"]) from exc
    faults: list[str] = []
    if not isinstance(content, Mapping):
        raise BadFile([f"{path}: country and departments are expected"])
    country = content.get("country")
    if not (isinstance(country, str) and len(country) == 2 and country.isupper()):
        faults.append("country: two capital letters are expected, such as BJ")
    rows = list(_rows(content.get("departments"), faults))
    codes = [row.code for row in rows]
    faults += [f"{code}: stands twice" for code in sorted({c for c in codes if codes.count(c) > 1})]
    if not rows and not faults:
        faults.append("departments: there is none")
    if faults:
        raise BadFile(faults)
    return str(country), rows


def _rows(departments: Any, faults: list[str]) -> Iterator[_Row]:
    if not isinstance(departments, list):
        faults.append("departments: a list is expected")
        return
    for number, department in enumerate(departments):
        place = f"departments[{number}]"
        row = _row(department, place, faults, kind=Territory.Kind.DEPARTMENT, parent="")
        if row is None:
            continue
        yield row
        communes = department.get("communes", [])
        if not isinstance(communes, list):
            faults.append(f"{place}.communes: a list is expected")
            continue
        for index, commune in enumerate(communes):
            inside = f"{place}.communes[{index}]"
            kind = Territory.Kind.COMMUNE
            below = _row(commune, inside, faults, kind=kind, parent=row.code)
            if below is not None:
                yield below


def _row(entry: Any, place: str, faults: list[str], *, kind: str, parent: str) -> _Row | None:
    if not isinstance(entry, Mapping):
        faults.append(f"{place}: a code and a name are expected")
        return None
    code, name = entry.get("code"), entry.get("name")
    try:
        validate_slug(code)
    except Exception:  # noqa: BLE001 - whatever the file holds there
        faults.append(f"{place}.code: {code!r} is no code: small letters, digits and hyphens")
        return None
    if isinstance(name, str):
        name = {settings.LANGUAGE_CODE: name}
    if not (isinstance(name, Mapping) and name.get(settings.LANGUAGE_CODE)):
        faults.append(f"{place}.name: the French name is missing")
        return None
    return _Row(str(code), {str(k): str(v) for k, v in name.items()}, kind, parent)

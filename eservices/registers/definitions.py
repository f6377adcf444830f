"""What a register says it holds: its columns, its key, who reads and keeps it. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec
from eservices.registers.models import Register, RegisterEntry
from portal.accounts.models import Role
from portal.core.money import EXPONENTS

KEYS = frozenset(
    ["code", "title", "summary", "country", "currency", "languages", "key", "label", "columns",
     "lists", "balance", "periods", "doors", "reports"]
)  # fmt: skip
STEP = "entry"


def faults(definition: Any) -> list[str]:
    """Return every reason why `definition` makes no register, each with its place."""
    if not isinstance(definition, Mapping):
        return ["the definition is not a set of named entries"]
    found = [f"unknown key {key!r}" for key in definition if key not in KEYS]
    found += [f"{key}: missing" for key in ("code", "title", "columns") if not definition.get(key)]
    if found:
        return found
    found = engine.lint(source(definition))
    columns = {column.get("key"): column for column in definition["columns"]}
    key, balance = definition.get("key"), definition.get("balance")
    if key is not None and key not in columns:
        found.append(f"key: there is no column {key!r}")
    if balance is not None and columns.get(balance, {}).get("type") not in ("money", "integer"):
        found.append("balance: the column of the credit is a money or integer column")
    if definition.get("currency", "XOF") not in EXPONENTS:
        found.append(f"currency: {definition['currency']!r} is not known")
    found += _report_faults(definition.get("reports") or [], columns)
    for number, door in enumerate(definition.get("doors") or []):
        if not isinstance(door, Mapping) or not door.get("office"):
            found.append(f"doors[{number}]: an office is expected")
        elif door.get("role") and door["role"] not in Role.values:
            found.append(f"doors[{number}].role: one of {', '.join(Role.values)} is expected")
    return found


def _report_faults(reports: Any, columns: Mapping[Any, Mapping[str, Any]]) -> list[str]:
    found = []
    for number, rule in enumerate(reports if isinstance(reports, list) else [None]):
        place = f"reports[{number}]"
        if not isinstance(rule, Mapping) or not all(rule.get(k) for k in ("key", "title", "by")):
            found.append(f"{place}: a key, a title and `by` (columns) are expected")
            continue
        named = [*rule["by"], *rule.get("sum", []), *filter(None, [rule.get("year")])]
        found += [f"{place}: there is no column {one!r}" for one in named if one not in columns]
        for one in rule.get("sum", []):
            if columns.get(one, {}).get("type") not in ("money", "integer"):
                found.append(f"{place}.sum: {one!r} is no money or integer column")
        if rule.get("split") and rule["split"] not in rule["by"]:
            found.append(f"{place}.split: one of the columns of `by` is expected")
    return found


def source(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns as a form of one step, for the form engine."""
    step = {"key": STEP, "title": definition["title"], "fields": definition["columns"]}
    shared = ("currency", "country", "languages", "lists", "title")
    return {"steps": [step]} | {key: definition[key] for key in shared if key in definition}


def digest(definition: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()


def compiled(register: Register) -> CompiledSpec:
    """Return the form engine's view of the register's columns."""
    return engine.compile(source(register.definition), key=("register", register.digest))


def columns(register: Register) -> list[tuple[str, str]]:
    """Return key and name of each column that holds a value, in the active language."""
    spec = compiled(register)
    return [
        (field.key, engine.label_of(spec, field.key)) for field in spec.fields if field.type.asks
    ]


def texts(register: Register, values: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return the values as people read them, by column."""
    spec = compiled(register)
    return {
        field.key: field.type.to_text(field, values.get(field.key), language)
        for field in spec.fields
        if field.type.asks
    }


def label(register: Register, values: Mapping[str, Any], key: str) -> str:
    """Return what people call this entry."""
    pattern = register.definition.get("label")
    if not pattern:
        return key
    words = {**texts(register, values, "fr"), "key": key}
    for name, text in words.items():
        pattern = pattern.replace(f"{{{name}}}", text)
    return " ".join(pattern.split())[:300]


def sheet_row(entry: RegisterEntry) -> list[Any]:
    """Return the raw values of an entry in the order of the columns: what a file takes in again."""
    spec = compiled(entry.register)
    return [_cell(entry.values.get(field.key)) for field in spec.fields if field.type.asks]


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else value

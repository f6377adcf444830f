"""What a condition may look at: the questions before a place, each with what it can be compared to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from eservices.formdefs.branches import options_of
from eservices.formdefs.expansion import expand
from eservices.formdefs.groups import UnknownGroup
from eservices.formdefs.reading import fold
from eservices.formdefs.types import FIELD_TYPES
from eservices.formdefs.types.contact import COUNTRIES, country_name
from portal.core.texts import pick

KINDS = {
    "number": "number",
    "money": "number",
    "date": "date",
    "bool": "bool",
    "list": "list",
    "rows": "rows",
    "group": "rows",
}
CHOICES = ("choice", "office", "country")


@dataclass(frozen=True, slots=True)
class Subject:
    """A question that a condition may read: `kind` says how it compares, `options` what it may be."""

    path: str
    label: str
    kind: str  # a key of conditions.OPERATORS
    step: str = ""
    options: tuple[tuple[str, str], ...] = ()
    is_birth: bool = False
    columns: tuple["Subject", ...] = ()  # of a repeated group: what its rows are asked, as `row.…`


def subjects(
    definition: Mapping[str, Any], *, before: str | None = None, language: str | None = None
) -> list[Subject]:
    """Return the questions that stand before the step or field `before`; all of them by default.

    `before` is `step/` and the key of a step, or the path of a field (`documents.title` is a column:
    the columns before it come too, as `row.…`).
    """
    found: list[Subject] = []
    group, _, column = (before or "").partition(".")
    for step in _expanded(definition).get("steps") or []:
        if before == f"step/{step.get('key')}":
            return found
        title = pick(step.get("title"), language)
        for field in _entries(step):
            if column and field.get("key") == group:
                return found + _columns(field, column, definition, title, language)
            if before == field.get("key"):
                return found
            if subject := _subject(field, definition, title, language):
                found.append(subject)
    return found


def columns(
    definition: Mapping[str, Any], group: str, language: str | None = None
) -> list[Subject]:
    """Return all questions of a repeated group, as its own rules see them."""
    for step in _expanded(definition).get("steps") or []:
        for field in _entries(step):
            if field.get("key") == group:
                return _columns(
                    field, None, definition, pick(field.get("label"), language), language
                )
    return []


def within(known: Mapping[str, Subject], group: str) -> dict[str, Subject]:
    """Return what a condition on the rows of `group` may read: its columns, then what is around.

    Rows are not looked at from within other rows.
    """
    around = {
        path: replace(one, columns=()) if one.columns else one
        for path, one in known.items()
        if not path.startswith("row.")
    }
    return {one.path: one for one in known[group].columns} | around


def kind_of(field: Mapping[str, Any]) -> str:
    """Return how the answer to `field` compares."""
    name = field.get("type")
    if name in CHOICES:
        return "choice"
    if name == "computed":
        return {"money": "number", "number": "number", "date": "date"}.get(
            str(field.get("format")), "value"
        )
    kind = FIELD_TYPES.get(str(name))
    return KINDS.get(kind.reader, "text") if kind else "text"


def option_lines(
    field: Mapping[str, Any], definition: Mapping[str, Any], language: str | None = None
) -> tuple[tuple[str, str], ...]:
    """Return value and label of what a choice offers."""
    if field.get("type") == "country":
        names = ((code, country_name(code, language or "fr")) for code in COUNTRIES)
        return tuple(sorted(names, key=lambda one: fold(one[1])))
    return tuple(
        (str(one.get("value", "")), pick(one.get("label"), language) or str(one.get("value", "")))
        for one in options_of(field, definition.get("lists"))
    )


def _subject(
    field: Mapping[str, Any],
    definition: Mapping[str, Any],
    step: str,
    language: str | None,
    prefix: str = "",
) -> Subject | None:
    kind = FIELD_TYPES.get(str(field.get("type")))
    if kind is None or not field.get("key"):
        return None
    if not kind.asks and kind.key != "computed":
        return None
    key = str(field["key"])
    label, compares = pick(field.get("label"), language) or key, kind_of(field)
    of_rows = _columns(field, None, definition, label, language) if compares == "rows" else []
    return Subject(
        path=prefix + key,
        label=label,
        kind=compares,
        step=step,
        options=option_lines(field, definition, language),
        is_birth=bool(field.get("birth")),
        columns=tuple(of_rows),
    )


def _columns(
    group: Mapping[str, Any],
    until: str | None,
    definition: Mapping[str, Any],
    step: str,
    language: str | None,
) -> list[Subject]:
    found = []
    for column in _entries(group):
        if column.get("key") == until:
            break
        if subject := _subject(column, definition, step, language, "row."):
            found.append(subject)
    return found


def _entries(holder: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    fields = holder.get("fields")
    yield from (
        one for one in (fields if isinstance(fields, list) else []) if isinstance(one, Mapping)
    )


def _expanded(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return expand(definition)
    except UnknownGroup:
        return definition

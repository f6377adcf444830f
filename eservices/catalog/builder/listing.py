"""Steps and fields as the lists show them: a name, an icon, what they depend on, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from eservices.catalog.builder.type_cards import Card, card
from eservices.formdefs.editing import path_of
from eservices.formdefs.groups import name_of
from eservices.formdefs.subjects import Subject, columns, subjects
from eservices.formdefs.types import FIELD_TYPES
from eservices.formdefs.wording import condition_words
from portal.core.texts import pick


@dataclass(slots=True)
class FieldRow:
    path: str
    key: str
    label: str
    card: Card
    obligation: str
    condition: str
    note: str = ""
    is_use: bool = False
    is_group: bool = False
    columns: list["FieldRow"] = field(default_factory=list)


@dataclass(slots=True)
class StepRow:
    key: str
    title: str
    count: int
    condition: str
    rules: int
    labels: list[str]


def step_rows(definition: Mapping[str, Any]) -> list[StepRow]:
    known = {one.path: one for one in subjects(definition)}
    rows = []
    for step in definition.get("steps") or []:
        fields = step.get("fields") or []
        condition = step.get("show_if")
        rows.append(
            StepRow(
                key=str(step.get("key")),
                title=pick(step.get("title")) or str(step.get("key")),
                count=len(fields),
                condition="" if condition is None else condition_words(condition, known),
                rules=len(step.get("rules") or []),
                labels=[_label(one) for one in fields[:4]],
            )
        )
    return rows


def field_rows(definition: Mapping[str, Any], step: Mapping[str, Any]) -> list[FieldRow]:
    known = {one.path: one for one in subjects(definition)}
    return [_row(one, definition, known, "") for one in step.get("fields") or []]


def group_rows(definition: Mapping[str, Any], group: Mapping[str, Any]) -> list[FieldRow]:
    known = {one.path: one for one in subjects(definition)}
    return _row(group, definition, known, "").columns


def _row(
    source: Mapping[str, Any], definition: Mapping[str, Any], known: dict[str, Subject], group: str
) -> FieldRow:
    if "use" in source:
        return _borrowed(source, known, group)
    kind = FIELD_TYPES.get(str(source.get("type")))
    condition = source.get("show_if")
    row = FieldRow(
        path=path_of(source, group),
        key=str(source.get("key")),
        label=_label(source),
        card=card(str(source.get("type"))),
        obligation=_obligation(source, known) if kind and kind.asks else "",
        condition="" if condition is None else condition_words(condition, known),
        note=str(source.get("note") or ""),
        is_group=source.get("type") in ("group", "section"),
    )
    if row.is_group:
        inside, inner = group, known
        if source.get("type") == "group":
            inside = row.key
            inner = known | {one.path: one for one in columns(definition, row.key)}
        row.columns = [_row(one, definition, inner, inside) for one in source.get("fields") or []]
    return row


def _borrowed(use: Mapping[str, Any], known: dict[str, Subject], group: str) -> FieldRow:
    condition = use.get("show_if")
    return FieldRow(
        path=path_of(use, group),
        key=str(use["use"]),
        label=_("Shared group: %s") % name_of(str(use["use"])),
        card=Card("use", _("Shared group"), "", "box", "layout"),
        obligation="",
        condition="" if condition is None else condition_words(condition, known),
        is_use=True,
    )


def _obligation(source: Mapping[str, Any], known: dict[str, Subject]) -> str:
    if source.get("required_if") is not None:
        return _("required if %s") % condition_words(source["required_if"], known)
    return _("optional") if source.get("required") is False else _("required")


def _label(source: Mapping[str, Any]) -> str:
    text = pick(source.get("label")) or pick(source.get("text"))
    return text or str(source.get("key") or source.get("use") or "")

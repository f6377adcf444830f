"""The answers to a form as a JSON Schema: what an outside client may check before it sends anything.

A condition is not written there: a question that is asked in some cases only is never required. The
server checks all of it again, keys of accounts and cross rules included.
"""

from typing import Any

from eservices.formdefs.spec import CompiledSpec, FieldSpec
from portal.core.texts import pick

DRAFT = "https://json-schema.org/draft/2020-12/schema"
NAMED = 60  # up to so many answers are named one by one


def form_schema(spec: CompiledSpec, language: str = "fr") -> dict[str, Any]:
    """Return the schema of the whole answers, with titles and help in `language`."""
    asked = [field for field in spec.fields if field.type.asks]
    return {
        "$schema": DRAFT,
        "title": pick(spec.source.get("title"), language),
        "description": pick(spec.source.get("summary"), language),
        "type": "object",
        "properties": {field.key: field_schema(field, language) for field in asked},
        "required": [
            field.key for field in asked if _is_always_asked(field) and field.step.show_if is None
        ],
        "additionalProperties": False,
    }


def field_schema(field: FieldSpec, language: str = "fr") -> dict[str, Any]:
    """Return the schema of one answer: its type's, and what people read beside it."""
    found: dict[str, Any] = {**field.type.schema(field), "x-type": field.type.key}
    if title := pick(field.config.get("label"), language):
        found["title"] = title
    if told := pick(field.config.get("help"), language):
        found["description"] = told
    if field.fields:
        columns = [one for one in field.fields if one.type.asks]
        found["items"] = {
            **found["items"],
            "properties": {one.key: field_schema(one, language) for one in columns},
            "required": [one.key for one in columns if _is_always_asked(one)],
        }
    if 0 < len(field.options) <= NAMED and field.type.key in {"choice", "office"}:
        found["anyOf"] = [
            {"const": one.value, "title": pick(one.label, language)} for one in field.options
        ]
    return found


def _is_always_asked(field: FieldSpec) -> bool:
    """Whether every complete file has an answer: the schema knows no condition."""
    free = field.show_if is None and "parent" not in field.expressions
    return field.required and free and not field.type.from_elsewhere

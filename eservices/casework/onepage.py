"""A form of several steps as one page, in the order of the printed form: for keying at a counter."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from eservices.catalog import services as catalog
from eservices.catalog.models import EServiceVersion
from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec, StepForm

PAGE = "page"


def form_for(
    version: EServiceVersion,
    answers: Mapping[str, Any],
    *,
    language: str,
    data: Mapping[str, Any] | None = None,
) -> StepForm:
    """Return all questions of `version` as one form, with the same conditions and checks."""
    return engine.form_for(_compiled(version), PAGE, answers, language=language, data=data)


def _compiled(version: EServiceVersion) -> CompiledSpec:
    return _compile(version.spec_sha256, version.pk)


@lru_cache(maxsize=64)
def _compile(digest: str, version_id: int) -> CompiledSpec:
    version = EServiceVersion.objects.get(pk=version_id)
    return engine.compile(merged(catalog.compiled(version).source))


def merged(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return `source` with one step that holds the fields of all, each under its own conditions."""
    fields: list[dict[str, Any]] = []
    rules: list[dict[str, Any]] = []
    for step in source["steps"]:
        shown = step.get("show_if")
        title = {"type": "heading", "key": f"step_{step['key']}", "label": step.get("title")}
        fields += [_under(shown, one) for one in (title, *step.get("fields", []))]
        rules += [
            {**rule, "when": _both(shown, rule.get("when"))} if shown is not None else rule
            for rule in step.get("rules", [])
        ]
    page = {"key": PAGE, "title": source.get("title"), "fields": fields, "rules": rules}
    return {**source, "steps": [page]}


def _under(condition: Any, field: dict[str, Any]) -> dict[str, Any]:
    if condition is None:
        return field
    return {**field, "show_if": _both(condition, field.get("show_if"))}


def _both(one: Any, other: Any) -> Any:
    return one if other is None else {"and": [one, other]}

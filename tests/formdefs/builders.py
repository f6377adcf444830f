"""Small forms for the tests."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.http import QueryDict

from eservices.catalog.lists import lists_of_groups, named_lists
from eservices.codelists.reading import read_csv
from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec, StepForm

SAMPLES = Path(__file__).parents[2] / "sample_content" / "eservices"


def field(key: str, kind: str = "text", /, **config: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": {"fr": key.capitalize()}, **config}


def choice(key: str, *values: str, **config: Any) -> dict[str, Any]:
    options = [{"value": value, "label": {"fr": value.upper()}} for value in values]
    return field(key, "choice", options=options, **config)


def definition(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    steps = [{"key": "one", "title": {"fr": "Un"}, "fields": list(fields)}]
    return {
        "title": {"fr": "Essai"}, "country": "DJ", "currency": "DJF", "languages": ["fr"],
        "steps": steps, **more,
    }  # fmt: skip


def compiled(*fields: dict[str, Any], **more: Any) -> CompiledSpec:
    source = definition(*fields, **more)
    assert engine.lint(source) == []
    return engine.compile(source)


def post(spec: CompiledSpec, data: str, answers: dict[str, Any] | None = None) -> StepForm:
    """Return the first step's form with a query string posted to it."""
    step = spec.steps[0].key
    return engine.form_for(spec, step, answers or {}, language="fr", data=QueryDict(data))


def sample(name: str) -> dict[str, Any]:
    """Return a shipped definition, with the shared code lists as publishing would freeze them."""
    definition = yaml.safe_load((SAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))
    steps = definition["steps"]
    named = {*named_lists(steps), *lists_of_groups(steps)}
    shared = {name: one for name, one in code_lists().items() if name in named}
    shared = {name: one for name, one in shared.items() if name not in definition.get("lists", {})}
    lists = {
        "lists": {**shared, **definition.get("lists", {})},
        "code_lists": dict.fromkeys(shared, 1),
    }
    return {**definition, **lists} if shared else definition


@cache
def code_lists() -> dict[str, Any]:
    files = (SAMPLES.parent / "code_lists").glob("*.csv")
    return {file.stem: read_csv(file.read_bytes()).entries for file in files}

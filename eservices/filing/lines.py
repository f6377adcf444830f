"""What registers give to a draft and object to it; costs nothing where the service has no rule."""

from collections.abc import Mapping
from typing import Any

from eservices.catalog import services as catalog
from eservices.filing.models import Draft
from eservices.formdefs import engine
from eservices.registers import plans


def looked_up(draft: Draft, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that the service's lookups fill, from these others."""
    source = catalog.compiled(draft.version).source
    return plans.look_up(source, answers, user=draft.owner) if source.get("lookups") else {}


def objections(draft: Draft, answers: Mapping[str, Any], step: str = "") -> dict[str, list[str]]:
    """Return what registers object to the draft with these answers more, by field; of one step only
    when it is told."""
    spec = catalog.compiled(draft.version)
    if not plans.concerns(spec.source):
        return {}
    merged = {**draft.answers, **answers}
    merged |= plans.look_up(spec.source, merged, user=draft.owner)
    whole = engine.computed(spec, merged)
    faults = plans.entry_faults(spec.source, whole) | _not_found(spec, whole)
    return {
        path: texts
        for path, texts in faults.items()
        if not step or engine.step_of(spec, path) == step
    }


def _not_found(spec: engine.CompiledSpec, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what should have been filled in from elsewhere and was not: an agent without an office."""
    awaited = {field.key for field in spec.fields if field.type.from_elsewhere and field.required}
    if not any(answers.get(key) in (None, "") for key in awaited):
        return {}
    wrong = engine.check(spec, answers)
    return {path: texts for path, texts in wrong.items() if path in awaited}

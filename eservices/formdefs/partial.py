"""A step saved while it is being written: some questions posted, the others as they are stored."""

from collections.abc import Mapping
from typing import Any

from eservices.formdefs.forms import StepForm
from eservices.formdefs.spec import Answers, CompiledSpec
from eservices.formdefs.walk import kept, state_before


class PartialForm(StepForm):
    """What stands in `data` is taken as typed, the rest from the stored answers.

    Unlike a step that is sent, a group keeps the rows that are right so far.
    """

    def __init__(
        self, spec: CompiledSpec, step_key: str, known: Answers, *, language: str, data: Any
    ) -> None:
        step = spec.step_by_key[step_key]
        self.known = known
        waiting = {field.key for field in step.fields if field.type.waits}
        self.touched = {str(name).partition(".")[0] for name in data} - waiting
        state = state_before(step, known)
        super().__init__(
            spec, step.fields, step.rules, state, known, language=language, step=step, data=data
        )

    def problems(self) -> dict[str, str]:
        """Return what is wrong with the questions that were posted and filled, by path."""
        return {
            one.path: " ".join(one.errors)
            for one in self.shown
            if one.errors and one.field.type.asks and self._is_typed(one.path, one.raw, one.field)
        }

    def answers(self) -> dict[str, Any]:
        """Return the touched answers that are right, null for those emptied."""
        right = kept(self.questions, computed=False)
        faulty = {one.path for one in self.shown if one.errors and not one.field.fields}
        found: dict[str, Any] = {}
        for one in self.questions:
            key = one.field.key
            if key not in self.touched or not one.field.type.asks:
                continue
            if one.field.fields or key not in faulty:
                found[key] = right.get(key)
            elif one.field.type.is_blank(one.raw):
                found[key] = None
        return found

    def _is_typed(self, path: str, raw: Any, field: Any) -> bool:
        inside = path.partition(".")[0] in self.touched
        return inside and not field.fields and not field.type.is_blank(raw)

    def _posted(self, answers: Answers) -> dict[str, Any]:
        posted: Mapping[str, Any] = super()._posted(answers)
        return {
            field.key: posted.get(field.key)
            if field.key in self.touched
            else field.type.to_raw(self.known.get(field.key))
            for field in self.specs
            if field.type.asks
        }

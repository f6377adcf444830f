"""Taking answers from one version of a form to the next: what stays, what is new, what is gone."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from eservices.formdefs.spec import Answers, CompiledSpec, FieldSpec, Question, State, StepSpec
from eservices.formdefs.walk import check_questions, flat, from_untrusted, walk_all


@dataclass
class Carried:
    """Answers under the new version. `news` is empty when nothing changed for this person.

    added, changed: keys to ask (again); steps: those complete once they are answered; gone: labels
    of answers dropped; pieces: keys newly asked; fee: the total before, when it is another now.
    """

    answers: dict[str, Any]
    steps_done: list[str]
    news: dict[str, Any] = field(default_factory=dict)


def carry(
    old: CompiledSpec, new: CompiledSpec, answers: Answers, steps_done: Collection[str]
) -> Carried:
    """Keep each answer whose question has the same key and can still hold it."""
    kept = keep(old, new, answers)
    was_asked = {one.key for one in old.fields if one.type.asks and one.step.key in steps_done}
    faulty = _faulty(new, kept)
    done, news = _steps(new, kept, was_asked, faulty, steps_done)
    news["gone"] = [
        one.config.get("label")
        for one in old.fields
        if one.key in was_asked and answers.get(one.key) is not None and one.key not in kept
        and one.key not in new.field_by_key
    ]  # fmt: skip
    return Carried(kept, done, {name: found for name, found in news.items() if found})


def keep(old: CompiledSpec, new: CompiledSpec, answers: Answers) -> dict[str, Any]:
    """Return the answers that the questions of `new` can hold: same key, same type or readable."""
    kept = {}
    for one in new.fields:
        value, before = answers.get(one.key), old.field_by_key.get(one.key)
        if value is None or before is None or not one.type.asks:
            continue
        if before.type.key == one.type.key or _reads(one, value):
            kept[one.key] = value
    return kept


def _reads(field: FieldSpec, value: Any) -> bool:
    question = Question(field, field.key)
    from_untrusted(question, value, State())
    return not question.errors and not field.fields and not field.options


def _faulty(spec: CompiledSpec, answers: Answers) -> set[str]:
    """Return the keys of the shown questions that these answers do not satisfy."""
    state, questions = walk_all(spec, answers, from_untrusted)
    for step in spec.steps:
        asked = [one for one in questions if one.field.step is step]
        if asked:
            check_questions(asked, state, step.rules)
    return {one.path.partition(".")[0] for one in flat(questions) if one.errors}


def _steps(
    spec: CompiledSpec,
    answers: Answers,
    was_asked: Collection[str],
    faulty: Collection[str],
    steps_done: Collection[str],
) -> tuple[list[str], dict[str, Any]]:
    """Return the steps that remain done, and what to ask in those that do not."""
    shown: dict[str, list[str]] = {}
    for one in walk_all(spec, answers)[1]:
        if one.field.type.asks:
            shown.setdefault(one.field.step.key, []).append(one.field.key)
    reached = _last_reached(spec.steps, shown, was_asked, steps_done)
    done: list[str] = []
    news: dict[str, list[Any]] = {"added": [], "changed": [], "steps": []}
    for number, step in enumerate(spec.steps):
        keys = shown.get(step.key, [])
        new = [key for key in keys if key not in was_asked]
        wrong = [key for key in keys if key in faulty and key in was_asked]
        if not keys:
            done += [step.key] if step.key in steps_done else []
        elif not new and not wrong:
            done.append(step.key)
        elif number <= reached:
            news["added"] += new
            news["changed"] += wrong
            news["steps"].append(step.key)
    return done, news


def _last_reached(
    steps: tuple[StepSpec, ...],
    shown: dict[str, list[str]],
    was_asked: Collection[str],
    steps_done: Collection[str],
) -> int:
    """Return the position of the last step that the person had come to; -1 for none."""
    reached = -1
    for number, step in enumerate(steps):
        if step.key in steps_done or any(key in was_asked for key in shown.get(step.key, [])):
            reached = number
    return reached

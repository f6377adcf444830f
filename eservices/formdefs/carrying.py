"""Taking answers from one version of a form to the next: what stays, what is new, what is gone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

from eservices.formdefs.spec import Answers, CompiledSpec, FieldSpec, Question, State, StepSpec
from eservices.formdefs.walk import (
    check_questions,
    flat,
    from_answers,
    from_raw,
    from_untrusted,
    walk_all,
)

# Typed as they are stored: an answer of one of them may be read as another.
TYPED = {"text", "long_text", "integer", "decimal"}


@dataclass
class Carried:
    """Answers under the new version. `news` is empty when nothing changed for this person.

    added, changed: keys to ask (again); was: what was answered to those that changed, in words;
    steps: those complete once they are answered; gone: label and words of each answer dropped;
    pieces: keys newly asked; fee: the total before, when it is another now.
    """

    answers: dict[str, Any]
    steps_done: list[str]
    news: dict[str, Any] = field(default_factory=dict)


def carry(
    old: CompiledSpec, new: CompiledSpec, answers: Answers, steps_done: Collection[str]
) -> Carried:
    """Keep each answer whose question has the same key and can still hold it."""
    kept = keep(old, new, answers)
    before, after = _look(old, answers), _look(new, kept)
    lost = {one.key for one in new.fields if one.key in before.given and one.key not in kept}
    # What was wrong before is not news; what could be kept before and cannot be now is.
    faulty = (after.faulty | lost) & set(after.shown)
    was_asked = {key for key, step in before.shown.items() if step in steps_done}
    done, asked = _steps(old, new, after, was_asked, faulty, before, steps_done)
    news: dict[str, Any] = {**asked}
    news["was"] = {
        key: _words(old.field_by_key[key], answers.get(key))
        for key in asked["changed"]
        if key in before.given
    }
    keys = [*asked["added"], *asked["changed"]]
    news["gone"] = _gone(old, new, answers, before, after, asked=keys)
    return Carried(kept, done, {name: found for name, found in news.items() if found})


def keep(old: CompiledSpec, new: CompiledSpec, answers: Answers) -> dict[str, Any]:
    """Return the answers that the questions of `new` can hold: same key, same type or readable."""
    kept = {}
    for one in new.fields:
        value, before = answers.get(one.key), old.field_by_key.get(one.key)
        if value is None or before is None or not one.type.asks:
            continue
        if before.type.key == one.type.key:
            kept[one.key] = _with_known_columns(one, value)
        elif (taken := _taken(before, one, value)) is not None:
            kept[one.key] = taken
    return kept


def _with_known_columns(field: FieldSpec, value: Any) -> Any:
    if not field.fields or not isinstance(value, list):
        return value
    keys = {column.key for column in field.fields}
    return [{key: cell for key, cell in row.items() if key in keys} for row in value]


def _taken(before: FieldSpec, field: FieldSpec, value: Any) -> Any:
    """Return `value` as the other type of its question reads it; None when it cannot."""
    if before.type.key == "choice" and field.type.key == "multi_choice":
        return [value]
    question = Question(field, field.key)
    if {before.type.key, field.type.key} <= TYPED:
        from_raw(question, before.type.to_raw(value), State())
    else:
        from_untrusted(question, value, State())
    return None if question.errors or field.fields or field.options else question.value


@dataclass
class _Look:
    """What a version shows for some answers: the step of each question, what is given, what is wrong."""

    shown: dict[str, str]
    given: set[str]
    faulty: set[str]


def _look(spec: CompiledSpec, answers: Answers) -> _Look:
    shown = {
        one.field.key: one.field.step.key
        for one in walk_all(spec, answers, from_answers)[1]
        if one.field.type.asks
    }
    state, questions = walk_all(spec, answers, from_untrusted)
    for step in spec.steps:
        asked = [one for one in questions if one.field.step is step]
        if asked:
            check_questions(asked, state, step.rules)
    faulty = {one.path.partition(".")[0] for one in flat(questions) if one.errors}
    given = {key for key in shown if answers.get(key) not in (None, "", [])}
    return _Look(shown, given, faulty)


def _steps(
    old: CompiledSpec,
    new: CompiledSpec,
    after: _Look,
    was_asked: Collection[str],
    faulty: Collection[str],
    before: _Look,
    steps_done: Collection[str],
) -> tuple[list[str], dict[str, list[Any]]]:
    """Return the steps that remain done, and what to ask in those that do not."""
    shown: dict[str, list[str]] = {}
    for key, step_key in after.shown.items():
        shown.setdefault(step_key, []).append(key)
    reached = _last_reached(new.steps, shown, was_asked, steps_done)
    done: list[str] = []
    news: dict[str, list[Any]] = {"added": [], "changed": [], "steps": []}
    for number, step in enumerate(new.steps):
        keys = shown.get(step.key, [])
        if step.key not in steps_done and step.key in old.step_by_key:
            # Still to come, or being answered: only what was given and fits no more is news.
            spoilt = (key for key in keys if key in faulty and key in before.given)
            news["changed"] += [key for key in spoilt if key not in before.faulty]
            continue
        added = [key for key in keys if key not in was_asked]
        wrong = [key for key in keys if key in faulty and key in was_asked]
        if not keys:
            done += [step.key] if step.key in steps_done else []
        elif not added and not wrong:
            done.append(step.key)
        elif number <= reached:
            news["added"] += added
            news["changed"] += wrong
            news["steps"].append(step.key)
    return done, news


def _last_reached(
    steps: tuple[StepSpec, ...],
    shown: Mapping[str, list[str]],
    was_asked: Collection[str],
    steps_done: Collection[str],
) -> int:
    """Return the position of the last step that the person had come to; -1 for none."""
    reached = -1
    for number, step in enumerate(steps):
        if step.key in steps_done or any(key in was_asked for key in shown.get(step.key, [])):
            reached = number
    return reached


def _gone(
    old: CompiledSpec,
    new: CompiledSpec,
    answers: Answers,
    before: _Look,
    after: _Look,
    *,
    asked: Collection[str],
) -> list[list[Any]]:
    """Return label and words of each answer that will not be sent, although it was given."""
    gone = []
    for one in old.fields:
        if one.key not in before.given:
            continue
        now = new.field_by_key.get(one.key)
        if now is None or not now.type.asks:
            gone.append([one.config.get("label"), _words(one, answers[one.key])])
        elif one.key not in after.shown and not _waits(now, asked):
            gone.append([now.config.get("label"), _words(one, answers[one.key])])
        elif one.fields and now.fields:
            gone += _columns_gone(one, now, answers[one.key])
    return gone


def _waits(field: FieldSpec, asked: Collection[str]) -> bool:
    """Whether the question comes back with the answer to another that is asked again."""
    conditions = [one for one in (field.show_if, field.step.show_if) if one is not None]
    return any(set(one.variables) & set(asked) for one in conditions)


def _columns_gone(before: FieldSpec, now: FieldSpec, rows: Any) -> list[list[Any]]:
    known = {column.key for column in now.fields}
    return [
        [column.config.get("label"), ""]
        for column in before.fields
        if column.key not in known and any(row.get(column.key) is not None for row in rows)
    ]


def _words(field: FieldSpec, value: Any) -> str:
    if field.fields or value is None:
        return ""
    return field.type.to_text(field, value, get_language() or "fr")[:200]

"""Going through fields in order, with what was answered so far: the heart of the engine.

A condition sees only what stands before it, and only what is shown: the answer of a hidden field is
null for everything that follows. The same walk reads a posted form, checks stored answers and
prunes them; what differs is how one value is taken (`Reader`).
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eservices.formdefs.spec import (
    MAX_ROWS,
    Answers,
    CompiledSpec,
    FieldSpec,
    Question,
    Rule,
    State,
    StepSpec,
)
from eservices.formdefs.types import Invalid
from eservices.formdefs.types.choices import open_options
from eservices.formdefs.types.layout import Group
from portal.core.texts import pick

Reader = Callable[[Question, Any, State], None]


def walk(
    fields: Iterable[FieldSpec],
    source: Mapping[str, Any],
    state: State,
    reader: Reader,
    *,
    hidden: bool = False,
    prefix: str = "",
) -> list[Question]:
    """Return the questions that are shown, and fill `state` with their values.

    With `hidden`, the fields that this step itself may still reveal come too, marked not shown.
    """
    questions = []
    target = state.values if state.row is None else state.row
    for field in fields:
        question = Question(field, f"{prefix}{field.key}")
        if field.options:
            question.options = open_options(field, state)
        if not _is_shown(question, state):
            if hidden and field.is_live:
                _lay_by(question, state, reader)
                questions.append(question)
            continue
        take(question, source.get(field.key), state, reader, hidden=hidden)
        target[field.key] = question.value
        questions.append(question)
    return questions


def _lay_by(question: Question, state: State, reader: Reader) -> None:
    """Mark as not shown; a group has the entries ready with which it would open."""
    field, kind = question.field, question.field.type
    if isinstance(kind, Group) and "count" not in field.expressions:
        _take_rows(question, [{}] * kind.least(field), state, reader, hidden=True)
        question.raw = question.value = None
    for one in flat([question]):
        one.shown, one.errors = False, []


def _is_shown(question: Question, state: State) -> bool:
    field = question.field
    if not (state.shows_step(field.step) and state.holds(field.show_if)):
        return False
    if "count" in field.expressions and not row_count(field, state):
        return False
    # A list that depends on an answer is not asked before there is something to choose from.
    return bool(question.options) or "parent" not in field.expressions


def row_count(field: FieldSpec, state: State) -> int:
    """Return how many rows an answer tells; none while it is not given."""
    count = state.value(field.expressions["count"])
    return max(0, min(count, MAX_ROWS)) if type(count) is int else 0


def take(question: Question, given: Any, state: State, reader: Reader, *, hidden: bool) -> None:
    field = question.field
    if "value" in field.expressions and not field.type.asks:
        question.value = as_json(state.value(field.expressions["value"]))
    elif field.fields:
        _take_rows(question, given, state, reader, hidden=hidden)
    elif field.type.asks:
        if "resource" in field.expressions:
            where = state.value(field.expressions["resource"])
            question.resource = where if isinstance(where, str) else ""
        question.required = field.required or (
            field.required_if is not None and state.holds(field.required_if)
        )
        reader(question, given, state)


def _take_rows(
    question: Question, given: Any, state: State, reader: Reader, *, hidden: bool
) -> None:
    field, values = question.field, []
    kind = field.type
    rows = kind.to_raw(given)
    if "count" in field.expressions:
        wanted = row_count(field, state)
        rows = rows[:wanted] + [{}] * (wanted - len(rows))
    question.raw = rows
    for index, row in enumerate(rows[: kind.most(field)] if isinstance(kind, Group) else ()):
        state.row = {}
        prefix = f"{question.path}.{index}."
        question.rows.append(walk(field.fields, row, state, reader, hidden=hidden, prefix=prefix))
        values.append({key: value for key, value in state.row.items() if value is not None})
        state.row = None
    question.value = values


def as_json(value: Any) -> Any:
    """Return a computed value as the JSON that is kept."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return None if isinstance(value, Mapping) else value


# --- How a value is taken ----------------------------------------------------------------------
def from_answers(question: Question, given: Any, state: State) -> None:
    """Trust what is stored: it was checked when it was written."""
    question.value = given


def from_stored(question: Question, given: Any, state: State) -> None:
    """Show what is stored, as it was typed."""
    question.value, question.raw = given, question.field.type.to_raw(given)


def from_raw(question: Question, given: Any, state: State) -> None:
    """Take what was typed; note what is wrong with it."""
    field, kind = question.field, question.field.type
    question.raw = given
    if kind.is_blank(given):
        if question.required:
            question.errors.append(own_message(field, "required") or str(kind.blank_message))
        return
    try:
        question.value = kind.clean(field, given, state)
    except Invalid as error:
        question.errors.append(own_message(field, "invalid") or str(error))
        return
    if question.value is None and question.required:
        question.errors.append(own_message(field, "required") or str(kind.blank_message))


def from_untrusted(question: Question, given: Any, state: State) -> None:
    """Take a stored answer as if it were typed again: it must come out the same."""
    raw = question.field.type.to_raw(given)
    from_raw(question, raw, state)
    if not question.errors and given is not None and question.value != given:
        question.errors.append(_("Check this answer: it cannot be read."))


def own_message(field: FieldSpec, name: str) -> str:
    messages = field.config.get("messages")
    return pick(messages.get(name)) if isinstance(messages, Mapping) else ""


# --- Checks that need several answers ----------------------------------------------------------
def check_questions(questions: list[Question], state: State, rules: Iterable[Rule]) -> list[str]:
    """Check group sizes and rules; errors go to their questions. Return those that have none."""
    by_key = {question.path: question for question in questions if question.shown}
    for question in by_key.values():
        if question.field.fields:
            _check_group(question, state)
    loose: list[str] = []
    for rule in rules:
        _check_rule(rule, by_key, state, loose)
    return loose


def _check_group(question: Question, state: State) -> None:
    field, count = question.field, len(question.raw or [])
    kind = field.type
    if not isinstance(kind, Group):
        return
    told = state.value(field.expressions["count"]) if "count" in field.expressions else None
    if type(told) is int and told > MAX_ROWS:
        text = ngettext("Keep at most %d entry.", "Keep at most %d entries.", MAX_ROWS)
        question.errors.append(text % MAX_ROWS)
    least, most = kind.least(field), kind.most(field)
    if count < least:
        text = ngettext("Add at least %d entry.", "Add at least %d entries.", least)
        question.errors.append(text % least)
    if count > most:
        text = ngettext("Keep at most %d entry.", "Keep at most %d entries.", most)
        question.errors.append(text % most)
    for index, row in enumerate(question.rows):
        cells = {one.field.key: one for one in row if one.shown}
        state.row = {key: one.value for key, one in cells.items()}
        loose: list[str] = []
        for rule in field.rules:
            _check_rule(rule, cells, state, loose)
        state.row = None
        question.errors += [f"{index + 1}. {message}" for message in loose]


def _check_rule(rule: Rule, by_key: Mapping[str, Question], state: State, loose: list[str]) -> None:
    """Hold the rule, unless an answer it reads is itself at fault: one fault, one message."""
    read = {path.removeprefix("row.").partition(".")[0] for path in rule.require.variables}
    if any(by_key[name].errors for name in read if name in by_key):
        return
    if not state.holds(rule.when) or state.holds(rule.require):
        return
    message = pick(rule.message) or _("Check these answers.")
    target = rule.field or next((name for name in reversed(list(by_key)) if name in read), "")
    if target in by_key:
        by_key[target].errors.append(message)
    else:
        loose.append(message)


# --- Usual walks -------------------------------------------------------------------------------
def state_before(step: StepSpec, answers: Answers) -> State:
    """Return what the conditions of `step` may see of the earlier steps. Costs what they read."""
    state = State()
    walk(step.before, answers, state, from_answers)
    return state


def walk_all(
    spec: CompiledSpec, answers: Answers, reader: Reader = from_answers
) -> tuple[State, list[Question]]:
    state = State()
    return state, walk(spec.fields, answers, state, reader)


def flat(questions: Iterable[Question]) -> Iterable[Question]:
    """All questions, those of rows included."""
    for question in questions:
        yield question
        for row in question.rows:
            yield from flat(row)


def kept(questions: Iterable[Question], *, computed: bool) -> dict[str, Any]:
    """Return the answers that the questions hold: shown, filled, without fault."""
    answers = {}
    for question in questions:
        if not question.shown or not (
            question.field.type.asks or (computed and _is_computed(question))
        ):
            continue
        if question.field.fields:
            answers[question.field.key] = [kept(row, computed=computed) for row in question.rows]
        elif question.value is not None:
            answers[question.field.key] = question.value
    return answers


def _is_computed(question: Question) -> bool:
    return "value" in question.field.expressions

"""Conditions as people write them: lines of question, operator, value, in groups of “and” and “or”.

`read` turns an expression into lines, `write` turns lines into an expression. An expression that
uses more than the lines can say is no condition of this kind: it stays an expression.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices.formdefs.subjects import Subject, within

MAX_LINES = 60
TODAY: dict[str, Any] = {"today": []}
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Operator:
    """How one kind of question is compared. `takes` says what stands beside it:

    nothing, a value, two values (`range`), several of the options (`many`); of a repeated group,
    the lines that its rows are tried with (`such`), and how many rows (`such_many`).
    """

    code: str
    words: Words  # after the question
    takes: str
    write: Callable[[Any, Any], Any]


@dataclass(slots=True)
class Line:
    """One comparison. `value` is a literal, a list of literals, or `{"var": …}`: another answer."""

    subject: str
    operator: str
    value: Any = None


@dataclass(slots=True)
class Group:
    """Lines and groups that all hold (`and`), or of which one holds (`or`).

    With `over` they are said of the rows of that repeated group: `operator` tells of which rows.
    """

    join: str = "and"
    items: list["Line | Group"] = field(default_factory=list)
    over: str = ""
    operator: str = ""
    number: Any = None


def _compare(name: str) -> Callable[[Any, Any], Any]:
    return lambda subject, value: {name: [subject, value]}


def _state(name: str) -> Callable[[Any, Any], Any]:
    return lambda subject, value: {name: [subject]}


def _between(subject: Any, value: Any) -> Any:
    low, high = value if isinstance(value, list) and len(value) == 2 else (None, None)
    return {"between": [subject, low, high]}


def _age(name: str) -> Callable[[Any, Any], Any]:
    return lambda subject, value: {name: [{"age_on": [subject, TODAY]}, value]}


def _count(name: str) -> Callable[[Any, Any], Any]:
    return lambda subject, value: {name: [{"count": [subject]}, value]}


def _such(name: str) -> Callable[[Any, Any], Any]:
    return lambda subject, value: {name: [subject, value]}


def _such_many(name: str) -> Callable[[Any, Any], Any]:
    return lambda subject, value: {name: [{"count": [subject, value[0]]}, value[1]]}


SUCH = ("such", "such_many")
FILLED = Operator("filled", _("has been answered"), "nothing", _state("filled"))
EMPTY = Operator("empty", _("has not been answered"), "nothing", _state("empty"))
IS = Operator("eq", _("is"), "value", _compare("eq"))
IS_NOT = Operator("ne", _("is not"), "value", _compare("ne"))

OPERATORS: dict[str, tuple[Operator, ...]] = {
    "text": (
        IS,
        IS_NOT,
        Operator("contains", _("contains"), "value", _compare("contains")),
        Operator("starts_with", _("begins with"), "value", _compare("starts_with")),
        FILLED,
        EMPTY,
    ),
    "number": (
        Operator("eq", "=", "value", _compare("eq")),
        Operator("ne", "≠", "value", _compare("ne")),
        Operator("lt", "<", "value", _compare("lt")),
        Operator("le", "≤", "value", _compare("le")),
        Operator("gt", ">", "value", _compare("gt")),
        Operator("ge", "≥", "value", _compare("ge")),
        Operator("between", _("is between"), "range", _between),
        FILLED,
        EMPTY,
    ),
    "date": (
        Operator("lt", _("is before"), "value", _compare("lt")),
        Operator("le", _("is before, or on,"), "value", _compare("le")),
        Operator("gt", _("is after"), "value", _compare("gt")),
        Operator("ge", _("is after, or on,"), "value", _compare("ge")),
        Operator("eq", _("is on"), "value", _compare("eq")),
        Operator("between", _("is between"), "range", _between),
        Operator(
            "past",
            _("is in the past"),
            "nothing",
            lambda subject, value: {"lt": [subject, TODAY]},
        ),
        Operator(
            "future",
            _("is in the future"),
            "nothing",
            lambda subject, value: {"gt": [subject, TODAY]},
        ),
        Operator("age_lt", _("gives an age under (years)"), "number", _age("lt")),
        Operator("age_ge", _("gives an age of at least (years)"), "number", _age("ge")),
        FILLED,
        EMPTY,
    ),
    "bool": (
        Operator("yes", _("is yes"), "nothing", lambda subject, value: {"eq": [subject, True]}),
        Operator("no", _("is no"), "nothing", lambda subject, value: {"eq": [subject, False]}),
        FILLED,
        EMPTY,
    ),
    "choice": (
        IS,
        IS_NOT,
        Operator("in", _("is one of"), "many", _compare("in")),
        Operator(
            "not_in",
            _("is none of"),
            "many",
            lambda subject, value: {"not": [{"in": [subject, value]}]},
        ),
        FILLED,
        EMPTY,
    ),
    "list": (
        Operator("contains", _("contains"), "value", _compare("contains")),
        Operator(
            "lacks",
            _("does not contain"),
            "value",
            lambda subject, value: {"not": [{"contains": [subject, value]}]},
        ),
        Operator("any_of", _("contains one of"), "many", _compare("any_of")),
        Operator("all_of", _("contains all of"), "many", _compare("all_of")),
        FILLED,
        EMPTY,
    ),
    "value": (  # worked out: nothing says what it is
        IS,
        IS_NOT,
        Operator("yes", _("is yes"), "nothing", lambda subject, value: {"eq": [subject, True]}),
        Operator("no", _("is no"), "nothing", lambda subject, value: {"eq": [subject, False]}),
        Operator("not_yes", _("is not yes"), "nothing", lambda s, value: {"ne": [s, True]}),
        FILLED,
        EMPTY,
    ),
    "rows": (
        Operator("count_ge", _("has entries, at least"), "number", _count("ge")),
        Operator("count_le", _("has entries, at most"), "number", _count("le")),
        Operator("count_eq", _("has entries, exactly"), "number", _count("eq")),
        FILLED,
        EMPTY,
        Operator("some", _("has an entry where"), "such", _such("some")),
        Operator("every", _("has only entries where"), "such", _such("every")),
        Operator("none", _("has no entry where"), "such", lambda s, v: {"not": [{"some": [s, v]}]}),
        Operator("such_ge", _("has at least so many entries where"), "such_many", _such_many("ge")),
        Operator("such_le", _("has at most so many entries where"), "such_many", _such_many("le")),
        Operator("such_eq", _("has exactly so many entries where"), "such_many", _such_many("eq")),
    ),
}


def operators_for(subject: Subject) -> list[Operator]:
    """Return the operators that suit the question."""
    known = OPERATORS.get(subject.kind, OPERATORS["text"])
    if subject.kind == "date" and not subject.is_birth:
        return [one for one in known if not one.code.startswith("age_")]
    if not subject.columns:
        return [one for one in known if one.takes not in SUCH]
    return list(known)


def operator_of(subject: Subject, code: str) -> Operator | None:
    return next((one for one in operators_for(subject) if one.code == code), None)


# --- From lines to an expression ---------------------------------------------------------------
def write(group: Group, subjects: Mapping[str, Subject]) -> Any:
    """Return the expression that the lines mean; None when there is no line."""
    if group.over:
        return _write_rows(group, subjects)
    parts = []
    for item in group.items:
        part = write(item, subjects) if isinstance(item, Group) else _write_line(item, subjects)
        if part is not None:
            parts.append(part)
    if len(parts) < 2:
        return parts[0] if parts else None
    return {group.join: parts}


def _write_line(line: Line, subjects: Mapping[str, Subject]) -> Any:
    subject = subjects.get(line.subject)
    operator = operator_of(subject, line.operator) if subject else None
    if operator is None or operator.takes in SUCH:
        return None
    return operator.write({"var": line.subject}, line.value)


def _write_rows(group: Group, subjects: Mapping[str, Subject]) -> Any:
    subject = subjects.get(group.over)
    operator = operator_of(subject, group.operator) if subject else None
    if operator is None or operator.takes not in SUCH:
        return None
    inner = write(Group(group.join, group.items), within(subjects, group.over))
    if inner is None:
        return None
    value = inner if operator.takes == "such" else [inner, group.number]
    return operator.write({"var": group.over}, value)


# --- From an expression to lines ---------------------------------------------------------------
def read(expression: Any, subjects: Mapping[str, Subject]) -> Group | None:
    """Return the lines that say `expression`; None when lines cannot say it."""
    if expression is None:
        return Group()
    found = _read(expression, subjects)
    if found is None or _lines(found) > MAX_LINES:
        return None
    return found if isinstance(found, Group) and not found.over else Group("and", [found])


def _read(expression: Any, subjects: Mapping[str, Subject]) -> Line | Group | None:
    if not isinstance(expression, Mapping) or len(expression) != 1:
        return None
    name, given = next(iter(expression.items()))
    if name not in ("and", "or"):
        return _read_rows(expression, subjects) or _read_line(expression, subjects)
    items = [_read(item, subjects) for item in (given if isinstance(given, list) else [given])]
    return None if None in items else Group(name, [item for item in items if item is not None])


def _read_rows(expression: Mapping[str, Any], subjects: Mapping[str, Subject]) -> Group | None:
    path = _first_variable(expression)
    subject = subjects.get(path or "")
    if path is None or subject is None or not subject.columns:
        return None
    for operator in operators_for(subject):
        if operator.takes not in SUCH:
            continue
        number = _number_beside(expression) if operator.takes == "such_many" else None
        value = _HOLE if operator.takes == "such" else [_HOLE, number]
        inner = _hole(operator.write({"var": path}, value), expression)
        lines = _read(inner, within(subjects, path)) if isinstance(inner, Mapping) else None
        if lines is None:
            continue
        is_plain = isinstance(lines, Group) and not lines.over
        group = lines if isinstance(lines, Group) and is_plain else Group("and", [lines])
        return Group(group.join, group.items, path, operator.code, number)
    return None


def _number_beside(comparison: Mapping[str, Any]) -> Any:
    given = next(iter(comparison.values()))
    last = given[-1] if isinstance(given, list) and given else None
    is_number = isinstance(last, (int, float)) and not isinstance(last, bool)
    return last if is_number else _NO


def _read_line(expression: Mapping[str, Any], subjects: Mapping[str, Subject]) -> Line | None:
    path = _first_variable(expression)
    subject = subjects.get(path or "")
    if path is None or subject is None:
        return None
    for operator in operators_for(subject):
        if operator.takes in SUCH:
            continue
        value = _hole(operator.write({"var": path}, _HOLE), expression)
        if value is not _NO and _fits(operator, subject, value):
            return Line(path, operator.code, None if value is _HOLE else value)
    return None


_HOLE: Any = ["\x00hole", "\x00hole"]  # stands where the value goes; `between` takes it apart
_NO: Any = object()


def _hole(pattern: Any, given: Any) -> Any:
    """Return what stands in `given` where `pattern` has its hole; _NO when they differ elsewhere."""
    if pattern is _HOLE:
        return given
    if isinstance(pattern, Mapping) and isinstance(given, Mapping) and set(pattern) == set(given):
        name = next(iter(pattern))
        given_list = given[name] if isinstance(given[name], list) else [given[name]]
        if name == "var":
            return _HOLE if pattern[name] == given[name] else _NO
        if name == "between":
            left = _hole(pattern[name][0], given_list[0]) if len(given_list) == 3 else _NO
            return _NO if left is _NO else list(given_list[1:])
        return _hole(pattern[name], given_list)
    if isinstance(pattern, list) and isinstance(given, list) and len(pattern) == len(given):
        values = [_hole(one, other) for one, other in zip(pattern, given, strict=True)]
        if _NO in values:
            return _NO
        return next((value for value in values if value is not _HOLE), _HOLE)
    same = type(pattern) is type(given) and pattern == given
    return _HOLE if same else _NO


def _fits(operator: Operator, subject: Subject, value: Any) -> bool:
    """Whether the line can show the value: a literal of the right kind, or another answer."""
    if operator.takes == "nothing":
        return value is _HOLE
    if operator.takes == "many":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if operator.takes == "range":
        return isinstance(value, list) and all(
            not isinstance(one, (Mapping, list)) for one in value
        )
    if operator.takes == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(value, Mapping):
        return set(value) == {"var"} or value == TODAY
    if subject.kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, str)


def _first_variable(expression: Any) -> str | None:
    if isinstance(expression, Mapping):
        for name, given in expression.items():
            if name == "var":
                return given if isinstance(given, str) else None
            return _first_variable(given)
    if isinstance(expression, Sequence) and not isinstance(expression, str) and expression:
        return _first_variable(expression[0])
    return None


def _lines(item: Line | Group) -> int:
    return 1 if isinstance(item, Line) else 1 + sum(_lines(one) for one in item.items)

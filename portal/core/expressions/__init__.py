"""One small language for everything conditional or computed: typed JSON, total, without effects.

An expression is a literal (text, number, true, false, null, list), `{"var": "path.to.answer"}` or
`{"operator": [argument, …]}`; one argument may stand without its list. Missing is null. Evaluating
never raises: what cannot be computed is null, and so is what goes beyond the limits. The browser
gives the same results (static/js/expressions.js); tests/core/expression_cases.json holds both to it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.utils import timezone

from portal.core.expressions.operators import MANY, OPERATORS
from portal.core.expressions.values import (
    MAX_TEXT,
    Value,
    fixed,
    is_number,
    is_true,
    normal,
    unfixed,
)

MAX_NODES = 1000
MAX_DEPTH = 32
MAX_STEPS = 50_000  # nodes visited by one evaluation, so that rows within rows stay cheap

ROW_FORMS = {"some": 2, "every": 2, "filter": 2, "pluck": 2, "sum": 2, "count": 2}
FORMS = {"var": (1, 1), "and": (1, MANY), "or": (1, MANY), "not": (1, 1), "if": (2, MANY)} | {
    "coalesce": (1, MANY),
    "today": (0, 0),
    **{name: (1 if name in {"sum", "count"} else 2, most) for name, most in ROW_FORMS.items()},
}


@dataclass(slots=True)
class Env:
    """What one evaluation reads: answers, the current row of a group, the date of today."""

    scope: Mapping[str, Any]
    day: date | None = None
    row: Any = None
    steps: int = MAX_STEPS


Code = Callable[[Env], Value]
_day: ContextVar[date | None] = ContextVar("day", default=None)


@contextmanager
def on_day(day: date | None) -> Iterator[None]:
    """Evaluate as if it were `day`: saved answers are tried again as on the day they were given."""
    token = _day.set(day)
    try:
        yield
    finally:
        _day.reset(token)


class _TooLong(Exception):
    """The evaluation visited too many nodes."""


@dataclass(slots=True)
class Expression:
    """An expression compiled once. `problems` tells an editor what is wrong with it."""

    source: Any
    code: Code
    variables: frozenset[str]
    problems: tuple[str, ...]

    def value(
        self, scope: Mapping[str, Any], *, row: Any = None, today: date | None = None
    ) -> Value:
        """Return the value; null when it cannot be computed."""
        try:
            return self.code(Env(scope, today, row))
        except _TooLong:
            return None

    def truthy(
        self, scope: Mapping[str, Any], *, row: Any = None, today: date | None = None
    ) -> bool:
        return is_true(self.value(scope, row=row, today=today))


def compile_expression(source: Any) -> Expression:
    """Return `source` ready to be evaluated many times. A faulty one has problems and is null."""
    compiler = _Compiler()
    code = compiler.node(source, 1)
    if compiler.problems:
        code = _constant(None)
    return Expression(source, code, frozenset(compiler.variables), tuple(compiler.problems))


def evaluate(expression: Any, scope: Mapping[str, Any], *, today: date | None = None) -> Value:
    """Return the value of `expression`: None, bool, int, Decimal, str or list. Never raises."""
    return compile_expression(expression).value(scope, today=today)


def truthy(expression: Any, scope: Mapping[str, Any], *, today: date | None = None) -> bool:
    """Whether the condition holds. No expression is no condition: it holds."""
    return expression is None or is_true(evaluate(expression, scope, today=today))


def validate(expression: Any, *, variables: Collection[str] | None = None) -> list[str]:
    """Return what is wrong with `expression`, in words for its author; nothing when it is sound."""
    compiled = compile_expression(expression)
    unknown = [] if variables is None else sorted(_roots(compiled.variables) - set(variables))
    return [*compiled.problems, *(f"unknown variable {name!r}" for name in unknown)]


def variables(expression: Any) -> set[str]:
    """Return the paths that `expression` reads; `row.x` is the column x of the current row."""
    return set(compile_expression(expression).variables)


def _roots(paths: Collection[str]) -> set[str]:
    return {path.partition(".")[0] for path in paths} - {"row"}


def _constant(value: Value) -> Code:
    return lambda env: value


def _children(source: Mapping[str, Any]) -> tuple[str, list[Any]]:
    name, given = next(iter(source.items()))
    return str(name), given if isinstance(given, list) else [given]


@dataclass(slots=True)
class _Compiler:
    """Turns JSON into closures, in one pass, counting nodes."""

    nodes: int = 0
    variables: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def node(self, source: Any, depth: int) -> Code:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            return self._fault("too deep" if depth > MAX_DEPTH else "too long")
        if isinstance(source, list):
            items = [self.node(item, depth + 1) for item in source]
            return lambda env: [item(env) for item in items]
        if isinstance(source, Mapping):
            return self._call(source, depth)
        if isinstance(source, str) and len(source) > MAX_TEXT:
            return self._fault("a text is too long")
        value = normal(source)
        if value is None and source is not None:
            return self._fault(f"{type(source).__name__} is not a value of the language")
        return _constant(value)

    def _call(self, source: Mapping[str, Any], depth: int) -> Code:
        if len(source) != 1:
            return self._fault("an operation has exactly one key")
        name, given = _children(source)
        plain = OPERATORS.get(name)
        least, most = (plain.least, plain.most) if plain else FORMS.get(name, (-1, -1))
        if least < 0:
            return self._fault(f"unknown operation {name!r}")
        if not least <= len(given) <= most:
            count = str(least) if least == most else f"{least} to {most}"
            return self._fault(f"{name!r} takes {count} arguments, not {len(given)}")
        if name == "var":
            return self._variable(given[0])
        if name in ROW_FORMS:
            return self._rows(name, given, depth)
        codes = [self.node(item, depth + 1) for item in given]
        return _apply(plain.call, codes) if plain else partial(_FORM_CODE[name], codes)

    def _variable(self, path: Any) -> Code:
        if not isinstance(path, str) or not path or len(path) > 200:
            return self._fault("the name of a variable is a text")
        self.variables.add(path)
        first, *rest = path.split(".")
        if first == "row":
            return lambda env: _dig(env.row, rest)
        if not rest:
            return lambda env: normal(env.scope.get(first))
        return lambda env: _dig(env.scope.get(first), rest)

    def _rows(self, name: str, given: list[Any], depth: int) -> Code:
        """The second argument is seen once for each row, as `row`; a bare text names a column."""
        rows, before = self.node(given[0], depth + 1), self.nodes
        body: Code | None = None
        if len(given) == 2:
            named = isinstance(given[1], str) and name in {"sum", "pluck"}
            body = self.node({"var": f"row.{given[1]}"} if named else given[1], depth + 1)
        return partial(_ROW_CODE[name], rows, body, self.nodes - before + 1)

    def _fault(self, problem: str) -> Code:
        if problem not in self.problems:
            self.problems.append(problem)
        return _constant(None)


def _dig(value: Any, keys: list[str]) -> Value:
    for key in keys:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return normal(value)


def _apply(call: Callable[..., Value], codes: list[Code]) -> Code:
    if len(codes) == 1:
        only = codes[0]
        return lambda env: call(only(env))
    if len(codes) == 2:
        left, right = codes
        return lambda env: call(left(env), right(env))
    return lambda env: call(*[code(env) for code in codes])


def _if(codes: list[Code], env: Env) -> Value:
    for index in range(0, len(codes) - 1, 2):
        if is_true(codes[index](env)):
            return codes[index + 1](env)
    return codes[-1](env) if len(codes) % 2 else None


def _coalesce(codes: list[Code], env: Env) -> Value:
    return next((value for code in codes if (value := code(env)) is not None), None)


_FORM_CODE: dict[str, Callable[[list[Code], Env], Value]] = {
    "and": lambda codes, env: all(is_true(code(env)) for code in codes),
    "or": lambda codes, env: any(is_true(code(env)) for code in codes),
    "not": lambda codes, env: not is_true(codes[0](env)),
    "if": _if,
    "coalesce": _coalesce,
    "today": lambda codes, env: (env.day or _day.get() or timezone.localdate()).isoformat(),
}


def _each(rows: Code, body: Code | None, cost: int, env: Env) -> list[tuple[Value, Value]] | None:
    """Return (row, value of body for it) for each row; None when there is no list."""
    listed = rows(env)
    if not isinstance(listed, list):
        return None
    env.steps -= cost * len(listed)
    if env.steps < 0:
        raise _TooLong
    outer, pairs = env.row, []
    for row in listed:
        env.row = row
        pairs.append((row, body(env) if body else row))
    env.row = outer
    return pairs


def _some(rows: Code, body: Code, cost: int, env: Env) -> bool:
    return any(is_true(value) for _, value in _each(rows, body, cost, env) or [])


def _every(rows: Code, body: Code, cost: int, env: Env) -> bool:
    return all(is_true(value) for _, value in _each(rows, body, cost, env) or [])


def _filter(rows: Code, body: Code, cost: int, env: Env) -> Value:
    pairs = _each(rows, body, cost, env)
    return None if pairs is None else [row for row, value in pairs if is_true(value)]


def _pluck(rows: Code, body: Code, cost: int, env: Env) -> Value:
    pairs = _each(rows, body, cost, env)
    return None if pairs is None else [value for _, value in pairs]


def _sum(rows: Code, body: Code | None, cost: int, env: Env) -> Value:
    pairs = _each(rows, body, cost, env) or []
    return unfixed(sum(fixed(value) for _, value in pairs if is_number(value)))


def _count(rows: Code, body: Code | None, cost: int, env: Env) -> int:
    return sum(
        1 for _, value in _each(rows, body, cost, env) or [] if body is None or is_true(value)
    )


_ROW_CODE: dict[str, Callable[..., Value]] = {
    "some": _some,
    "every": _every,
    "filter": _filter,
    "pluck": _pluck,
    "sum": _sum,
    "count": _count,
}

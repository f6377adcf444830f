"""Statements whose text is written once: the ORM takes longer over a long one than the database.

    @prepared
    def _waiting(office_id, *, user_id, now):
        return Case.objects.filter(office=office_id, assignee=user_id, due_at__lt=now)

    _waiting(3, user_id=user.pk, now=timezone.now())  # a list

What stands before the star is the shape: hashable, it may change the text, and each one is written
and kept apart. What follows are values: numbers, moments, keys, texts, which fill the same text. The
first call of a shape builds the query set with stand-ins and notes where each of them stands among the
parameters; one that was changed on the way, or put into a text, raises. A function must not decide
anything by a value: what it decides by is shape.
"""

import re
from collections.abc import Callable, Collection
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache, update_wrapper
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from portal.core.counting import keys_text

KEPT = 200  # shapes of one statement
NUMBER = -12345678_5000_0000
# By these a stand-in is known wherever it may have got to, and whatever was added to it.
MARKS = ("-12345678", "9000-01-", "\ue000", "e0f1a2b3-c4d5-4e6f-8a7b-")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d( |$)")


@dataclass(frozen=True)
class Statement:
    """A query set with its text, and the names of the values among its parameters."""

    rows: Any  # the query set
    compiler: SQLCompiler
    sql: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, str], ...]

    def fetch(self, values: dict[str, Any]) -> list[Any]:
        """Return what the database finds; whatever is changed here belongs to this call alone."""
        parameters = list(self.parameters)
        for place, name in self.places:
            parameters[place] = _parameter(values[name])
        compiler = copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_kw: (self.sql, tuple(parameters))  # type: ignore[method-assign]
        query = self.rows.query.__class__.__new__(self.rows.query.__class__)
        query.__dict__ = self.rows.query.__dict__ | {"get_compiler": lambda *_args, **_kw: compiler}
        rows: Any = self.rows.__class__(model=self.rows.model, query=query, using=self.rows.db)
        rows._iterable_class, rows._fields = self.rows._iterable_class, self.rows._fields
        return list(rows)


class Prepared:
    """A function that returns a query set, called for the rows themselves."""

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], *, may_name_days: bool = False
    ) -> None:
        self.build = build
        self.may_name_days = may_name_days
        self.statement = lru_cache(KEPT)(self._write)
        update_wrapper(self, build)

    @cached_property
    def by_choice(self) -> "Prepared":
        """The same statement for shapes that people make up, where days may be chosen.

        It remembers apart: what one person looks for never pushes out what everybody looks at. A
        choice that looks like the stand-in of a value is asked for as it is, and not remembered.
        """
        return Prepared(self.build, may_name_days=True)

    def __call__(self, *shape: Any, **values: Any) -> list[Any]:
        kinds = tuple((name, type(value)) for name, value in values.items())
        try:
            statement = self.statement(shape, kinds)
        except ValueError:
            if not self.may_name_days:  # the function is wrong, not what somebody chose
                raise
            return list(self.build(*shape, **values))
        return statement.fetch(values) if statement else []

    def _write(
        self, shape: tuple[Any, ...], kinds: tuple[tuple[str, type], ...]
    ) -> Statement | None:
        """Return the statement of one shape; None where nothing can be found whatever the values."""
        stand_ins = {name: _stand_in(kind, place) for place, (name, kind) in enumerate(kinds)}
        rows = self.build(*shape, **stand_ins)
        compiler = rows.query.get_compiler(connection=connection)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            return None
        names = {_parameter(value): name for name, value in stand_ins.items()}
        places = tuple(
            (place, names[value]) for place, value in enumerate(parameters) if _is_in(value, names)
        )
        rest = [sql, *(str(one) for one in parameters if not _is_in(one, names))]
        if any(mark in text for text in rest for mark in MARKS):
            raise ValueError(f"{self.build.__qualname__}: a value is changed or hidden in a text")
        kept = [one for one in parameters if not _is_in(one, names)]
        if not self.may_name_days and any(map(_is_moment, kept)):
            raise ValueError(f"{self.build.__qualname__}: a moment must be a value, or it stays")
        if rows._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise ValueError(f"{self.build.__qualname__}: prefetch what was found, not here")
        return Statement(rows, compiler, sql, tuple(parameters), places)


def may_stand_in_a_shape(text: str) -> bool:
    """Whether a text that somebody typed cannot be taken for the stand-in of a value."""
    return not any(mark in text for mark in MARKS)


def prepared(build: Callable[..., QuerySet[Any, Any]]) -> Prepared:
    """Write the statements of `build` once for each shape."""
    return Prepared(build)


def _stand_in(kind: type, place: int) -> Any:
    """Return a value of this kind that no real statement holds."""
    if kind is tuple:
        return (NUMBER - place,)
    if kind is str:
        return f"{MARKS[2]}{place}"
    if kind is UUID:
        return UUID(f"{MARKS[3]}{place:012}")
    if kind is datetime:
        return datetime(9000, 1, 15, microsecond=place, tzinfo=UTC)
    if kind is int:
        return NUMBER - place
    raise TypeError(f"{kind.__name__} is no value of a prepared statement")


def _is_in(parameter: Any, known: Collection[Any]) -> bool:
    return isinstance(parameter, str | int | datetime | UUID) and parameter in known


def _is_moment(parameter: Any) -> bool:
    """Whether it is a time, as a date or as the text that SQLite is given."""
    return isinstance(parameter, date) or (
        isinstance(parameter, str) and bool(MOMENT.match(parameter))
    )


def _parameter(value: Any) -> Any:
    """Return `value` as the database driver is given it."""
    if isinstance(value, tuple):
        return keys_text(value, connection.vendor)
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value

"""Counting that stops, and long lists of keys that stay short: what large tables ask of queries."""

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, F, Func, IntegerField, Subquery, Value


class BoundedCount(Subquery):
    """How many rows a subquery has; slice it, so that counting stays cheap on any number."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) bounded)"
    output_field = IntegerField()


class KeyAmong(Func):
    """`key IN (…)` with all keys in one value.

    Some hundreds of keys in each of ten conditions are thousands of values, and putting them into
    the statement one by one costs more than the statement.
    """

    template = "%(expressions)s"
    arg_joiner = " IN (SELECT value FROM json_each("
    output_field = BooleanField()

    def __init__(self, keys: Iterable[int], name: str = "pk") -> None:
        self.keys = ",".join(str(int(key)) for key in keys)
        super().__init__(F(name), Value(f"[{self.keys}]"))

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        sql, values = super().as_sql(*args, **kwargs)
        return f"{sql}))", values

    def as_postgresql(self, compiler: Any, connection: Any, **kwargs: Any) -> Any:
        sql, values = compiler.compile(self.source_expressions[0])
        return f"{sql} = ANY(%s::bigint[])", [*values, f"{{{self.keys}}}"]

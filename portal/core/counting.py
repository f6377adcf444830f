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
        self.keys = tuple(keys)
        super().__init__(F(name), Value(keys_text(self.keys, "sqlite")))

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        sql, values = super().as_sql(*args, **kwargs)
        return f"{sql}))", values

    def as_postgresql(self, compiler: Any, connection: Any, **kwargs: Any) -> Any:
        sql, values = compiler.compile(self.source_expressions[0])
        return f"{sql} = ANY(%s::bigint[])", [*values, keys_text(self.keys, "postgresql")]


def keys_text(keys: Iterable[int], vendor: str) -> str:
    """Return keys as `KeyAmong` gives them to this database."""
    text = ",".join(str(int(key)) for key in keys)
    return f"{{{text}}}" if vendor == "postgresql" else f"[{text}]"

"""JsonLogic, as Open Forms writes it, in our language. What has no equal is refused by name."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from eservices.formdefs.importers.base import Unsupported
from eservices.formdefs.importers.dates import moved

SAME = {
    "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "and": "and", "or": "or", "!": "not", "if": "if",
    "+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod", "min": "min", "max": "max",
    "cat": "concat", "==": "eq", "===": "eq", "!=": "ne", "!==": "ne", "in": "in",
}  # fmt: skip
ROWS = {"some": "some", "all": "every", "none": "some", "filter": "filter", "map": "pluck"}
MAX_DEPTH = 30
DURATION = re.compile(r"P(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,3})M)?(?:(?P<days>\d{1,4})D)?")


def translate(logic: Any, variable: Callable[[str], Any], depth: int = 0) -> Any:
    """Return `logic` in our language. `variable` gives the expression that reads a name.

    :raises Unsupported:
    """
    if depth > MAX_DEPTH:
        raise Unsupported(_("it is nested too deeply"))
    if isinstance(logic, list):
        return [translate(one, variable, depth + 1) for one in logic]
    if not isinstance(logic, Mapping):
        return logic
    if len(logic) != 1:
        raise Unsupported(_("an operation with several names"))
    name, given = next(iter(logic.items()))
    arguments = given if isinstance(given, list) else [given]
    if name == "var":
        path = str(arguments[0]) if arguments else ""
        return variable(path)
    if name in ROWS:
        return _rows(name, arguments, variable, depth)
    if name == "reduce":
        return _sum(arguments, variable, depth)
    if name in {"+", "-"} and len(arguments) == 2 and (delta := _delta(arguments[1])) is not None:
        start = translate(arguments[0], variable, depth + 1)
        return moved(start, delta, 1 if name == "+" else -1)
    parts = [translate(one, variable, depth + 1) for one in arguments]
    if name == "!!":
        return {"not": [{"not": parts}]}
    if name in {"today", "date", "datetime"}:
        return {"today": []} if name == "today" else {"date": parts[:1]}
    if name in {"<", "<="} and len(parts) == 3:
        return {"and": [{SAME[name]: parts[:2]}, {SAME[name]: parts[1:]}]}
    if name in {"==", "===", "!=", "!=="} and "" in parts:
        rest = next((one for one in parts if one != ""), "")
        return {"empty" if name.startswith("=") else "filled": [rest]}
    if name == "missing":
        return {"or": [{"empty": [variable(str(one))]} for one in arguments]}
    if name in SAME:
        return {SAME[name]: parts}
    raise Unsupported(f"“{name}”")


def _delta(part: Any) -> dict[str, Any] | None:
    """Return the years, months and days of a `rdelta` or a duration (`P18Y`); None for others."""
    if not isinstance(part, Mapping) or len(part) != 1:
        return None
    name, given = next(iter(part.items()))
    values = given if isinstance(given, list) else [given]
    if name == "rdelta":
        return dict(zip(("years", "months", "days"), values, strict=False))
    match = DURATION.fullmatch(str(values[0])) if name == "duration" and values else None
    return {one: int(count) for one, count in match.groupdict().items() if count} if match else None


def _sum(arguments: list[Any], variable: Callable[[str], Any], depth: int) -> dict[str, Any]:
    """Adding one column up is the only `reduce` that forms use."""
    if len(arguments) == 3 and isinstance(arguments[1], Mapping) and not arguments[2]:
        names = [
            str(one.get("var")) for one in arguments[1].get("+") or [] if isinstance(one, Mapping)
        ]
        column = next((one for one in names if one.startswith("current.")), "")
        if set(names) == {"accumulator", column} and column:
            rows = translate(arguments[0], variable, depth + 1)
            return {"sum": [rows, column.removeprefix("current.")]}
    raise Unsupported("“reduce”")


def _rows(
    name: str, arguments: list[Any], variable: Callable[[str], Any], depth: int
) -> dict[str, Any]:
    if len(arguments) != 2:
        raise Unsupported(f"“{name}”")

    def inside(path: str) -> Any:
        return {"var": f"row.{path}" if path else "row"}

    rows = translate(arguments[0], variable, depth + 1)
    body = translate(arguments[1], inside, depth + 1)
    found = {ROWS[name]: [rows, body]}
    return {"not": [found]} if name == "none" else found

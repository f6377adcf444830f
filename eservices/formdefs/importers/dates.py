"""The limits that Open Forms sets to a date: a day, the past, the future, a distance from another date."""

from collections.abc import Callable, Mapping
from typing import Any

TODAY: dict[str, Any] = {"today": []}


def limit(one: Mapping[str, Any], name: str, variable: Callable[[str], Any]) -> Any:
    """Return the first (`min`) or last (`max`) day that a component accepts; None without a limit."""
    special, picker = one.get("openForms"), one.get("datePicker")
    rule = special.get(f"{name}Date") if isinstance(special, Mapping) else None
    mode = rule.get("mode") if isinstance(rule, Mapping) else ""
    if isinstance(rule, Mapping) and mode in {"future", "past"}:
        if rule.get("includeToday"):
            return TODAY
        return {"add_days": [TODAY, 1 if mode == "future" else -1]}
    if isinstance(rule, Mapping) and mode == "relativeToVariable":
        start = TODAY if rule.get("variable") == "now" else variable(str(rule.get("variable")))
        delta = rule.get("delta") if isinstance(rule.get("delta"), Mapping) else {}
        return moved(start, delta or {}, -1 if rule.get("operator") == "subtract" else 1)
    fixed = picker.get(f"{name}Date") if isinstance(picker, Mapping) else None
    return str(fixed)[:10] if fixed and str(fixed)[:4].isdigit() else None


def moved(start: Any, delta: Mapping[str, Any], sign: int) -> Any:
    """Return the expression of a date moved by years, months and days."""
    months = int(delta.get("years") or 0) * 12 + int(delta.get("months") or 0)
    days = int(delta.get("days") or 0)
    found = {"add_months": [start, sign * months]} if months else start
    return {"add_days": [found, sign * days]} if days else found

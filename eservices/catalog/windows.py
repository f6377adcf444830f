"""The campaign of an e-service: from the first minute of a day to the last minute of another."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo


def window_faults(definition: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with `window` and `quota`."""
    faults = []
    window, quota = definition.get("window"), definition.get("quota")
    if window is not None:
        days = [_day(window.get(name)) for name in ("opens", "closes")] if _is_shape(window) else []
        if not days or None in days:
            faults.append("window: give opens and closes as dates, between quotes")
        elif days[0] > days[1]:  # type: ignore[operator]
            faults.append("window: it closes before it opens")
    if quota is not None and not (type(quota) is int and 0 < quota < 10_000_000):
        faults.append("quota: a whole number of requests is expected")
    return faults


def window_moments(window: Mapping[str, Any], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when requests open and close: the last day belongs to the campaign."""
    opens, closes = date.fromisoformat(window["opens"]), date.fromisoformat(window["closes"])
    end = datetime.combine(closes + timedelta(days=1), time(), tzinfo=zone)
    return datetime.combine(opens, time(), tzinfo=zone), end


def _is_shape(window: Any) -> bool:
    return isinstance(window, Mapping) and set(window) == {"opens", "closes"}


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None

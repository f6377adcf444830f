"""Opening hours and closed days as people type them: a line a day, a line a closure."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from portal.accounts import hours
from portal.accounts.models import Office

Closure = tuple[date, date, str]


class HoursField(forms.CharField):
    """The hours of one day: “8:00-12:30, 15:00-18:00”; empty when it is closed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=100, **kwargs)

    def to_python(self, value: Any) -> list[tuple[time, time]]:  # type: ignore[override]
        try:
            return hours.parse(super().to_python(value) or "")
        except hours.BadHours as exc:
            raise forms.ValidationError(str(exc)) from exc

    def run_validators(self, value: Any) -> None:
        """The text was checked by reading it."""

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else hours.as_typed(value or [])


class ClosuresField(forms.CharField):
    """Closed days, one line each: “2026-12-24 2026-12-26 Christmas”."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=4000, **kwargs)

    def to_python(self, value: Any) -> list[Closure]:  # type: ignore[override]
        lines = (super().to_python(value) or "").splitlines()
        return [_closure(line) for line in lines if line.strip()]

    def run_validators(self, value: Any) -> None:
        """The text was checked by reading it."""

    def prepare_value(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        return "\n".join(f"{a:%Y-%m-%d} {b:%Y-%m-%d} {why}".strip() for a, b, why in value or [])


def hours_fields(office: Office | None) -> dict[str, forms.Field]:
    """Return a field for each day of the week and one for the closed days of `office`."""
    known = office if office is not None and office.pk else None
    week = hours.week_of(known) if known else {}
    fields: dict[str, forms.Field] = {
        f"hours_{day}": HoursField(
            label=str(WEEKDAYS[day]).capitalize(),
            initial=week.get(day, []),
            help_text=_("Such as 8:00-12:30, 15:00-18:00. Empty: closed.") if day == 0 else "",
        )
        for day in range(7)
    }
    fields["closures"] = ClosuresField(
        label=_("Closed days"),
        initial=[(c.first, c.last, c.reason) for c in known.closures.all()] if known else [],
        help_text=_("One line each: first day, last day, reason: 2026-12-24 2026-12-26 Christmas"),
    )
    return fields


def week_typed(cleaned: dict[str, Any]) -> dict[int, list[tuple[time, time]]]:
    return {day: cleaned.get(f"hours_{day}") or [] for day in range(7)}


def _closure(line: str) -> Closure:
    first, _space, rest = line.strip().partition(" ")
    last, _space, reason = rest.strip().partition(" ")
    try:
        start = date.fromisoformat(first)
        try:
            end = date.fromisoformat(last)
        except ValueError:
            end, reason = start, rest  # one day, then its reason
    except ValueError as exc:
        text = _("“%(line)s”: begin with a date such as 2026-12-24.") % {"line": line.strip()[:40]}
        raise forms.ValidationError(text) from exc
    if end < start:
        text = _("“%(line)s”: the last day is before the first one.") % {"line": line.strip()[:40]}
        raise forms.ValidationError(text)
    return start, end, reason.strip()[:160]

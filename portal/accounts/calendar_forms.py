"""Forms of the administration: working weeks, as boxes to tick."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from portal.core.models import WeekChange, WorkCalendar


class WeekField(forms.MultipleChoiceField):
    """The days of a week, kept as digits: 0 is Monday."""

    def __init__(self, **options: Any) -> None:
        choices = [(str(digit), name) for digit, name in WEEKDAYS.items()]
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, **options)

    def prepare_value(self, value: str | Iterable[str] | None) -> list[str]:
        return list(value or "")

    def clean(self, value: Any) -> str:  # type: ignore[override]
        return "".join(sorted(super().clean(value)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return sorted(initial or "") != sorted(data or [])


class WorkCalendarForm(forms.ModelForm):
    weekdays = WeekField(
        label=_("Working days"),
        help_text=_(
            "Does the week change from a day on? Leave this as it is and enter the new week under “Changes of week”."
        ),
    )

    class Meta:
        model = WorkCalendar
        fields = ["code", "name", "weekdays"]


class WeekChangeForm(forms.ModelForm):
    weekdays = WeekField(
        label=_("Working days of the new week"),
        help_text=_(
            "Deadlines of open requests are worked out anew within five minutes; their history says why."
        ),
    )

    class Meta:
        model = WeekChange
        fields = ["calendar", "starts_on", "weekdays"]

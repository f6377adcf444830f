"""Dates and times.

A date is asked as three short boxes, day month year, never with the browser's calendar: a birth in
1948 is five hundred taps away in the picker of a cheap phone, its digits and its order follow the
phone's language and not the page's, and old people copy what stands on their paper. Boxes work
without JavaScript, with the number pad, with the figures of any script, and a month may be a name.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.formdefs.controls import Control, join, tag
from eservices.formdefs.reading import ascii_digits, fold, read_whole
from eservices.formdefs.spec import FieldSpec, Question, State
from eservices.formdefs.types import settings as s
from eservices.formdefs.types.base import FieldType, Invalid, register
from eservices.formdefs.types.settings import Setting
from portal.core.expressions import dates

MONTHS = (
    "janvier january يناير جانفي; fevrier february فبراير فيفري; mars march مارس; avril april أبريل افريل; "
    "mai may مايو ماي; juin june يونيو جوان; juillet july يوليو جويلية; aout august أغسطس اوت; "
    "septembre september سبتمبر; octobre october أكتوبر; novembre november نوفمبر; "
    "decembre december ديسمبر"
)
MONTH_NAMES = {
    fold(name): number
    for number, names in enumerate(MONTHS.split(";"), start=1)
    for name in names.split()
}


def read_month(text: str) -> int | None:
    """Return the month that `text` names, in figures or letters; None otherwise."""
    number = read_whole(text)
    if number is not None:
        return number
    name = fold(text.strip())
    return MONTH_NAMES.get(name) or next(
        (n for full, n in MONTH_NAMES.items() if len(name) >= 3 and full.startswith(name)), None
    )


@register
class Date(FieldType):
    key = "date"
    label = gettext_lazy("Date")
    description = gettext_lazy("Day, month and year in three boxes.")
    family = "date"
    settings: ClassVar[tuple[Setting, ...]] = (s.FIRST_DAY, s.LAST_DAY, s.BIRTH)
    many = True
    reader = "date"
    parts: tuple[str, ...] = ("d", "m", "y")

    def read(self, data: Mapping[str, Any], name: str) -> Any:
        if isinstance(data.get(name), str):
            return self.to_raw(data[name])
        raw = {part: str(data.get(f"{name}.{part}") or "")[:20] for part in self.parts}
        return raw if any(f"{name}.{part}" in data for part in self.parts) else None

    def is_blank(self, raw: Any) -> bool:
        return not isinstance(raw, Mapping) or not any(
            isinstance(value, str) and value.strip() for value in raw.values()
        )

    def to_raw(self, value: Any) -> Any:
        if not isinstance(value, str):
            return None
        year, month, day = [*value.split("-"), "", ""][:3]
        return {"d": day.lstrip("0")[:20], "m": month.lstrip("0")[:20], "y": year[:20]}

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        day, month, year = (str(raw.get(part) or "").strip() for part in "dmy")
        if not (day and month and year):
            raise Invalid(_("Write the day, the month and the year, for example 5 3 1987."))
        return self.checked(field, self.whole_date(day, month, year), state)

    def whole_date(self, day: str, month: str, year: str) -> str:
        numbers = read_whole(year), read_month(month), read_whole(day)
        if None in numbers or len(ascii_digits(year)) != 4:
            raise Invalid(_("Write the date in figures, with four figures for the year."))
        try:
            return date(*numbers).isoformat()  # type: ignore[arg-type]
        except ValueError:
            raise Invalid(_("This date does not exist: check the day and the month.")) from None

    def checked(self, field: FieldSpec, value: str, state: State) -> str:
        """Return `value` when it lies between the bounds. A partial one may lie partly outside."""
        day = dates.parse(value)
        first = day and day.replace(month=1, day=1) if len(value) == 4 else day
        for name, message in (
            ("min", _("Give a date from %s on.")),
            ("max", _("Give a date up to %s.")),
        ):
            bound = state.value(field.expressions[name]) if name in field.expressions else None
            limit = dates.parse(bound)
            if limit is None or day is None or first is None:
                continue
            if (day < limit) if name == "min" else (first > limit):
                raise Invalid(message % date_format(limit))
        return value

    def echo(self, field: FieldSpec) -> int:
        return 20

    def control(self, question: Question, control: Control) -> SafeString:
        raw = question.raw if isinstance(question.raw, Mapping) else {}
        labels = {"d": _("Day"), "m": _("Month"), "y": _("Year")}
        boxes = []
        for index, part in enumerate("dmy"):
            element_id = f"{control.id}-{part}" if index else control.id
            attributes = control.attributes(
                suffix=f".{part}",
                id=element_id,
                class_=f"g-input g-input--{'year' if part == 'y' else 'day'}",
                type="text",
                # Letters stay possible in the month: people who write "mars" are understood.
                inputmode="numeric",
                maxlength="20",
                size="4" if part == "y" else "2",
                value=str(raw.get(part) or "")[:20],
                dir="ltr",
                aria_describedby=None,
                autocomplete=self.hint(question.field, part),
            )
            label = tag("label", {"class": "g-small", "for": element_id}, labels[part])
            boxes.append(tag("div", {}, label, " ", tag("input", attributes)))
        return tag("div", {"class": "g-cluster"}, *boxes)

    def hint(self, field: FieldSpec, part: str) -> str:
        names = {"d": "bday-day", "m": "bday-month", "y": "bday-year"}
        return names[part] if field.config.get("birth") else "off"

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        day = dates.parse(value) if isinstance(value, str) and len(value) == 10 else None
        return date_format(day) if day else str(value or "")

    def to_search(self, field: FieldSpec, value: Any) -> str:
        return str(value or "")

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


@register
class PartialDate(Date):
    """A date, or its year alone ("né vers 1964"), or month and year where `precision` is month."""

    key = "partial_date"
    label = gettext_lazy("Date or year")
    description = gettext_lazy("For people who know only the year of their birth.")
    settings = (
        *Date.settings,
        s.one_of(
            "precision",
            gettext_lazy("What may be left out"),
            ("year", gettext_lazy("Day and month together")),
            ("month", gettext_lazy("Also the day alone")),
        ),
    )

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        day, month, year = (str(raw.get(part) or "").strip() for part in "dmy")
        if day and month and year:
            return self.checked(field, self.whole_date(day, month, year), state)
        number = read_whole(year) or 0
        if not 1000 <= number <= 9999:
            raise Invalid(_("Write at least the year, with four figures."))
        if day or (month and field.config.get("precision") != "month"):
            raise Invalid(_("Write the whole date, or the year alone."))
        if not month:
            return self.checked(field, str(number), state)
        if not 1 <= (read_month(month) or 0) <= 12:
            raise Invalid(_("Check the month: write a number from 1 to 12."))
        return self.checked(field, f"{number}-{read_month(month):02}", state)

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        text = str(value or "")
        if len(text) == 4 and text.isdigit():
            return _("around %s") % text if field.config.get("birth") else text
        if len(text) == 7 and (month := dates.parse(text)):
            return date_format(month, "F Y")
        return super().to_text(field, value, language)

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?$"}


@register
class Time(FieldType):
    key = "time"
    label = gettext_lazy("Time of day")
    family = "date"

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        match = re.fullmatch(
            r"([0-9]{1,2})\s*(?:[:hH.]\s*([0-9]{2})?)?", ascii_digits(raw[:20].strip())
        )
        if match is None or int(match[1]) > 23 or int(match[2] or 0) > 59:
            raise Invalid(_("Write a time like 08:30."))
        return f"{int(match[1]):02}:{int(match[2] or 0):02}"

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        return {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}

    def echo(self, field: FieldSpec) -> int:
        return 20

    def control(self, question: Question, control: Control) -> SafeString:
        raw = question.raw[:20] if isinstance(question.raw, str) else ""
        return control.input(type="time", class_="g-input g-input--short", value=raw)


@register
class DateTime(Date):
    key = "date_time"
    label = gettext_lazy("Date and time")
    settings = (s.FIRST_DAY, s.LAST_DAY)
    parts = ("d", "m", "y", "t")

    def to_raw(self, value: Any) -> Any:
        if not isinstance(value, str):
            return None
        day, _sep, time = value.partition("T")
        return {**super().to_raw(day), "t": time[:20]}

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        day = super().clean(field, raw, state)
        return f"{day}T{FIELD_TIME.clean(field, str(raw.get('t') or ''), state)}"

    def control(self, question: Question, control: Control) -> SafeString:
        raw = question.raw if isinstance(question.raw, Mapping) else {}
        element_id = f"{control.id}-t"
        label = tag("label", {"class": "g-small", "for": element_id}, _("Time"))
        attributes = control.attributes(
            suffix=".t", id=element_id, class_="g-input g-input--short", type="time",
            value=str(raw.get("t") or "")[:20], aria_describedby=None,
        )  # fmt: skip
        return join([super().control(question, control), label, " ", tag("input", attributes)])

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        day, time = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "([01][0-9]|2[0-3]):[0-5][0-9]"
        return {"type": "string", "pattern": f"^{day}T{time}$"}

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        day, _sep, time = str(value or "").partition("T")
        return f"{super().to_text(field, day, language)} {time}".strip()


FIELD_TIME = Time()

"""Calendars of working days, counters that never skip, and the face of the portal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core import calendars
from portal.core.texts import pick

WEEK = RegexValidator(r"^[0-6]+$")


@dataclass(frozen=True)
class WorkingDays:
    """The weeks and the holidays of a calendar, read once."""

    weeks: Sequence[calendars.Week]
    holidays: frozenset[date]


class WorkCalendar(models.Model):
    """The working week and the holidays that an office follows."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    weekdays = models.CharField(
        _("working days"),
        max_length=7,
        default="01234",
        validators=[WEEK],
        help_text=_("Digits: 0 is Monday, 6 is Sunday."),
    )

    class Meta:
        verbose_name = _("work calendar")
        verbose_name_plural = _("work calendars")

    def __str__(self) -> str:
        return self.name

    def deadline(self, start: datetime, working_days: int) -> datetime:
        """Return when `working_days` after `start` end, in the time zone of `start`."""
        known = self._days()
        return calendars.add_working_days(
            start, working_days, weeks=known.weeks, holidays=known.holidays
        )

    def working_days_between(self, start: date, end: date) -> int:
        known = self._days()
        return calendars.working_days_between(
            start, end, weeks=known.weeks, holidays=known.holidays
        )

    @property
    def week_text(self) -> str:
        """Return the week in force today, in words."""
        return calendars.days_in_words(self.weekdays_on(timezone.localdate()))

    def weekdays_on(self, day: date) -> frozenset[int]:
        """Return the days of the week worked on `day`."""
        return calendars.week_on(day, self.weeks())

    def weeks(self) -> list[calendars.Week]:
        """Return the weeks, each with its first day; `week_changes` may be prefetched."""
        return self._weeks([(one.starts_on, one.weekdays) for one in self.week_changes.all()])

    def _days(self) -> WorkingDays:
        """Return all that deadlines depend on, in one query."""
        off = self.holidays.order_by().annotate(week=models.Value("")).values_list("day", "week")
        changes = self.week_changes.order_by().values_list("starts_on", "weekdays")
        rows = list(off.union(changes, all=True))
        weeks = self._weeks([(day, digits) for day, digits in rows if digits])
        return WorkingDays(weeks, frozenset(day for day, digits in rows if not digits))

    def _weeks(self, changes: Sequence[tuple[date, str]]) -> list[calendars.Week]:
        rows = [(date.min, self.weekdays), *sorted(changes)]
        return [calendars.week(day, digits) for day, digits in rows]


class WeekChange(models.Model):
    """From a day on, the offices of a calendar work other days of the week."""

    calendar = models.ForeignKey(
        WorkCalendar,
        on_delete=models.CASCADE,
        related_name="week_changes",
        verbose_name=_("calendar"),
    )
    starts_on = models.DateField(_("first day of the new week"))
    weekdays = models.CharField(_("working days"), max_length=7, validators=[WEEK])

    class Meta:
        verbose_name = _("change of week")
        verbose_name_plural = _("changes of week")
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "starts_on"],
                name="week_change_unique",
                violation_error_message=_("Another week begins on this day already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on}: {self.week_text}"

    @property
    def week_text(self) -> str:
        return calendars.days_in_words(int(digit) for digit in self.weekdays)


class Holiday(models.Model):
    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="holiday_unique")]

    def __str__(self) -> str:
        return f"{self.day}: {self.name}"


class Counter(models.Model):
    """The last number given in a series that must have neither gap nor duplicate."""

    series = models.CharField(max_length=120, unique=True)
    value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}: {self.value}"


HEX_COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write a colour such as #26317c."))


class Brand(models.Model):
    """The name, crest, colours and letters that a country gives its portal. One row, or none."""

    class Letters(models.TextChoices):
        SYSTEM = "system", _("Those of the reader's telephone")
        HUMANIST = "humanist", _("Open and round")
        SERIF = "serif", _("With serifs")

    class Corners(models.TextChoices):
        SOFT = "soft", _("Slightly rounded")
        SQUARE = "square", _("Square")
        ROUND = "round", _("Round")

    only = models.BooleanField(default=True, editable=False, unique=True)
    name = models.JSONField(_("name of the portal"), default=dict)
    tagline = models.JSONField(_("line under the name"), default=dict, blank=True)
    crest = models.BinaryField(
        _("crest"), blank=True, default=b""
    )  # PNG, small enough to keep here
    colour = models.CharField(
        _("main colour"), max_length=7, default="#26317c", validators=[HEX_COLOUR]
    )
    accent = models.CharField(
        _("second colour"), max_length=7, default="#f4b63f", validators=[HEX_COLOUR]
    )
    letters = models.CharField(
        _("letters"), max_length=10, choices=Letters.choices, default=Letters.SYSTEM
    )
    corners = models.CharField(
        _("corners"), max_length=10, choices=Corners.choices, default=Corners.SOFT
    )

    class Meta:
        verbose_name = _("face of the portal")
        verbose_name_plural = _("face of the portal")
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="brand_only_one")]

    def __str__(self) -> str:
        return pick(self.name)

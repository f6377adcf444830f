"""Calendars of working days, and counters that never skip."""

from datetime import date, datetime

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import calendars


class WorkCalendar(models.Model):
    """The working week and the holidays that an office follows."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    weekdays = models.CharField(
        _("working days"),
        max_length=7,
        default="01234",
        validators=[RegexValidator(r"^[0-6]+$")],
        help_text=_("Digits: 0 is Monday, 6 is Sunday."),
    )

    class Meta:
        verbose_name = _("work calendar")
        verbose_name_plural = _("work calendars")

    def __str__(self) -> str:
        return self.name

    def deadline(self, start: datetime, working_days: int) -> datetime:
        """Return when `working_days` after `start` end, in the time zone of `start`."""
        return calendars.add_working_days(
            start, working_days, weekdays=self._weekdays(), holidays=self._holidays()
        )

    def working_days_between(self, start: date, end: date) -> int:
        return calendars.working_days_between(
            start, end, weekdays=self._weekdays(), holidays=self._holidays()
        )

    def _weekdays(self) -> frozenset[int]:
        return frozenset(int(digit) for digit in self.weekdays)

    def _holidays(self) -> frozenset[date]:
        return frozenset(self.holidays.values_list("day", flat=True))


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

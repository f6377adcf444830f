"""Calendars of working days, counters that never skip, and the face of the portal."""

from datetime import date, datetime

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import calendars
from portal.core.texts import pick


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

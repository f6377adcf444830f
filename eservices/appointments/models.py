"""Counters that give appointments, and who has which slot."""

from datetime import timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts import hours
from portal.accounts.models import Office
from portal.core.texts import pick


def check_hours(text: str) -> None:
    try:
        hours.parse(text)
    except hours.BadHours as exc:
        raise ValidationError(str(exc)) from exc


class Resource(models.Model):
    """A counter, a room, a machine: so many people at once, during working hours."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("office")
    )
    title = models.JSONField(_("name"), default=dict, blank=True)  # empty: the office's name
    hours = models.CharField(
        _("hours of a working day"),
        max_length=120,
        blank=True,
        validators=[check_hours],
        help_text=_("For example: 8:00-12:00, 14:00-16:00. Empty: those of the office."),
    )
    minutes = models.PositiveSmallIntegerField(_("minutes for each person"), default=20)
    capacity = models.PositiveSmallIntegerField(_("people at the same time"), default=1)
    days_ahead = models.PositiveSmallIntegerField(_("days open for booking"), default=21)
    notice_hours = models.PositiveSmallIntegerField(_("hours of notice"), default=24)
    hold_minutes = models.PositiveSmallIntegerField(_("minutes a slot is kept aside"), default=20)
    most_moves = models.PositiveSmallIntegerField(_("times it may be moved"), default=2)
    is_active = models.BooleanField(_("open"), default=True)

    class Meta:
        verbose_name = _("counter with appointments")
        verbose_name_plural = _("counters with appointments")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=480, capacity__gte=1, capacity__lte=200)
                & Q(days_ahead__gte=1, days_ahead__lte=180, hold_minutes__gte=1),
                name="appointment_resource_sane",
                violation_error_message=_("From 5 to 480 minutes, 1 to 200 people, 1 to 180 days."),
            )
        ]

    def __str__(self) -> str:
        return self.name_in("fr")

    def name_in(self, language: str | None = None) -> str:
        return pick(self.title, language) or self.office.name_in(language)


class BookingStatus(models.TextChoices):
    HELD = "held", _("Kept aside")
    BOOKED = "booked", _("Booked")
    RELEASED = "released", _("Given back")
    HONOURED = "honoured", _("The person came")
    MISSED = "missed", _("The person did not come")


ACTIVE = (BookingStatus.HELD, BookingStatus.BOOKED)
ON_THE_DAY = (BookingStatus.BOOKED, BookingStatus.HONOURED, BookingStatus.MISSED)


class BookingQuerySet(models.QuerySet["Booking"]):
    def active(self) -> Self:
        """Slots that nobody else may have now."""
        return self.filter(
            Q(status=BookingStatus.BOOKED)
            | Q(status=BookingStatus.HELD, held_until__gte=timezone.now())
        )

    def of(self, holder: str) -> Self:
        return self.filter(holder=holder)

    def forgotten(self) -> Self:
        return self.filter(status=BookingStatus.HELD, held_until__lt=timezone.now())


class Booking(models.Model):
    """One seat of one slot. Two people cannot have the same: the database itself forbids it."""

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="bookings")
    starts_at = models.DateTimeField(_("starts"))
    seat = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=BookingStatus.choices)
    # "draft:<uuid>" or "case:<uuid>": this layer does not know who books, only the key.
    holder = models.CharField(max_length=80, db_index=True)
    person = models.CharField(max_length=80, blank=True)  # one active booking for each, if told
    held_until = models.DateTimeField(null=True)
    moves = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["starts_at", "seat"]
        indexes = [models.Index(fields=["resource", "starts_at"], name="booking_slot")]
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "starts_at", "seat"],
                condition=Q(status__in=["held", "booked"]),
                name="booking_seat_unique",
            ),
            models.UniqueConstraint(
                fields=["resource", "holder"],
                condition=Q(status__in=["held", "booked"]),
                name="booking_one_per_holder",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["held", "booked", "released", "honoured", "missed"]),
                name="booking_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="held") | Q(held_until__isnull=False),
                name="booking_held_until_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource.code} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self):  # type: ignore[no-untyped-def]
        return self.starts_at + timedelta(minutes=self.resource.minutes)

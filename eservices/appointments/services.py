"""Slots: what is free, keeping one aside, booking it, moving it, giving it back."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.appointments.errors import SlotTaken, TooEarly, TooLate
from eservices.appointments.models import ON_THE_DAY, Booking, BookingStatus, Resource
from portal.accounts import hours
from portal.accounts.hours import Stretch
from portal.core import calendars
from portal.core.models import Holiday
from portal.outbox.services import publish

USUAL_DAY = "8:00-12:00"
CANCEL_BEFORE = timedelta(hours=24)


@dataclass(frozen=True)
class FreeSlot:
    starts_at: datetime  # in the time zone of the office
    free: int


# --- What is free ------------------------------------------------------------------------------
def find_resource(code: str) -> Resource | None:
    return (
        Resource.objects.filter(code=code, is_active=True)
        .select_related("office__calendar")
        .prefetch_related("office__hours", "office__closures")
        .first()
    )


def free_slots(resource: Resource, *, holder: str = "") -> list[FreeSlot]:
    """Return the slots that can be booked, soonest first; that of `holder` counts as free for him."""
    active = resource.bookings.active().filter(starts_at__gte=timezone.now())
    taken = Counter(active.exclude(holder=holder).values_list("starts_at", flat=True))
    return [
        FreeSlot(moment, resource.capacity - taken[moment])
        for moment in _moments(resource)
        if taken[moment] < resource.capacity
    ]


def _moments(resource: Resource) -> Iterator[datetime]:
    """Go through the slots of the days open for booking: working hours, holidays left out."""
    zone = ZoneInfo(resource.office.time_zone)
    soonest = timezone.now() + timedelta(hours=resource.notice_hours)
    first = timezone.now().astimezone(zone).date()
    hours_on, closed = _week(resource), _closed(resource, first, resource.days_ahead)
    for offset in range(resource.days_ahead + 1):
        day = first + timedelta(days=offset)
        stretches = [] if day in closed else hours_on(day)
        yield from (m for m in _cut(resource, day, stretches, zone) if m >= soonest)


def _slots_of(resource: Resource, day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """Go through all slots of one day, past ones too."""
    if day not in _closed(resource, day, 0):
        yield from _cut(resource, day, _week(resource)(day), zone)


def _cut(
    resource: Resource, day: date, stretches: Iterable[Stretch], zone: ZoneInfo
) -> Iterator[datetime]:
    for opens, closes in stretches:
        moment = datetime.combine(day, opens, tzinfo=zone)
        end = datetime.combine(day, closes, tzinfo=zone)
        while moment + timedelta(minutes=resource.minutes) <= end:
            yield moment
            moment += timedelta(minutes=resource.minutes)


def _week(resource: Resource) -> Callable[[date], list[Stretch]]:
    """Return what gives the hours of a day, holidays apart."""
    office = resource.office
    of_office = dict(hours.week_of(office))
    if of_office and not resource.hours:
        return lambda day: of_office.get(day.weekday(), [])
    stretches, weeks = hours.parse(resource.hours or USUAL_DAY), office.calendar.weeks()
    return lambda day: stretches if day.weekday() in calendars.week_on(day, weeks) else []


def _closed(resource: Resource, first: date, days_ahead: int) -> set[date]:
    office, last = resource.office, first + timedelta(days=days_ahead)
    days = set(
        Holiday.objects.filter(
            calendar_id=office.calendar_id, day__range=(first, last)
        ).values_list("day", flat=True)
    )
    for closure in office.closures.all():
        day = max(closure.first, first)
        while day <= min(closure.last, last):
            days.add(day)
            day += timedelta(days=1)
    return days


# --- Keeping and booking -----------------------------------------------------------------------
def hold(code: str, starts_at: datetime, *, holder: str, person: str = "") -> Booking:
    """Keep a slot aside for `holder`; asked again, it is kept longer; another one replaces it.

    :raises SlotTaken: when it is no slot, nobody's turn is left, or the person has one already.
    """
    try:
        with transaction.atomic():
            resource = _locked(code)
            if resource is None or starts_at not in set(_moments(resource)):
                raise SlotTaken(_("Choose a slot of the list."))
            _refuse_second(resource, person, holder)
            resource.bookings.forgotten().update(status=BookingStatus.RELEASED)
            until = timezone.now() + timedelta(minutes=resource.hold_minutes)
            mine = resource.bookings.active().of(holder).first()
            booking = mine or Booking(resource=resource, holder=holder)
            if mine is None or mine.starts_at != starts_at:
                booking.seat = _free_seat(resource, starts_at)
            booking.starts_at, booking.person = starts_at, person[:80]
            if booking.status != BookingStatus.BOOKED:
                booking.status, booking.held_until = BookingStatus.HELD, until
            booking.save()
            return booking
    except IntegrityError as exc:  # the database is the last judge
        raise SlotTaken(_taken_text()) from exc


def _locked(code: str) -> Resource | None:
    # One lock for each counter: whoever books there waits his turn, a few milliseconds.
    Resource.objects.select_for_update().filter(code=code, is_active=True).first()
    return find_resource(code)


def _free_seat(resource: Resource, starts_at: datetime) -> int:
    active = resource.bookings.active().filter(starts_at=starts_at)
    taken = set(active.values_list("seat", flat=True))
    free = [seat for seat in range(resource.capacity) if seat not in taken]
    if not free:
        raise SlotTaken(_taken_text())
    return free[0]


def _refuse_second(resource: Resource, person: str, holder: str) -> None:
    if not person:
        return
    others = Booking.objects.filter(
        person=person, status=BookingStatus.BOOKED, starts_at__gte=timezone.now(),
        resource__office__country=resource.office.country,
    ).exclude(holder=holder)  # fmt: skip
    if others.exists():
        raise SlotTaken(
            _(
                "This person already has an appointment. Move or cancel it before taking another one."
            )
        )


def _taken_text() -> str:
    return _("Somebody has just taken this slot. Choose another one.")


def is_available(code: str, starts_at: datetime, *, holder: str) -> bool:
    """Whether `holder` has this slot, or could still have it. Reads only."""
    active = Booking.objects.active().filter(resource__code=code, starts_at=starts_at)
    if active.of(holder).exists():
        return True
    resource = find_resource(code)
    if resource is None or starts_at not in set(_moments(resource)):
        return False
    return active.count() < resource.capacity


@transaction.atomic
def book(*, holder: str, to: str, wanted: list[tuple[str, datetime, str]]) -> list[Booking]:
    """Turn what `holder` keeps aside into appointments of `to`: all that is `wanted`, nothing else.

    A slot whose time ran out is taken again if it is still free. :raises SlotTaken: otherwise.
    """
    booked = []
    for code, starts_at, person in wanted:
        booking = hold(code, starts_at, holder=holder, person=person)
        booking.status, booking.holder, booking.held_until = BookingStatus.BOOKED, to, None
        booking.save(update_fields=["status", "holder", "held_until"])
        booked.append(booking)
    Booking.objects.of(holder).filter(status=BookingStatus.HELD).update(
        status=BookingStatus.RELEASED
    )
    return booked


def booked_for(holder: str) -> Booking | None:
    """Return the next appointment of `holder`; None when there is none."""
    booked = Booking.objects.of(holder).filter(status=BookingStatus.BOOKED)
    return booked.select_related("resource__office__calendar").first()


def missed_by(holder: str) -> Booking | None:
    """Return the appointment that `holder` missed and may replace, once; None when there is none."""
    mine = Booking.objects.of(holder).select_related("resource__office__calendar")
    missed = mine.filter(status=BookingStatus.MISSED)
    stands = mine.filter(status__in=[BookingStatus.BOOKED, BookingStatus.HONOURED])
    return missed.first() if missed.count() == 1 and not stands.exists() else None


# --- Afterwards --------------------------------------------------------------------------------
@transaction.atomic
def move(booking: Booking, starts_at: datetime) -> Booking:
    """Give `booking` another slot. :raises TooLate: :raises SlotTaken:"""
    _refuse_late(booking)
    if booking.moves >= booking.resource.most_moves:
        raise TooLate(_("This appointment was already moved as often as possible."))
    moved = hold(booking.resource.code, starts_at, holder=booking.holder, person=booking.person)
    moved.moves = booking.moves + 1
    moved.save(update_fields=["moves"])
    return moved


@transaction.atomic
def cancel(booking: Booking) -> None:
    """Give the slot back at the citizen's wish. :raises TooLate:"""
    _refuse_late(booking)
    release(booking.holder)


@transaction.atomic
def book_again(missed: Booking, starts_at: datetime) -> Booking:
    """Book another slot for who did not come, free of charge, once. :raises TooLate: :raises SlotTaken:"""
    _locked(missed.resource.code)
    if missed_by(missed.holder) != missed:
        raise TooLate(_("A missed appointment is replaced once: call the office."))
    (booking,) = book(
        holder=missed.holder,
        to=missed.holder,
        wanted=[(missed.resource.code, starts_at, missed.person)],
    )
    return booking


def _refuse_late(booking: Booking) -> None:
    if booking.starts_at - timezone.now() < CANCEL_BEFORE:
        raise TooLate(_("Less than 24 hours are left: call the office."))


def release(holder: str) -> int:
    """Give back every slot of `holder`; return how many."""
    return (
        Booking.objects.of(holder)
        .filter(status__in=[BookingStatus.HELD, BookingStatus.BOOKED])
        .update(status=BookingStatus.RELEASED)
    )


def release_forgotten() -> int:
    return Booking.objects.forgotten().update(status=BookingStatus.RELEASED)


@transaction.atomic
def note_presence(booking: Booking, *, came: bool | None) -> Booking:
    """Write down, from the day on, whether the person came; None takes the word back.

    :raises TooEarly: the day has not come. :raises Booking.DoesNotExist: it was given back.
    :raises SlotTaken: the word is taken back and the person has another appointment meanwhile.
    """
    noted = Booking.objects.select_for_update(of=("self",)).select_related("resource__office")
    locked = noted.get(pk=booking.pk, status__in=ON_THE_DAY)
    zone = ZoneInfo(locked.resource.office.time_zone)
    if locked.starts_at.astimezone(zone).date() > timezone.now().astimezone(zone).date():
        raise TooEarly(_("The day of this appointment has not come."))
    if came is None and booked_for(locked.holder) not in (None, locked):
        raise SlotTaken(_("This person has taken another appointment since."))
    words = {True: BookingStatus.HONOURED, False: BookingStatus.MISSED, None: BookingStatus.BOOKED}
    locked.status = words[came]
    locked.save(update_fields=["status"])
    if came is False:
        publish("appointment.missed", booking_id=locked.pk)
    return locked


def on_day(offices: Iterable[int], day: date) -> list[tuple[Resource, list[Booking], int]]:
    """Return each open counter of these offices with who is expected on `day`, and its places."""
    counters = (
        Resource.objects.filter(office__in=offices, is_active=True)
        .select_related("office__calendar")
        .prefetch_related("office__hours", "office__closures")
    )
    found = []
    for resource in counters:
        zone = ZoneInfo(resource.office.time_zone)
        begins = datetime.combine(day, time.min, tzinfo=zone)
        expected = resource.bookings.filter(
            status__in=ON_THE_DAY, starts_at__gte=begins, starts_at__lt=begins + timedelta(days=1)
        )
        slots = sum(1 for _moment in _slots_of(resource, day, zone))
        found.append((resource, list(expected), slots * resource.capacity))
    return found

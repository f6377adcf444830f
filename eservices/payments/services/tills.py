"""The till of a cashier: counted at the start, counted at the end, and what is missing explained."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.payments.errors import TillRefused
from eservices.payments.models import TillSession
from portal.accounts.models import Office, User
from portal.audit import services as audit
from portal.core.money import COUNTRIES


def current_till(cashier: User, office: Office) -> TillSession | None:
    """Return the till that `cashier` has open in `office`."""
    return TillSession.objects.filter(cashier=cashier, office=office, closed_at=None).first()


@transaction.atomic
def open_till(*, cashier: User, office: Office, counted: int) -> TillSession:
    """Begin a day with what was counted in the drawer. :raises TillRefused: it is open already."""
    Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    if current_till(cashier, office):
        raise TillRefused(_("Your till is open already."))
    till = TillSession.objects.create(
        office=office, cashier=cashier, currency=till_currency(office), opening=counted
    )
    audit.record(
        "till.opened",
        actor=cashier,
        office=office.code,
        subject=str(till.pk),
        details={"opening": counted, "currency": till.currency},
    )
    return till


def held(*, cashier: User, office: Office) -> TillSession:
    """Return, locked, the till into which money goes now; nobody having counted, it began empty.

    Runs in the transaction of the payment, so that no money falls between two tills.
    """
    found = TillSession.objects.select_for_update(of=("self",)).filter(
        cashier=cashier, office=office, closed_at=None
    )
    return found.first() or open_till(cashier=cashier, office=office, counted=0)


def expected_in(till: TillSession) -> int:
    """Return what the drawer should hold: what it began with and what was taken into it."""
    own = till.attempts.filter(currency=till.currency)
    return till.opening + (own.aggregate(total=Sum("amount"))["total"] or 0)


@transaction.atomic
def close_till(till: TillSession, *, counted: int, note: str = "") -> TillSession:
    """End a day with what was counted. :raises TillRefused: a difference that nobody explains."""
    locked = TillSession.objects.select_for_update(of=("self",)).get(pk=till.pk)
    if locked.closed_at is not None:
        raise TillRefused(_("This till is closed already."))
    locked.expected, locked.counted = expected_in(locked), counted
    locked.note, locked.closed_at = note.strip()[:500], timezone.now()
    if locked.difference and not locked.note:
        raise TillRefused(_("Say why the till does not hold what it should."))
    locked.save()
    audit.record(
        "till.closed",
        actor=locked.cashier,
        office=locked.office.code,
        subject=str(locked.pk),
        details={
            "expected": locked.expected,
            "counted": counted,
            "difference": locked.difference,
            "currency": locked.currency,
        },
    )
    return locked


def tills_of_day(office: Office, day: date) -> Sequence[TillSession]:
    """Return the tills open in `office` on `day` of its own clock, one that was left open included."""
    start = datetime.combine(day, time.min, tzinfo=ZoneInfo(office.time_zone))
    end = start + timedelta(days=1)
    rows = TillSession.objects.filter(
        Q(closed_at=None) | Q(closed_at__gte=start), office=office, opened_at__lt=end
    )
    return list(rows.select_related("cashier"))


def till_currency(office: Office) -> str:
    """Return what notes and coins the tills of this office hold."""
    return COUNTRIES.get(office.country, "EUR")

"""Reserving on a line: amounts against its balance, periods of its time.

Every writer locks the line first, so that of two at once the second sees what the first did. The
database holds it too: `entry_not_overdrawn`, and on PostgreSQL an exclusion constraint.
"""

from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from eservices.registers.errors import Overlap, RegisterError, Shortfall
from eservices.registers.models import (
    AmountReservation,
    Hold,
    PeriodReservation,
    RegisterEntry,
)
from portal.accounts.models import User


@transaction.atomic
def hold_amount(
    entry: RegisterEntry,
    amount: int,
    *,
    owner: str,
    purpose: str,
    label: str,
    actor: User | None = None,
    may_exceed: bool = False,
) -> AmountReservation:
    """Set `amount` aside on the line; what the same owner held for the same purpose is replaced.

    `may_exceed`: somebody entitled to it allows more than the line has; the excess is recorded.
    :raises Shortfall: and nothing is changed.
    """
    _free_amounts(AmountReservation.objects.of(owner).filter(purpose=purpose, state=Hold.HELD))
    entry = _locked(entry.pk)
    if entry.credit is None:
        raise RegisterError(_("Nothing can be reserved on “%(entry)s”.") % {"entry": entry})
    missing = max(0, amount - max(0, entry.available + entry.excess))
    if missing and not may_exceed:
        raise shortfall(entry, amount)
    entry.reserved += amount
    entry.excess += missing
    entry.save(update_fields=["reserved", "excess"])
    return AmountReservation.objects.create(
        entry=entry,
        amount=amount,
        excess=missing,
        owner=owner,
        purpose=purpose,
        label=label,
        made_by=actor,
    )


@transaction.atomic
def hold_period(
    entry: RegisterEntry,
    starts_at: datetime,
    ends_at: datetime,
    *,
    owner: str,
    purpose: str,
    label: str,
    actor: User | None = None,
) -> PeriodReservation:
    """Take the line from `starts_at` until just before `ends_at`. :raises Overlap, RegisterError:"""
    if ends_at <= starts_at:
        raise RegisterError(_("The period ends before it starts."))
    entry = _locked(entry.pk)
    if taken := clash(entry, starts_at, ends_at):
        raise overlap(entry, taken)
    return PeriodReservation.objects.create(
        entry=entry,
        starts_at=starts_at,
        ends_at=ends_at,
        owner=owner,
        purpose=purpose,
        label=label,
        made_by=actor,
    )


@transaction.atomic
def free(owner: str, *, purpose: str = "") -> int:
    """Give back what the owner still holds, all of it or for one purpose; return how much ended."""
    amounts = AmountReservation.objects.of(owner).filter(state=Hold.HELD)
    periods = PeriodReservation.objects.of(owner).filter(state=Hold.HELD)
    if purpose:
        amounts, periods = amounts.filter(purpose=purpose), periods.filter(purpose=purpose)
    count = _free_amounts(amounts)
    return count + periods.update(state=Hold.FREED, changed_at=timezone.now())


@transaction.atomic
def consume(owner: str, *, purpose: str, amount: int | None = None) -> int:
    """Spend what was set aside, or `amount` of it; the rest returns to the line. Return the sum.

    :raises Shortfall: when `amount` is more than was set aside.
    """
    total = 0
    held = AmountReservation.objects.of(owner).filter(purpose=purpose, state=Hold.HELD)
    for reservation in held.order_by("entry_id"):
        entry = _locked(reservation.entry_id)
        spent = reservation.amount if amount is None else amount
        if spent > reservation.amount:
            raise shortfall(entry, spent, reservation.amount)
        kept_excess = min(reservation.excess, spent)
        entry.reserved -= reservation.amount
        entry.consumed += spent
        entry.excess -= reservation.excess - kept_excess
        entry.save(update_fields=["reserved", "consumed", "excess"])
        reservation.state, reservation.spent = Hold.CONSUMED, spent
        reservation.excess, reservation.changed_at = kept_excess, timezone.now()
        reservation.save()
        total += spent
    return total


def clash(
    entry: RegisterEntry, starts_at: datetime, ends_at: datetime, *, owner: str = ""
) -> PeriodReservation | None:
    """Return the first reservation that takes the line during part of the period, not `owner`'s."""
    standing = PeriodReservation.objects.standing().filter(
        entry=entry, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    return (standing.exclude(owner=owner) if owner else standing).order_by("starts_at").first()


def missing_amount(entry: RegisterEntry, amount: int, *, owner: str = "") -> int:
    """Return by how much the line falls short of `amount`; what `owner` holds there counts as left."""
    own = 0
    if owner:
        held = AmountReservation.objects.of(owner).filter(entry=entry, state=Hold.HELD)
        own = sum(held.values_list("amount", flat=True))
    return max(0, amount - max(0, entry.available + entry.excess + own))


def overlap(entry: RegisterEntry, taken: PeriodReservation) -> Overlap:
    """Return the error that names who is taken, when, and by what."""
    return Overlap(
        _("%(entry)s is taken from %(from)s to %(to)s by %(with)s.")
        % {
            "entry": entry,
            "from": _moment(taken.starts_at),
            "to": _moment(taken.ends_at, is_end=True),
            "with": taken.label,
        },
        taken=taken,
    )


def shortfall(entry: RegisterEntry, amount: int, available: int | None = None) -> Shortfall:
    """Return the error that says what is left and what is missing."""
    left = max(0, entry.available) if available is None else available
    return Shortfall(
        _("“%(entry)s” has %(left)s left: %(missing)s are missing for %(amount)s.")
        % {
            "entry": entry,
            "left": entry.money(left),
            "missing": entry.money(amount - left),
            "amount": entry.money(amount),
        },
        available=left,
        missing=amount - left,
    )


def _free_amounts(held: models.QuerySet[AmountReservation]) -> int:
    count = 0
    for reservation in held.order_by("entry_id"):
        _locked(reservation.entry_id)
        ended = AmountReservation.objects.filter(pk=reservation.pk, state=Hold.HELD).update(
            state=Hold.FREED, changed_at=timezone.now()
        )
        if ended:
            RegisterEntry.objects.filter(pk=reservation.entry_id).update(
                reserved=F("reserved") - reservation.amount, excess=F("excess") - reservation.excess
            )
        count += ended
    return count


def _locked(pk: int) -> RegisterEntry:
    return (
        RegisterEntry.objects.select_for_update(of=("self",)).select_related("register").get(pk=pk)
    )


def _moment(at: datetime, *, is_end: bool = False) -> str:
    """Return a day when the moment is a midnight (the last day when it ends one), else the minute."""
    local = timezone.localtime(at)
    if local.hour or local.minute:
        return date_format(local, "DATETIME_FORMAT")
    return date_format(local - timedelta(days=1) if is_end else local)

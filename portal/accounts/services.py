"""The only writers of people, offices and calendars."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts import separation
from portal.accounts.errors import DutiesKeptApart, StaffEmailRefused
from portal.accounts.hours import Stretch
from portal.accounts.models import (
    Office,
    OfficeClosure,
    OfficeHours,
    OfficeMembership,
    Role,
    Territory,
    User,
)
from portal.accounts.phones import parse_phone
from portal.accounts.policies import accepts_staff_email
from portal.audit import services as audit
from portal.core.models import Holiday, WorkCalendar


def save_calendar(
    code: str, *, name: str, weekdays: str, holidays: Mapping[date, str] | None = None
) -> WorkCalendar:
    """Create or update a calendar; holidays are added, none is taken away."""
    calendar, _created = WorkCalendar.objects.update_or_create(
        code=code, defaults={"name": name, "weekdays": weekdays}
    )
    Holiday.objects.bulk_create(
        [
            Holiday(calendar=calendar, day=day, name=label)
            for day, label in (holidays or {}).items()
        ],
        ignore_conflicts=True,
    )
    return calendar


def save_office(
    code: str,
    *,
    name: Mapping[str, str],
    calendar: WorkCalendar,
    country: str,
    time_zone: str,
    kind: str = "",
    parent: Office | None = None,
    address: str = "",
    phone: str = "",
    **more: Any,
) -> Office:
    """Create the office `code` or bring it to these values; `more` are other columns to set."""
    office, _created = Office.objects.update_or_create(
        code=code,
        defaults={
            "name": dict(name),
            "calendar": calendar,
            "country": country,
            "time_zone": time_zone,
            "kind": kind,
            "parent": parent,
            "address": address,
            "phone": phone,
            **more,
        },
    )
    return office


@transaction.atomic
def save_hours(office: Office, week: Mapping[int, Iterable[Stretch]]) -> None:
    """Make `week` the opening hours of `office`; a day that is not named is closed."""
    OfficeHours.objects.filter(office=office).delete()
    OfficeHours.objects.bulk_create(
        OfficeHours(office=office, weekday=day, opens=opens, closes=closes)
        for day, stretches in week.items()
        for opens, closes in stretches
    )


def close_office(office: Office, *, first: date, last: date, reason: str = "") -> OfficeClosure:
    """Announce that the counter of `office` is closed on these days."""
    return OfficeClosure.objects.create(office=office, first=first, last=last, reason=reason)


@transaction.atomic
def save_closures(office: Office, closures: Iterable[tuple[date, date, str]]) -> None:
    """Make `closures` the closed days of `office`."""
    OfficeClosure.objects.filter(office=office).delete()
    for first, last, reason in closures:
        close_office(office, first=first, last=last, reason=reason)


def save_territory(
    code: str,
    *,
    name: Mapping[str, str],
    kind: str,
    country: str,
    parent: Territory | None = None,
) -> Territory:
    """Create the territory `code` or bring it to these values; unchanged, it is not written."""
    values = {"name": dict(name), "kind": kind, "country": country, "parent": parent}
    territory = Territory.objects.filter(code=code).first() or Territory(code=code)
    if territory.pk and all(getattr(territory, key) == value for key, value in values.items()):
        return territory
    for key, value in values.items():
        setattr(territory, key, value)
    territory.full_clean()
    territory.save()
    return territory


@transaction.atomic
def create_person(
    *,
    full_name: str,
    phone: str = "",
    email: str = "",
    language: str = "fr",
    password_hash: str = "",
    groups: Iterable[str] = (),
    is_superuser: bool = False,
) -> User:
    """Create an account whose phone and e-mail somebody vouches for.

    :raises BadPhone: :raises StaffEmailRefused: :raises IntegrityError: phone or e-mail taken.
    """
    groups = list(groups)
    if groups or is_superuser:
        _check_staff_email(email)
    user = User(
        full_name=full_name,
        phone=parse_phone(phone) if phone else "",
        phone_verified=bool(phone),
        email=email.lower(),
        language=language,
        is_superuser=is_superuser,
        is_staff=is_superuser,
    )
    if password_hash:
        user.password = password_hash
    else:
        user.set_unusable_password()
    user.save()
    if user.email:
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    if groups:
        user.groups.set(Group.objects.filter(name__in=groups))
    return user


@transaction.atomic
def add_member(
    office: Office,
    user: User,
    role: str = Role.AGENT,
    *,
    by: User | None = None,
    function: str = "",
) -> OfficeMembership:
    """Give `user` a role in `office`; a second call changes nothing.

    :raises StaffEmailRefused: :raises DutiesKeptApart: this person manages accounts.
    """
    _check_staff_email(user.email)
    if separation.manages_accounts(user):
        raise DutiesKeptApart(str(separation.HAS_RIGHTS))
    membership, created = OfficeMembership.objects.get_or_create(
        office=office, user=user, role=role, defaults={"function": function}
    )
    if created:
        note_role("role.given", membership, by=by)
    return membership


@transaction.atomic
def trainer(office: Office, role: str, *, full_name: str) -> User:
    """Return the made-up colleague with `role` in a training office; nobody can sign in as one.

    :raises ValueError: the office is a real one.
    """
    if not office.is_training:
        raise ValueError(f"{office.code} is no training office")
    name = f"trainer-{office.code}-{role}"[:150]
    user, _created = User.objects.get_or_create(
        username=name, defaults={"full_name": full_name, "is_active": False, "password": "!"}
    )
    OfficeMembership.objects.get_or_create(office=office, user=user, role=role)
    return user


def note_role(act: str, membership: OfficeMembership, *, by: User | None) -> None:
    """Write into the journal that a role was given, changed or taken away."""
    audit.record(
        act,
        actor=by,
        role=membership.role,
        office=membership.office.code,
        subject=str(membership.user),
    )


def note_rights(user: User, groups: Iterable[Group]) -> None:
    """Write into the journal what an account may do in the CMS from now on."""
    audit.record(
        "rights.changed",
        subject=str(user),
        details={
            "groups": ", ".join(sorted(group.name for group in groups)),
            "administrator": user.is_superuser,
            "active": user.is_active,
        },
    )


def update_profile(user: User, *, full_name: str, language: str) -> None:
    user.full_name = full_name
    user.language = language
    user.save(update_fields=["full_name", "language"])


def set_password_hash(user: User, password_hash: str) -> None:
    user.password = password_hash
    user.save(update_fields=["password"])


def enrol_totp(user: User) -> None:
    """Give `user` a random authenticator secret unless there is one."""
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, generate_totp_secret())


def forget_unproven(phone: str) -> None:
    """Remove an account that claimed `phone` and never proved it.

    Otherwise a stranger could reserve a number, or wait behind it with a password of his own.
    """
    User.objects.filter(phone=phone, phone_verified=False, last_login=None).delete()


@transaction.atomic
def set_phone(user: User, phone: str, *, verified: bool) -> None:
    """Attach `phone` to `user`, taking it from any account that never proved it."""
    User.objects.filter(phone=phone, phone_verified=False, last_login=None).exclude(
        pk=user.pk
    ).update(phone="")
    user.phone = phone
    user.phone_verified = verified
    user.save(update_fields=["phone", "phone_verified"])


def _check_staff_email(email: str) -> None:
    if not accepts_staff_email(email):
        raise StaffEmailRefused(
            _("A staff account needs an official e-mail address; this one is not accepted.")
        )

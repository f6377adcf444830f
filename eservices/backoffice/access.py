"""Who stands at the desk: a person with a role on files in at least one office."""

import time
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.models import Authenticator
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from eservices.appointments.models import Resource
from eservices.cases.models import (
    CASE_ROLES,
    Case,
    CaseQuerySet,
    CaseTask,
    CaseTaskQuerySet,
    Delegation,
)
from eservices.casework.teamwork import todo_count
from eservices.tutelage.models import Transmission
from portal.accounts.models import Office, OfficeMembership, Role, User
from portal.accounts.policies import enrolled_factors
from portal.accounts.separation import rights_of
from portal.core.counting import KeyAmong
from portal.core.prepared import prepared

Roles = tuple[tuple[int, str], ...]  # by office
Shape = tuple[tuple[tuple[int, str, str], ...], Roles, bool, bool]
FEW = 300  # restricted cases whose keys may stand in a query
SIGNING_SECONDS = 15 * 60  # a signature needs a second factor used this recently


@dataclass(frozen=True)
class Agent:
    """A person and the roles that let them read files, read once per request."""

    user: User
    memberships: tuple[OfficeMembership, ...]
    takes_cash: bool = False  # has the cash desk as well
    replaced: tuple[OfficeMembership, ...] = ()  # roles held today for absent colleagues
    todo: int = 0  # mentions not seen and errands to do
    meets_restricted: bool = False  # an office has cases that not everybody there may read
    has_appointments: bool = False  # an office of theirs gives appointments
    has_guests: bool = False  # another office waits for something of theirs
    roles: Roles = ()  # all that they have today, by office
    receives_acts: bool = False  # chief of an office to which acts are sent for control

    @classmethod
    def of(cls, user: User) -> "Agent | None":
        """Return the agent that `user` is; None for everybody else, a cashier included."""
        rows = _memberships(user_id=user.pk, now=timezone.now())
        own: list[OfficeMembership] = []
        replaced: list[OfficeMembership] = []
        for row in rows:
            (own if row.user_id == user.pk else replaced).append(row)
        memberships = tuple(row for row in own if row.role in CASE_ROLES)
        if not memberships or user.is_superuser or getattr(memberships[0], "manages", None):
            return None  # who manages accounts reads no file (SEC-4)
        takes_cash = len(memberships) < len(own)
        todo: int = getattr(memberships[0], "todo", 0)
        meets, books, is_asked = (
            any(bool(getattr(row, name, None)) for row in memberships)
            for name in ("meets_restricted", "books", "is_asked")
        )
        return cls(
            user, memberships, takes_cash, tuple(replaced), todo, meets, books, is_asked,
            tuple((row.office_id, row.role) for row in (*own, *replaced)),
            any(row.role == Role.CHIEF and bool(getattr(row, "receives", None)) for row in rows),
        )  # fmt: skip

    @cached_property
    def offices(self) -> list[Office]:
        return list({row.office_id: row.office for row in self.memberships}.values())

    def readable(self, cases: CaseQuerySet) -> CaseQuerySet:
        """Leave out, of cases of these offices, what is restricted to others.

        Nothing is asked of offices without such cases; a few are looked at once for all queries.
        """
        if not self.meets_restricted:
            return cases
        known = self.known_here if self.known is None else Q(KeyAmong(self.known))
        return cases.filter(Q(is_restricted=False) | known)

    @cached_property
    def known_here(self) -> Q:
        """The condition on a restricted case, of any office, that this person may read it."""
        return CaseQuerySet.known_to(self.user, self.roles)

    @cached_property
    def acts_on(self) -> Q:
        """The condition on a stage that this person may do it, or did."""
        return CaseTaskQuerySet.in_hands_of(self.user, self.roles)

    @cached_property
    def known(self) -> list[int] | None:
        """The restricted cases of these offices that this person may read; None for too many."""
        found: list[tuple[int, bool]] = _restricted(
            self.roles, tuple(self.office_ids), user_id=self.user.pk
        )
        return [pk for pk, is_known in found if is_known] if len(found) <= FEW else None

    @property
    def closed_offices(self) -> list[Office]:
        """Those of this person's offices that were closed: what waits there must go elsewhere."""
        return [office for office in self.offices if not office.is_active]

    @property
    def practises(self) -> bool:
        """Whether this person works in a training office."""
        return any(office.practises for office in self.offices)

    @property
    def office_ids(self) -> list[int]:
        return list(dict.fromkeys(row.office_id for row in self.memberships))

    @property
    def is_chief(self) -> bool:
        return any(row.role == Role.CHIEF for row in self.memberships)

    @property
    def time_zone(self) -> ZoneInfo:
        """The clock on the wall of this person's first office."""
        return ZoneInfo(self.offices[0].time_zone)

    def roles_in(self, office_id: int) -> set[str]:
        return {row.role for row in self.memberships if row.office_id == office_id}

    @property
    def shape(self) -> Shape:
        """What of this person changes the text of a statement, rather than its values."""
        return (
            tuple((row.office_id, row.office.code, row.role) for row in self.memberships),
            self.roles, self.meets_restricted, self.has_guests,
        )  # fmt: skip

    @classmethod
    def shaped(cls, shape: Shape, user_id: int, known: tuple[int, ...] | None) -> "Agent":
        """Return somebody of this shape, for whom a statement is written once."""
        memberships, roles, meets_restricted, has_guests = shape
        agent = cls(
            User(pk=user_id),
            tuple(
                OfficeMembership(office=Office(pk=pk, code=code), role=role)
                for pk, code, role in memberships
            ),
            roles=roles,
            meets_restricted=meets_restricted,
            has_guests=has_guests,
        )
        agent.__dict__["known"] = known  # read already
        return agent


@prepared
def _memberships(*, user_id: int, now: datetime) -> QuerySet[OfficeMembership]:
    """Return the roles that this person has today, with what their desk must know of each office."""
    user = User(pk=user_id)
    rows = Delegation.objects.memberships_today(user, now).select_related("office")
    secret = Case.objects.restricted().filter(office=OuterRef("office"))
    counters = Resource.objects.filter(office=OuterRef("office"), is_active=True)
    asked = CaseTask.objects.asked_of_guests().filter(office=OuterRef("office"))
    sent = Transmission.objects.filter(office=OuterRef("office"))
    # The first of each office: asked whether it exists, PostgreSQL lists those of the country.
    return rows.annotate(
        todo=todo_count(user),
        meets_restricted=Subquery(secret.values("pk")[:1]),
        books=Exists(counters),
        is_asked=Subquery(asked.order_by().values("pk")[:1]),
        manages=Subquery(rights_of(user_id).values("pk")[:1]),
        receives=Subquery(sent.order_by().values("pk")[:1]),
    ).order_by("office__code", "role")


@prepared
def _restricted(roles: Roles, office_ids: tuple[int, ...], *, user_id: int) -> QuerySet[Any, Any]:
    """Return the restricted cases of these offices, and whether this person may read each."""
    may_read = CaseQuerySet.known_to(User(pk=user_id), roles)
    is_known = ExpressionWrapper(may_read, output_field=BooleanField())
    restricted = Case.objects.restricted().filter(office__in=office_ids)
    rows = restricted.annotate(is_known=is_known).values_list("pk", "is_known")
    return rows.order_by()[: FEW + 1]


def signed_in_lately(request: HttpRequest, user: User) -> bool:
    """Tell whether this session used a second factor in the last quarter of an hour."""
    records = get_authentication_records(request, user)
    used = [record["at"] for record in records if record.get("method") == "mfa"]
    return bool(used) and time.time() - max(used) < SIGNING_SECONDS


def ask_factor_again(request: HttpRequest, user: User) -> HttpResponseBase:
    """Send `user` to prove who they are; the form they just sent is carried out afterwards."""
    by_code = Authenticator.Type.TOTP in enrolled_factors(user)
    name = "mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn"
    return suspend_request(request, reverse(name))

"""Who stands at the desk: a person with a role on files in at least one office."""

import time
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.models import Authenticator
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Subquery
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
from portal.accounts.models import Office, OfficeMembership, Role, User
from portal.accounts.policies import enrolled_factors
from portal.core.counting import KeyAmong

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
    roles: tuple[tuple[int, str], ...] = ()  # all that they have today, by office

    @classmethod
    def of(cls, user: User) -> "Agent | None":
        """Return the agent that `user` is; None for everybody else, a cashier included."""
        rows = Delegation.objects.memberships_today(user, timezone.now()).select_related("office")
        secret = Case.objects.restricted().filter(office=OuterRef("office"))
        counters = Resource.objects.filter(office=OuterRef("office"), is_active=True)
        asked = CaseTask.objects.asked_of_guests().filter(office=OuterRef("office"))
        # The first of each office: asked whether it exists, PostgreSQL lists those of the country.
        rows = rows.annotate(
            todo=todo_count(user),
            meets_restricted=Subquery(secret.values("pk")[:1]),
            books=Exists(counters),
            is_asked=Subquery(asked.order_by().values("pk")[:1]),
        )
        own: list[OfficeMembership] = []
        replaced: list[OfficeMembership] = []
        for row in rows.order_by("office__code", "role"):
            (own if row.user_id == user.pk else replaced).append(row)
        memberships = tuple(row for row in own if row.role in CASE_ROLES)
        if not memberships:
            return None
        takes_cash = len(memberships) < len(own)
        todo: int = getattr(memberships[0], "todo", 0)
        meets, books, is_asked = (
            any(bool(getattr(row, name, None)) for row in memberships)
            for name in ("meets_restricted", "books", "is_asked")
        )
        return cls(
            user, memberships, takes_cash, tuple(replaced), todo, meets, books, is_asked,
            tuple((row.office_id, row.role) for row in (*own, *replaced)),
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
        is_known = ExpressionWrapper(self.known_here, output_field=BooleanField())
        restricted = Case.objects.restricted().filter(office__in=self.office_ids)
        rows = restricted.annotate(is_known=is_known).values_list("pk", "is_known")
        found: list[tuple[int, bool]] = list(rows.order_by()[: FEW + 1])
        return [pk for pk, is_known in found if is_known] if len(found) <= FEW else None

    @property
    def practises(self) -> bool:
        """Whether this person works in a training office."""
        return any(office.practises for office in self.offices)

    @property
    def office_ids(self) -> list[int]:
        return [office.pk for office in self.offices]

    @property
    def is_chief(self) -> bool:
        return any(row.role == Role.CHIEF for row in self.memberships)

    @property
    def time_zone(self) -> ZoneInfo:
        """The clock on the wall of this person's first office."""
        return ZoneInfo(self.offices[0].time_zone)

    def roles_in(self, office_id: int) -> set[str]:
        return {row.role for row in self.memberships if row.office_id == office_id}


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

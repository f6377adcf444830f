"""New requests reach agents as their chief decides: taken, drawn, or balanced."""

import secrets
from contextlib import suppress

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from eservices.backoffice.models import Distribution, Method
from eservices.cases import policies
from eservices.cases import services as cases
from eservices.cases.errors import BadRequest, NotAllowed
from eservices.cases.models import CLOCK_RUNS, OPEN, Case, TaskStatus
from eservices.catalog.models import EService
from portal.accounts.models import Office, Role, User
from portal.core.errors import PortalError


def choose(*, office: Office, eservice: EService | None, method: str, actor: User) -> Distribution:
    """Say how the requests of this office are given out from now on; without `eservice` all of them.

    :raises NotAllowed: unless `actor` is a chief there.
    """
    if not actor.office_memberships.filter(office=office, role=Role.CHIEF).exists():
        raise NotAllowed(_("Only the chief of the office decides this."))
    if method not in Method.values:
        raise BadRequest(_("Choose how requests reach the agents."))
    return Distribution.objects.create(
        office=office, eservice=eservice, method=method, chosen_by=actor
    )


def method_for(office_id: int, eservice_id: int) -> str:
    """Return the rule in force: the latest of the service, else the latest of the office."""
    rows = Distribution.objects.filter(office=office_id).order_by("-pk")
    own = rows.filter(eservice=eservice_id).first()
    general = own or rows.filter(eservice=None).first()
    return general.method if general else Method.QUEUE


def distribute(case_id: int) -> User | None:
    """Give a case that nobody has to somebody, if its office wants it so; may run twice."""
    case = Case.objects.select_related("version").filter(pk=case_id, status__in=CLOCK_RUNS).first()
    if case is None or case.assignee_id:
        return None
    method = method_for(case.office_id, case.eservice_id)
    people = _who_may(case) if method != Method.QUEUE else []
    if not people:
        return None
    person, reason = _draw(people) if method == Method.RANDOM else _least_loaded(people)
    with suppress(PortalError):  # somebody took it meanwhile
        cases.assign(case, to=person, actor=None, reason=reason, method=method)
        return person
    return None


def _who_may(case: Case) -> list[User]:
    task = case.tasks.filter(status=TaskStatus.OPEN).first()
    if task is None or task.assignee_id:
        return []
    members = User.objects.filter(
        is_active=True,
        office_memberships__office=task.office_id,
        office_memberships__role=task.role,
    )
    return [one for one in members.order_by("pk") if policies.may_receive(one, case)]


def _draw(people: list[User]) -> tuple[User, str]:
    reason = _("Drawn at random among %(number)d.") % {"number": len(people)}
    return secrets.choice(people), reason


def _least_loaded(people: list[User]) -> tuple[User, str]:
    """Return who has the fewest open cases; among equals, the draw decides."""
    in_hand = Count("assigned_cases", filter=Q(assigned_cases__status__in=OPEN))
    counted = User.objects.filter(pk__in=[one.pk for one in people]).annotate(in_hand=in_hand)
    loads = {one.pk: one.in_hand for one in counted}
    least = min(loads.values())
    person = secrets.choice([one for one in people if loads[one.pk] == least])
    return person, _("Fewest requests in hand: %(number)d.") % {"number": least}

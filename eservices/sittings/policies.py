"""Who may prepare a sitting, freeze its agenda, write its decisions."""

from eservices.sittings.models import Sitting
from portal.accounts.models import Role, User


def may_prepare(user: User, sitting: Sitting) -> bool:
    roles = [Role.AGENT, Role.CHIEF]
    return user.office_memberships.filter(office=sitting.office_id, role__in=roles).exists()


def may_lead(user: User, sitting: Sitting) -> bool:
    """Freeze, add late, close, pass the report on: the chief of the office that prepares."""
    return user.office_memberships.filter(office=sitting.office_id, role=Role.CHIEF).exists()


def may_read(user: User, sitting: Sitting) -> bool:
    return Sitting.objects.for_agent(user).filter(pk=sitting.pk).exists()

"""Who may prepare a sitting, freeze its agenda, write its decisions."""

from eservices.cases.models import Case
from eservices.sittings.models import AgendaItem, Sitting
from portal.accounts.models import Role, User


def may_prepare(user: User, sitting: Sitting) -> bool:
    roles = [Role.AGENT, Role.CHIEF]
    return user.office_memberships.filter(office=sitting.office_id, role__in=roles).exists()


def may_lead(user: User, sitting: Sitting) -> bool:
    """Freeze, add late, close, pass the report on: the chief of the office that prepares."""
    return user.office_memberships.filter(office=sitting.office_id, role=Role.CHIEF).exists()


def may_read(user: User, sitting: Sitting) -> bool:
    return Sitting.objects.for_agent(user).filter(pk=sitting.pk).exists()


def sits(user: User, sitting: Sitting) -> bool:
    """Whether this person was called to the sitting: its dossiers are read from the freeze on."""
    return not sitting.is_draft and sitting.members.filter(user=user).exists()


def withheld(user: User, sitting: Sitting) -> set[int]:
    """Return the items whose dossier this person may not read: not even their titles are shown.

    Who prepares a sitting reads a confidential dossier like anybody else: as one of its chain.
    """
    if sits(user, sitting):
        return set()
    hidden = AgendaItem.objects.filter(sitting=sitting, case__is_restricted=True).exclude(
        case__in=Case.objects.readable_by(user)
    )
    return set(hidden.values_list("pk", flat=True))

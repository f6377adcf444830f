"""People whom a stage names by their place: the applicant's superior, the applicant, an address."""

from collections.abc import Mapping
from typing import Any

from eservices.cases.models import Case
from portal.accounts.models import Office, OfficeMembership, Role, User
from portal.core.expressions import evaluate


def named(
    case: Case, actor: Any, values: Mapping[str, Any], role: str
) -> tuple[User, Office] | None:
    """Return the person that a stage names, and the office where he or she acts; None if nobody."""
    if actor == "superior":
        return _superior(case.applicant)
    if actor == "applicant":
        return (
            _at_work(OfficeMembership.objects.filter(user=case.applicant))
            if case.applicant
            else None
        )
    email = evaluate(actor, values)
    if not isinstance(email, str) or not email:
        return None
    rows = OfficeMembership.objects.filter(user__email__iexact=email.strip())
    return _at_work(rows.filter(role=role)) or _at_work(rows)


def _superior(person: User | None) -> tuple[User, Office] | None:
    """Return the chief of this person's office, or of the office above when he or she is the chief."""
    membership = (
        person.office_memberships.select_related("office").order_by("pk").first()
        if person is not None
        else None
    )
    office: Office | None = membership.office if membership else None
    while office is not None:
        chiefs = OfficeMembership.objects.filter(office=office, role=Role.CHIEF)
        if found := _at_work(chiefs.exclude(user=person)):
            return found
        office = office.parent
    return None


def _at_work(memberships: Any) -> tuple[User, Office] | None:
    row = (
        memberships.filter(user__is_active=True)
        .select_related("user", "office")
        .order_by("pk")
        .first()
    )
    return (row.user, row.office) if row else None

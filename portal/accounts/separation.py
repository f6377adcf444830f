"""Who creates accounts or gives rights reads no citizen's file, and the other way round (SEC-4)."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import OfficeMembership, User

HAS_ROLE = _(
    "This person has a role in an office. Who creates accounts or gives rights may not read "
    "citizens' files: take the role away first, or give the right to somebody else."
)
HAS_RIGHTS = _(
    "This person creates accounts or gives rights, so may not read citizens' files. "
    "Give the role to somebody else, or take these rights away first."
)
RIGHTS = Q(content_type__app_label="accounts", codename__in=["add_user", "change_user"]) | Q(
    content_type__app_label="auth", codename__in=["add_group", "change_group"]
)


def manages_accounts(user: User) -> bool:
    """Tell whether `user` may create accounts or give rights: administrators do."""
    return user.is_superuser or rights_of(user.pk).exists()


def rights_of(user: object) -> QuerySet[Permission]:
    """Return the rights over accounts that `user`, a key or a column, has by a group or alone."""
    return Permission.objects.filter(RIGHTS, Q(group__user=user) | Q(user=user)).order_by()


def reading_roles(memberships: QuerySet[OfficeMembership]) -> QuerySet[OfficeMembership]:
    """Leave out the roles of people who manage accounts, however they came to have both."""
    manages = Exists(rights_of(OuterRef("user")))
    return memberships.filter(~manages, user__is_superuser=False)


def grants(groups: Iterable[Group]) -> bool:
    """Tell whether one of `groups` gives a right over accounts."""
    return Permission.objects.filter(RIGHTS, group__in=list(groups)).exists()


def has_role(user: User) -> bool:
    return user.office_memberships.exists()


def members_with_role(group: Group) -> QuerySet[User]:
    """Return the people of `group` who have a role in an office."""
    roles = OfficeMembership.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(Exists(roles), groups=group)

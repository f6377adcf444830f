"""Who counts as staff, and which addresses staff may use."""

from collections.abc import Sequence

from allauth.mfa.models import Authenticator
from django.conf import settings

from portal.accounts.models import User

# What proves that it is the person: recovery codes only replace one of these.
STRONG_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_staff_account(user: User) -> bool:
    """Tell whether `user` may enter the desk or the CMS, hence needs a second factor."""
    return (
        user.is_superuser
        or user.is_staff
        or user.office_memberships.exists()
        or user.has_perm("wagtailadmin.access_admin")
    )


def enrolled_factors(user: User) -> set[str]:
    """Return the types of the strong factors that `user` enrolled."""
    factors = Authenticator.objects.filter(user=user, type__in=STRONG_FACTORS)
    return set(factors.values_list("type", flat=True))


def accepts_staff_email(email: str, domains: Sequence[str] | None = None) -> bool:
    """Tell whether `email` is official; any address is while no domain is configured.

    A domain stands for itself, `.gov.bf` for every domain that ends so.
    """
    domains = settings.STAFF_EMAIL_DOMAINS if domains is None else domains
    if not domains:
        return True
    domain = email.rpartition("@")[2].lower()
    return any(
        domain.endswith(allowed) if allowed.startswith(".") else domain == allowed
        for allowed in (entry.lower().lstrip("*") for entry in domains)
    )

"""Limits on how often somebody may try; counted in the shared cache."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.core.errors import PortalError

# An address is shared by a whole cyber café or town hall: it gets more tries than one person.
PEOPLE_BEHIND_AN_ADDRESS = 6


class TooMany(PortalError):
    """Too many tries; the message says to wait."""

    code = "too_many"


def throttle(name: str, request: HttpRequest, *, key: str, per_minute: int) -> None:
    """Count one try of `name` for `key` and for the network address. :raises TooMany:"""
    crowded = too_many(
        request, name, limit=per_minute * PEOPLE_BEHIND_AN_ADDRESS, seconds=60
    ) or _count(f"throttle:{name}:key:{key}", limit=per_minute, seconds=60)
    if crowded:
        raise TooMany(_("Too many tries. Please wait a minute, then try again."))


def too_many(request: HttpRequest, action: str, *, limit: int, seconds: int) -> bool:
    """Count one `action` of the caller's network address; true beyond `limit` in `seconds`."""
    # The adapter knows how many proxies stand before us (ALLAUTH_TRUSTED_PROXY_COUNT).
    address = get_adapter(request).get_client_ip(request)
    return _count(f"throttle:{action}:{address}", limit=limit, seconds=seconds)


def _count(entry: str, *, limit: int, seconds: int) -> bool:
    if cache.add(entry, 1, seconds):
        return limit < 1
    try:
        return cache.incr(entry) > limit
    except ValueError:  # it expired between the two calls
        return False

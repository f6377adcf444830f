"""Limits on how often somebody may try; counted in the shared cache."""

import time

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.core.errors import PortalError


class TooMany(PortalError):
    """Too many tries; the message says to wait."""

    code = "too_many"


def throttle(name: str, request: HttpRequest, *, key: str = "", per_minute: int = 10) -> None:
    """Count one try of `name` for this network address and for `key`. :raises TooMany: past the limit.

    The address is REMOTE_ADDR: behind a proxy the web server must set it.
    """
    minute = int(time.time() // 60)
    # An address is shared by a whole cyber café or town hall: it gets more than one person.
    limits = {f"ip:{request.META.get('REMOTE_ADDR', '')}": per_minute * 6}
    if key:
        limits[f"key:{key}"] = per_minute
    for who, most in limits.items():
        entry = f"throttle:{name}:{who}:{minute}"
        cache.add(entry, 0, timeout=120)
        try:
            count = cache.incr(entry)
        except ValueError:  # it expired between the two calls
            count = 1
        if count > most:
            raise TooMany(_("Too many tries. Please wait a minute, then try again."))

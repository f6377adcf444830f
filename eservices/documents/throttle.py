"""How often one address may ask, counted in the shared cache."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def too_many(request: HttpRequest, action: str, *, limit: int, seconds: int) -> bool:
    """Count one `action` of the caller's network address; true beyond `limit` in `seconds`."""
    key = f"throttle:{action}:{get_adapter(request).get_client_ip(request)}"
    if cache.add(key, 1, seconds):
        return False
    try:
        return cache.incr(key) > limit
    except ValueError:  # it expired between the two calls
        return False

"""What templates of the citizen's way ask of the request itself."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django import template
from django.template import Context
from django.utils import timezone

from eservices.filing import access

register = template.Library()


class SharedSession(NamedTuple):
    seconds: int
    until: datetime


@register.simple_tag(takes_context=True)
def shared_session(context: Context) -> SharedSession | None:
    """Return how long this session lasts without a sign; None on a device of one's own."""
    if not access.is_shared(context["request"]):
        return None
    until = timezone.localtime() + timedelta(seconds=access.SHARED_SECONDS)
    return SharedSession(access.SHARED_SECONDS, until)

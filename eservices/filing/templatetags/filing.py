"""What templates of the citizen's way ask of the request itself."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django import template
from django.template import Context
from django.utils import timezone

from eservices.filing import access
from eservices.filing.models import Draft

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


@register.simple_tag(takes_context=True)
def way_back(context: Context, draft: object) -> str:
    """Return what a browser of one's own may keep to find `draft` again; else nothing."""
    if not isinstance(draft, Draft) or access.is_shared(context["request"]):
        return ""
    is_free = draft.owner_id is None and draft.helper_id is None
    return access.token(draft.pk) if is_free else ""


@register.simple_tag(takes_context=True)
def held_here(context: Context) -> str:
    """Return what tells a script which keys the cookies of this browser hold already."""
    return " ".join(sorted(str(key)[:8] for key in access.keys(context["request"])))

"""Telling whoever has a draft that its service closes soon, is closed, or takes requests again."""

import time
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from eservices.catalog.models import EService, Opening
from eservices.filing import openings, services, telling
from eservices.filing.models import Draft
from portal.notifications.services import notify

BATCH = 200
MINUTE = timedelta(minutes=1)
KINDS = {"soon": "draft.closing", "shut": "draft.closed", "open": "draft.reopened"}


def tell_closing() -> int:
    """Tell the people of every service that closes, closed or opened again; return how many."""
    held = EService.objects.filter(pk__in=Draft.objects.values("eservice")).order_by("pk")
    return sum(tell_of(eservice) for eservice in held.select_related("current"))


def tell_of(eservice: EService) -> int:
    """Tell each person who has a draft of this service what is new about it, once."""
    opening = openings.opening(eservice)
    state = _state(eservice, opening)
    messages: dict[str, str] = {}
    count = 0
    while drafts := list(_not_told(eservice, state)[:BATCH]):
        for draft in drafts:
            draft.eservice = eservice
            if draft.language not in messages:
                with translation.override(draft.language):
                    messages[draft.language] = openings.opening(eservice).message
            count += _tell(draft, state, messages[draft.language])
    return count


def _state(eservice: EService, opening: Opening) -> str:
    """Name what people must know; empty while the service is open with no end in sight."""
    if opening.is_open:
        soon = openings.closes_soon(eservice)
        return f"soon:{eservice.closes_at:%Y%m%dT%H%M}" if soon else ""
    moments = {"closed": eservice.closes_at, "not_yet": eservice.opens_at}
    moment = moments.get(opening.state)
    return f"shut:{opening.state}:{moment:%Y%m%dT%H%M}" if moment else f"shut:{opening.state}"


def _not_told(eservice: EService, state: str) -> QuerySet[Draft]:
    drafts = Draft.objects.filter(eservice=eservice).exclude(closing_told=state)
    return drafts.select_related("owner", "version__eservice").order_by("pk")


def _kind(was: str, state: str) -> str:
    """Return what to say: whoever read that it was closed is told that it is open, not more."""
    if was.startswith("shut") and not state.startswith("shut"):
        return KINDS["open"]
    return KINDS.get(state.partition(":")[0], "")


@transaction.atomic
def _tell(draft: Draft, state: str, message: str) -> bool:
    """Write to the person by the best contact known; False when there is none: the draft says it."""
    was = draft.closing_told
    mine = Draft.objects.filter(pk=draft.pk, closing_told=was).update(closing_told=state)
    kind, person = _kind(was, state), services.applicant_of(draft, draft.answers)
    phone = draft.phone or person.phone
    if not (mine and kind and (phone or person.email)):
        return False
    eservice = draft.eservice
    notify(
        kind,
        to_phone=phone,
        to_email=person.email,
        language=draft.language,
        context={
            "title": eservice.title_in(draft.language),
            "url": telling.link(draft),
            "day": None if eservice.is_suspended else _last_day(eservice),
            "message": message,
        },
        key=f"{draft.pk}:{time.time_ns()}",  # a service may be suspended twice
    )
    return True


def _last_day(eservice: EService) -> date | None:
    """Return the last day on which requests are taken: midnight closes the day before."""
    if eservice.closes_at is None:
        return None
    return (timezone.localtime(eservice.closes_at, eservice.time_zone) - MINUTE).date()

"""What the citizen's way sends by SMS or mail: the way back to a draft, codes, warnings."""

import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from eservices.cases.models import Case
from eservices.filing import services
from eservices.filing.models import AccessCode, Draft, Purpose
from portal.notifications.services import notify

WARN_BEFORE = timedelta(days=14)
MINUTES = services.CODE_LIFE // timedelta(minutes=1)


def resume_path(token: str) -> str:
    return reverse("filing:resume", args=[token])


@transaction.atomic
def send_way_back(draft: Draft, *, phone: str, link: str) -> None:
    """Send the link to a draft; its code is asked for, and sent to this phone, when it is opened."""
    Draft.objects.filter(pk=draft.pk).update(phone=phone)
    context = {"url": link, "until": draft.expires_at}
    _send("draft.resume_link", draft, phone, context, key=f"{draft.pk}:{time.time_ns()}")


@transaction.atomic
def send_resume_code(draft: Draft | None) -> AccessCode:
    """Send the code that opens `draft` to the phone it was saved with; None sends nothing."""
    known = draft if draft and draft.phone else None
    row, code = services.new_access_code(Purpose.RESUME, known.pk if known else None)
    if known:
        _send("draft.code", known, known.phone, {"code": code, "minutes": MINUTES}, key=str(row.pk))
    return row


@transaction.atomic
def send_tracking_code(case: Case | None, *, phone: str) -> AccessCode:
    """Send the code that opens `case`; None makes a code that opens nothing, and sends none."""
    row, code = services.new_access_code(Purpose.TRACK, case.access_key if case else None)
    if case:
        notify(
            "tracking.code",
            to_phone=phone,
            to_email="",
            language=case.language,
            context={"code": code, "reference": case.reference, "minutes": MINUTES},
            key=str(row.pk),
        )
    return row


def warn_expiring() -> int:
    """Tell people whose draft will soon be deleted, once; return how many."""
    soon = Draft.objects.filter(expires_at__lt=timezone.now() + WARN_BEFORE, warned_at=None)
    count = 0
    for draft in soon.exclude(phone="").with_version().order_by("pk")[:500]:
        with transaction.atomic():
            Draft.objects.filter(pk=draft.pk).update(warned_at=timezone.now())
            url = settings.BASE_URL + reverse("filing:start", args=[draft.eservice.slug])
            _send(
                "draft.expiring",
                draft,
                draft.phone,
                {"url": url, "until": draft.expires_at},
                key=str(draft.pk),
            )
        count += 1
    return count


def _send(kind: str, draft: Draft, phone: str, context: dict[str, Any], *, key: str) -> None:
    notify(
        kind,
        to_phone=phone,
        to_email="",
        language=draft.language,
        context={"title": draft.eservice.title_in(draft.language), **context},
        key=key,
    )

"""What the citizen's way sends by SMS or mail: the way back to a draft, codes, warnings."""

import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from eservices.cases.models import Case
from eservices.cases.papers import tracking_url
from eservices.filing import services
from eservices.filing.models import AccessCode, Accreditation, Draft, Purpose
from portal.notifications.services import notify

WARN_BEFORE = timedelta(days=14)
MINUTES = services.CODE_LIFE // timedelta(minutes=1)
LINK_SALT = "eservices.filing.resume"


def way_back(draft: Draft) -> str:
    """Return the path that opens `draft` elsewhere, once a code sent by SMS is typed."""
    return reverse("filing:resume", args=[signing.dumps(draft.pk.hex, salt=LINK_SALT)])


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
def send_help_code(draft: Draft, helper: Accreditation) -> AccessCode:
    """Ask the person, by SMS, whether this helper may fill in the request."""
    row, code = services.new_access_code(Purpose.HELP, draft.pk)
    context = {"code": code, "minutes": MINUTES, "helper": str(helper.user), "place": helper.place}
    _send("draft.help_code", draft, draft.phone, context, key=str(row.pk))
    return row


@transaction.atomic
def submit_helped(draft: Draft, helper: str) -> Case:
    """Send a request that was filled in with help, and tell the person's own phone: both or neither.

    :raises NotReady, NoOffice, EServiceClosed: as `services.submit` does
    """
    case = services.submit(draft)
    notify(
        "draft.helped",
        to_phone=case.phone,
        to_email="",
        language=case.language,
        context={
            "reference": case.reference,
            "helper": helper,
            "url": tracking_url(case),
            "amount": due.money if (due := case.payment) and not due.is_paid else None,
        },
        key=case.reference,
    )
    return case


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
            is_training=case.office.practises,
        )
    return row


def warn_expiring() -> int:
    """Tell people whose draft will soon be deleted, once; return how many."""
    soon = Draft.objects.filter(expires_at__lt=timezone.now() + WARN_BEFORE, warned_at=None)
    count = 0
    for draft in soon.exclude(phone="").with_version().order_by("pk")[:500]:
        with transaction.atomic():
            Draft.objects.filter(pk=draft.pk).update(warned_at=timezone.now())
            _send(
                "draft.expiring",
                draft,
                draft.phone,
                {"url": link(draft), "until": draft.expires_at},
                key=str(draft.pk),
            )
        count += 1
    return count


def link(draft: Draft) -> str:
    """Return the address to send: the account's list, or the way back that asks for a code."""
    path = reverse("filing:my_requests") if draft.owner_id else way_back(draft)
    return settings.BASE_URL + path


def _send(kind: str, draft: Draft, phone: str, context: dict[str, Any], *, key: str) -> None:
    notify(
        kind,
        to_phone=phone,
        to_email="",
        language=draft.language,
        context={"title": draft.eservice.title_in(draft.language), **context},
        key=key,
    )

"""The only writers of duties: opened by a decision, reminded, received, or told as missing."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.attachments.models import Attachment
from eservices.cases import holding, papers
from eservices.cases import services as cases
from eservices.cases.models import Case, CaseStatus
from eservices.catalog import services as catalog
from eservices.duties import endorsing
from eservices.duties.models import Duty
from eservices.formdefs import engine
from portal.accounts.models import User
from portal.core.errors import PortalError
from portal.core.expressions import dates, evaluate, truthy
from portal.notifications.services import notify

BATCH = 500
ACCEPTED = ["pdf", "jpeg", "png"]
MAX_MB, MAX_FILES = 5, 5


class DutyRefused(PortalError):
    code = "duty_refused"


@transaction.atomic
def open_duties(case: Case) -> int:
    """Write down what the e-service says is owed after this decision, once; return how much."""
    spec = catalog.compiled(case.version)
    rules = spec.source.get("duties") or []
    if not rules or case.status not in (CaseStatus.GRANTED, CaseStatus.CLOSED):
        return 0
    answers = {**engine.computed(spec, case.answers), **case.facts}
    count = 0
    for rule in rules:
        due = dates.parse(evaluate(rule["due"], answers))
        if due is None or not truthy(rule.get("if"), answers):
            continue
        reminders = [due + timedelta(days=offset) for offset in rule.get("remind") or []]
        _duty, is_new = Duty.objects.get_or_create(
            case=case,
            key=rule["key"],
            defaults={
                "label": rule["label"],
                "due_on": due,
                "remind_on": sorted(day.isoformat() for day in reminders),
            },
        )
        count += is_new
    return count


@transaction.atomic
def drop(case: Case) -> int:
    """Forget what is still owed: the decision that asked for it is taken back. Return how much."""
    dropped, _by_model = Duty.objects.owed().filter(case=case).delete()
    return dropped


def send(duty: Duty, uploads: Sequence[UploadedFile]) -> None:
    """Send what is owed, as who owes it. Sent in time it is not told as missing while it is read.

    All of it or nothing. :raises DutyRefused: :raises UploadRefused: naming the file.
    """
    if duty.done_at is not None:
        raise DutyRefused(_("This was received already."))
    if not 0 < len(uploads) <= MAX_FILES:
        raise DutyRefused(_("Choose one to %(n)d files.") % {"n": MAX_FILES})
    aside = f"duty:{uuid.uuid4()}"
    attachments.store_all(uploads, owner=aside, slot="duty", accept=ACCEPTED, max_mb=MAX_MB)
    with transaction.atomic():
        attachments.move(aside, cases.attachment_owner(duty.case), slot=duty.slot)
        Duty.objects.filter(pk=duty.pk, done_at=None).update(sent_at=timezone.now())
        data = {"duty": duty.key, "label": duty.label}
        cases.note_origin(duty.case, action="duty_sent", note=duty.label_text, data=data)


def files(duties: Collection[Duty]) -> dict[int, list[Attachment]]:
    """Return what was sent for each of these duties, the latest first; one query for all."""
    places = {(cases.attachment_owner(one.case), one.slot): one.pk for one in duties}
    found: dict[int, list[Attachment]] = {one.pk: [] for one in duties}
    if not places:
        return found
    owners, slots = zip(*places, strict=True)
    sent = Attachment.objects.filter(owner_key__in=owners, slot__in=slots).order_by("-created_at")
    for attachment in sent:
        if (place := (attachment.owner_key, attachment.slot)) in places:
            found[places[place]].append(attachment)
    return found


@transaction.atomic
def send_back(duty: Duty, *, actor: User, note: str) -> None:
    """Say that what was sent is not good; it is owed again, and its sender reads why."""
    duty = Duty.objects.select_for_update(of=("self",)).select_related("case").get(pk=duty.pk)
    _may_receive(duty, actor)
    if duty.sent_at is None:
        raise DutyRefused(_("Nothing was sent yet."))
    if not note.strip():
        raise DutyRefused(_("Say why: who sent it reads it."))
    duty.sent_at, duty.note = None, note.strip()[:500]
    duty.save(update_fields=["sent_at", "note"])
    cases.send_message(duty.case, text=f"{duty.label_text}\u00a0: {duty.note}", author=actor)


@transaction.atomic
def receive(duty: Duty, *, actor: User, note: str = "") -> None:
    """Say that what was owed is there; what the e-service ties to it follows.

    What no host confirmed must be proven otherwise, and the note says how. :raises DutyRefused:
    """
    duty = (
        Duty.objects.select_for_update(of=("self",)).select_related("case__version").get(pk=duty.pk)
    )
    _may_receive(duty, actor)
    if not note.strip() and (lacking := endorsing.missing(duty)):
        text = _("Not confirmed by the host: %(what)s. Say in the note how it was proven.")
        raise DutyRefused(text % {"what": "; ".join(lacking)})
    duty.done_at, duty.done_by, duty.note = timezone.now(), actor, note.strip()[:500]
    duty.save()
    holding.happened(duty.case, f"duty:{duty.key}", actor=actor)


def _may_receive(duty: Duty, actor: User) -> None:
    if not Duty.objects.for_agent(actor).filter(pk=duty.pk).exists():
        raise DutyRefused(_("This case is not one of your offices."))
    if actor.pk == duty.case.applicant_id:
        raise DutyRefused(_("Somebody else says that your report is there."))
    if duty.done_at is not None:
        raise DutyRefused(_("This was received already."))


def sweep(today: date | None = None) -> tuple[int, int]:
    """Remind what is due, tell registers what is missing; return how many of each. May run twice."""
    today = today or timezone.localdate()
    reminded = lapsed = 0
    owed = Duty.objects.owed().filter(lapsed_at=None, sent_at=None).order_by("due_on", "pk")
    for pk in owed.values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            duty = (
                Duty.objects.select_for_update(of=("self",))
                .select_related("case__version", "case__eservice")
                .get(pk=pk)
            )
            if duty.done_at or duty.sent_at or duty.lapsed_at:
                continue
            reminded += _remind(duty, today)
            lapsed += _lapse(duty, today)
    return reminded, lapsed


def _remind(duty: Duty, today: date) -> int:
    come = [day for day in duty.remind_on if day <= today.isoformat()]
    if not come:
        return 0
    duty.remind_on = [day for day in duty.remind_on if day not in come]
    duty.save(update_fields=["remind_on"])
    case = duty.case
    context: dict[str, Any] = {
        "what": duty.label, "due": duty.due_on, "reference": case.reference,
        "url": papers.tracking_url(case),
    }  # fmt: skip
    notify(
        "duty.reminder",
        to_phone=case.phone,
        to_email=case.email,
        language=case.language,
        context=context,
        key=f"{duty.pk}:{come[-1]}",
    )
    return 1


def _lapse(duty: Duty, today: date) -> int:
    if duty.due_on >= today:
        return 0
    duty.lapsed_at = timezone.now()
    duty.save(update_fields=["lapsed_at"])
    holding.happened(duty.case, f"missing:{duty.key}", actor=None)
    return 1

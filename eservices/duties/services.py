"""The only writers of duties: opened by a decision, reminded, received, or told as missing."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases import holding, papers
from eservices.cases.models import Case, CaseStatus
from eservices.catalog import services as catalog
from eservices.duties.models import Duty
from eservices.formdefs import engine
from portal.accounts.models import User
from portal.core.errors import PortalError
from portal.core.expressions import dates, evaluate, truthy
from portal.notifications.services import notify

BATCH = 500


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


@transaction.atomic
def receive(duty: Duty, *, actor: User, note: str = "") -> None:
    """Say that what was owed is there; what the e-service ties to it follows. :raises DutyRefused:"""
    duty = (
        Duty.objects.select_for_update(of=("self",)).select_related("case__version").get(pk=duty.pk)
    )
    if not Duty.objects.for_agent(actor).filter(pk=duty.pk).exists():
        raise DutyRefused(_("This case is not one of your offices."))
    if actor.pk == duty.case.applicant_id:
        raise DutyRefused(_("Somebody else says that your report is there."))
    if duty.done_at is not None:
        raise DutyRefused(_("This was received already."))
    duty.done_at, duty.done_by, duty.note = timezone.now(), actor, note.strip()[:500]
    duty.save()
    holding.happened(duty.case, f"duty:{duty.key}", actor=actor)


def sweep(today: date | None = None) -> tuple[int, int]:
    """Remind what is due, tell registers what is missing; return how many of each. May run twice."""
    today = today or timezone.localdate()
    reminded = lapsed = 0
    owed = Duty.objects.owed().filter(lapsed_at=None).order_by("due_on", "pk")
    for pk in owed.values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            duty = (
                Duty.objects.select_for_update(of=("self",))
                .select_related("case__version", "case__eservice")
                .get(pk=pk)
            )
            if duty.done_at is not None or duty.lapsed_at is not None:
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

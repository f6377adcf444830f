"""The only writers of suggestions and complaints."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases.models import Case
from eservices.catalog.models import EService
from eservices.feedback.errors import AlreadyAnswered
from eservices.feedback.models import Feedback
from portal.accounts.models import Office, User
from portal.audit import services as audit
from portal.core.references import clean_reference, new_reference
from portal.notifications.services import notify

WORKING_DAYS = 15  # to answer
PREFIX = "AV"
KEPT = timedelta(days=365)  # how long we know who wrote, after the answer


@dataclass(frozen=True)
class Author:
    """Who writes, as far as they say so."""

    name: str = ""
    phone: str = ""
    email: str = ""
    language: str = "fr"


@transaction.atomic
def file(
    *,
    kind: str,
    text: str,
    office: Office,
    author: Author,
    procedure: str = "",
    eservice: EService | None = None,
    case: Case | None = None,
) -> Feedback:
    """Keep what somebody says to `office`, give it a number and a deadline, and tell them."""
    now = timezone.now()
    feedback = Feedback.objects.create(
        reference=new_reference(f"{PREFIX}{now:%y}"),
        kind=kind,
        text=text,
        office=office,
        procedure=procedure,
        eservice=eservice,
        case=case,
        name=author.name,
        phone=author.phone,
        email=author.email,
        language=author.language,
        filed_at=now,
        due_at=office.calendar.deadline(now, WORKING_DAYS),
    )
    _tell(feedback, "feedback.filed")
    return feedback


@transaction.atomic
def answer(feedback: Feedback, *, actor: User, text: str) -> None:
    """Answer once. :raises AlreadyAnswered:"""
    locked = _locked(feedback)
    locked.answer, locked.answered_by, locked.answered_at = text, actor, timezone.now()
    locked.save(update_fields=["answer", "answered_by", "answered_at"])
    _record("answered", locked, actor)
    _tell(locked, "feedback.answered")


@transaction.atomic
def forward(feedback: Feedback, *, actor: User, office: Office) -> None:
    """Hand it to the office that is competent; its deadline stays. :raises AlreadyAnswered:"""
    locked = _locked(feedback)
    _record("forwarded", locked, actor)
    locked.office = office
    locked.save(update_fields=["office"])


def read(feedback: Feedback, *, actor: User) -> None:
    """Write down that a member of staff read what a person wrote."""
    _record("read", feedback, actor)


def find(reference: str, contact: str) -> Feedback | None:
    """Return what has this number and this phone or mail; a nameless one needs the number only."""
    clean = clean_reference(reference)
    found = Feedback.objects.select_related("office", "eservice").filter(reference=clean or "-")
    feedback = found.first()
    if feedback is None:
        return None
    known = {feedback.phone, feedback.email.lower()} - {""}
    return feedback if not known or contact.lower() in known else None


def forget_people() -> int:
    """Take the name and the address from what was answered a year ago; return how many."""
    old = Feedback.objects.filter(answered_at__lt=timezone.now() - KEPT)
    named = old.exclude(name="", phone="", email="")
    return named.update(name="", phone="", email="")


def tally() -> list[tuple[str, str, int, int, int]]:
    """Return by procedure and kind: how many came, were answered, were answered in time."""
    rows = (
        Feedback.objects.order_by("procedure", "kind")
        .values_list("procedure", "kind")
        .annotate(
            every=Count("pk"),
            answered=Count("pk", filter=Q(answered_at__isnull=False)),
            in_time=Count("pk", filter=Q(answered_at__lte=F("due_at"))),
        )
    )
    return list(rows)


def _locked(feedback: Feedback) -> Feedback:
    locked = (
        Feedback.objects.select_for_update(of=("self",))
        .select_related("office")
        .get(pk=feedback.pk)
    )
    if locked.answered_at is not None:
        raise AlreadyAnswered(_("Somebody has answered already. Read the answer below."))
    return locked


def _record(act: str, feedback: Feedback, actor: User) -> None:
    audit.record(
        f"feedback.{act}", actor=actor, office=feedback.office.code, subject=feedback.reference
    )


def _tell(feedback: Feedback, kind: str) -> None:
    notify(
        kind,
        to_phone=feedback.phone,
        to_email=feedback.email,
        language=feedback.language,
        context={
            "reference": feedback.reference,
            "url": reverse("feedback:follow"),
            "due": feedback.due_at.date(),
        },
        key=feedback.reference,
    )

"""The citizen's way: begin, save, come back, send."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.cases import services as cases
from eservices.cases.models import Case
from eservices.cases.services import Applicant
from eservices.catalog import services as catalog
from eservices.catalog.errors import EServiceClosed
from eservices.catalog.models import EService
from eservices.filing.errors import NotReady, WrongCode
from eservices.filing.models import AccessCode, Draft
from eservices.formdefs import engine
from portal.accounts.models import User
from portal.core.references import new_code

DRAFT_LIFE = timedelta(days=90)
CODE_LIFE = timedelta(minutes=15)
CODE_ATTEMPTS = 5
PIECES = "pieces"  # the step where pieces are given, in `Draft.steps_done`


def begin(eservice: EService, *, owner: User | None, language: str) -> Draft:
    """Start a request under the current version. :raises EServiceClosed: with what to tell people."""
    opening = eservice.opening()
    if not opening.is_open or eservice.current is None:
        raise EServiceClosed(opening.message)
    return Draft.objects.create(
        eservice=eservice,
        version=eservice.current,
        owner=owner,
        language=language,
        expires_at=timezone.now() + DRAFT_LIFE,
    )


def save_step(draft: Draft, *, step: str, answers: dict[str, Any], is_done: bool) -> None:
    """Keep the answers of one step; the others stay. One write."""
    draft.answers = {**draft.answers, **answers}
    if is_done and step not in draft.steps_done:
        draft.steps_done = [*draft.steps_done, step]
    if not is_done:
        draft.steps_done = [done for done in draft.steps_done if done != step]
    draft.saved_at = timezone.now()
    draft.expires_at = draft.saved_at + DRAFT_LIFE
    draft.save(update_fields=["answers", "steps_done", "saved_at", "expires_at"])


def missing_steps(draft: Draft) -> list[str]:
    """Return the keys of the steps that still need the citizen, pieces included, in order."""
    spec = catalog.compiled(draft.version)
    faulty = {engine.step_of(spec, path) for path in engine.check(spec, draft.answers)}
    missing = [
        step.key
        for step in engine.steps(spec, draft.answers)
        if step.key not in draft.steps_done or step.key in faulty
    ]
    if missing_pieces(draft):
        missing.append(PIECES)
    return missing


def missing_pieces(draft: Draft) -> list[str]:
    """Return the keys of the required pieces that are not there yet."""
    wanted = [
        piece.key
        for piece in engine.pieces(catalog.compiled(draft.version), draft.answers)
        if piece.required
    ]
    if not wanted:
        return []
    given = set(attachments.for_owner(attachment_owner(draft)).values_list("slot", flat=True))
    return [key for key in wanted if key not in given]


def submit(draft: Draft) -> Case:
    """Send a draft: it becomes a case, whole or not at all. Sending it again gives the same case.

    :raises NotReady: when something is missing; the draft stays as it is.
    :raises NoOffice: when no office can receive it.
    """
    with transaction.atomic():
        locked = (
            Draft.objects.select_for_update(of=("self",))
            .select_related("version", "eservice", "owner")
            .filter(pk=draft.pk)
            .first()
        )
        if locked is None:
            return Case.objects.get(access_key=draft.pk)
        if missing := missing_steps(locked):
            raise NotReady(_("Some answers or pieces are missing."), steps=missing)
        spec = catalog.compiled(locked.version)
        answers = engine.computed(spec, engine.prune(spec, locked.answers))
        case = cases.open_case(
            version=locked.version,
            applicant=_applicant(locked, answers),
            answers=answers,
            access_key=locked.pk,
        )
        cases.adopt_attachments(case, from_owner=attachment_owner(locked))
        locked.delete()
        return case


@transaction.atomic
def discard(draft: Draft) -> None:
    """Delete a draft and its pieces at the citizen's wish."""
    attachments.remove_all(attachment_owner(draft))
    draft.delete()


def purge_expired() -> int:
    """Delete the drafts nobody came back to, with their pieces; return how many."""
    count = 0
    for draft in Draft.objects.expired().order_by("pk")[:500]:
        discard(draft)
        count += 1
    AccessCode.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()
    return count


def new_access_code(purpose: str, target: uuid.UUID | None) -> tuple[AccessCode, str]:
    """Make a code that opens `target` for fifteen minutes; None makes one that opens nothing."""
    code = new_code()
    row = AccessCode.objects.create(
        purpose=purpose,
        target=target,
        code_hash=make_password(code),
        expires_at=timezone.now() + CODE_LIFE,
    )
    return row, code


def redeem(access_id: uuid.UUID, code: str, *, purpose: str) -> uuid.UUID:
    """Return what the code opens, once. :raises WrongCode: also when it never opened anything."""
    with transaction.atomic():
        tried = AccessCode.objects.filter(
            pk=access_id,
            purpose=purpose,
            used_at=None,
            attempts__lt=CODE_ATTEMPTS,
            expires_at__gt=timezone.now(),
        ).update(attempts=F("attempts") + 1)
    row = AccessCode.objects.filter(pk=access_id).first() if tried else None
    # The hash is checked even for a code that opens nothing, so that both take the same time.
    if row is None or not check_password(code, row.code_hash) or row.target is None:
        raise WrongCode(_("This code is wrong or too old. Ask for a new one."))
    if not AccessCode.objects.filter(pk=row.pk, used_at=None).update(used_at=timezone.now()):
        raise WrongCode(_("This code was already used. Ask for a new one."))
    return row.target


def attachment_owner(draft: Draft) -> str:
    return f"draft:{draft.pk}"


def _applicant(draft: Draft, answers: dict[str, Any]) -> Applicant:
    """Return who files: the answers named in the definition's `contact`, else the account's."""
    contact = draft.version.spec.get("contact", {})
    names = [
        str(answers.get(key) or "") for key in contact.get("name", ["last_name", "first_names"])
    ]
    owner = draft.owner
    return Applicant(
        name=" ".join(filter(None, names))
        or (str(owner) if owner else draft.eservice.title_in("fr")),
        phone=str(answers.get(contact.get("phone", "phone")) or (owner.phone if owner else "")),
        email=str(answers.get(contact.get("email", "email")) or (owner.email if owner else "")),
        language=str(answers.get(contact.get("language", "language")) or draft.language),
        user=owner,
    )

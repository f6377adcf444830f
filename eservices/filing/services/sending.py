"""What is still missing, and the sending: a draft becomes a case, whole or not at all."""

from collections import Counter
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from eservices.appointments.errors import SlotTaken
from eservices.attachments import services as attachments
from eservices.attachments import uploads
from eservices.cases import applicants
from eservices.cases import services as cases
from eservices.cases.errors import BadRequest
from eservices.cases.models import Case
from eservices.cases.services import Applicant
from eservices.catalog.errors import EServiceClosed
from eservices.filing import booking, lines, openings
from eservices.filing.errors import NotReady
from eservices.filing.models import Draft
from eservices.filing.services.drafts import PIECES, attachment_owner, catch_up, compiled
from eservices.formdefs import engine


def missing_steps(draft: Draft) -> list[str]:
    """Return the keys of the steps that still need the citizen, pieces included, in order."""
    spec = compiled(draft)
    faulty = {engine.step_of(spec, path) for path in engine.check(spec, draft.answers)}
    faulty |= {engine.step_of(spec, path) for path in lines.objections(draft, {})}
    missing = [
        step.key
        for step in engine.steps(spec, draft.answers)
        if step.key not in draft.steps_done or step.key in faulty
    ]
    if missing_pieces(draft):
        missing.append(PIECES)
    return missing


def missing_pieces(draft: Draft) -> list[str]:
    """Return the keys of the pieces that are required and not there, or there in too few or too many files."""
    asked = engine.pieces(compiled(draft), draft.answers)
    if not asked:
        return []
    slots = attachments.for_owner(attachment_owner(draft)).values_list("slot", flat=True)
    given = Counter(slots)
    return [
        piece.key
        for piece in asked
        if given[piece.key] > piece.max_files
        or (piece.required and given[piece.key] < piece.min_files)
    ]


def submit(draft: Draft) -> Case:
    """Send a draft: it becomes a case, whole or not at all. Sending it again gives the same case.

    The draft's key is the idempotency key: however often it is sent, there is one case.
    :raises NotReady: when something is missing or has changed; the draft stays as it is.
    :raises EServiceClosed: when requests are no longer accepted; the draft stays too.
    :raises NoOffice: when no office can receive it.
    """
    if draft.version_id != draft.eservice.current_id and Draft.objects.filter(pk=draft.pk).exists():
        catch_up(draft)
    with transaction.atomic():
        locked = (
            Draft.objects.select_for_update(of=("self",))
            .select_related("version", "eservice", "owner", "helper__accreditation", "office")
            .filter(pk=draft.pk)
            .first()
        )
        if locked is None:
            return Case.objects.get(access_key=draft.pk)
        locked.version.eservice = locked.eservice  # loaded already
        _check_sendable(locked)
        spec = compiled(locked)
        locked.answers |= lines.looked_up(locked, locked.answers)
        answers = engine.computed(spec, engine.prune(spec, locked.answers))
        case = _open(locked, answers)
        asked = {piece.key for piece in engine.pieces(spec, answers)}
        attachments.for_owner(attachment_owner(locked)).exclude(slot__in=asked).delete()
        cases.adopt_attachments(case, from_owner=attachment_owner(locked))
        _note_origin(case, locked)
        uploads.forget_all(attachment_owner(locked))
        _book(locked, case, answers)
        locked.delete()
        return case


def _book(draft: Draft, case: Case, answers: dict[str, Any]) -> None:
    spec = compiled(draft)
    try:
        booking.book(spec, answers, holder=attachment_owner(draft), to=cases.attachment_owner(case))
    except SlotTaken as exc:
        keys = {one.step.key for one in spec.fields if one.type.key == "appointment"}
        raise NotReady(str(exc), steps=sorted(keys)) from exc


def _note_origin(case: Case, draft: Draft) -> None:
    """Keep what was taken over, and who helped: the person and the agent both read it."""
    if draft.reused:
        note = "\n".join(dict.fromkeys(entry["from"] for entry in draft.reused))
        cases.note_origin(case, action="reuse", note=note, data={"reused": draft.reused})
    if draft.helper is not None:
        accreditation = draft.helper.accreditation
        data = {"helper": draft.helper_id, "accreditation": accreditation.number}
        note = f"{draft.helper} – {accreditation.place} ({accreditation.number})"
        cases.note_origin(case, action="help", note=note, data=data)


def _open(draft: Draft, answers: dict[str, Any]) -> Case:
    try:
        return cases.open_case(
            version=draft.version,
            applicant=applicant_of(draft, answers),
            answers=answers,
            access_key=draft.pk,
            office=draft.office,
            own_fees=draft.own_fees,
        )
    except BadRequest as exc:  # somebody reserved the same line a moment before
        raise NotReady(str(exc), steps=[]) from exc


def _check_sendable(draft: Draft) -> None:
    opening = openings.opening(draft.eservice, draft.version, lock=True)
    if not opening.is_open:
        raise EServiceClosed(opening.message)
    if draft.news:
        raise NotReady(_("This procedure has changed. Look at what is new."), steps=[])
    if missing := missing_steps(draft):
        raise NotReady(_("Some answers or pieces are missing."), steps=missing)


def applicant_of(draft: Draft, answers: dict[str, Any]) -> Applicant:
    """Return who files: the answers named in the definition's `contact`, else the account's."""
    found = applicants.named_in(answers, draft.version, language=draft.language, user=draft.owner)
    # With a helper, whoever follows is the person whose phone agreed, whatever number is typed.
    return found if draft.helper_id is None else replace(found, phone=draft.phone)

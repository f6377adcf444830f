"""Opening a case for the person at the counter. The only writer of counter drafts and intakes."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.attachments.errors import UploadRefused
from eservices.cases import applicants
from eservices.cases import services as cases
from eservices.cases.models import Case
from eservices.casework.errors import NotComplete
from eservices.casework.models import CounterDraft, IdentityKind, Intake
from eservices.catalog import local
from eservices.catalog import services as catalog
from eservices.catalog.errors import EServiceClosed
from eservices.catalog.models import EService, EServiceVersion
from eservices.formdefs import engine
from portal.accounts.models import Office, User
from portal.audit import services as audit
from portal.core.money import Money
from portal.core.texts import labelled

# Said for one request only: agreed to, signed, booked or chosen anew each time.
UNREPEATABLE = frozenset({"attestation", "signature", "appointment", "office"})


@dataclass(frozen=True)
class Identity:
    """The paper by which the person at the counter was known."""

    kind: str
    number: str = ""


@dataclass(frozen=True)
class Offer:
    """An e-service that can be opened at a counter, and in the name of which office."""

    slug: str
    title: str
    code: str
    office: Office


def offers(offices: Sequence[Office]) -> list[Offer]:
    """Return what may be opened at the counters of `offices`, by title; two queries."""
    rows = EService.objects.published().annotate_offices()
    own = local.offered_at([office.pk for office in offices])
    found = []
    for eservice in rows:
        listed = set(getattr(eservice, "listed_offices", None) or ())
        listed |= {office.code for office in offices if (eservice.pk, office.pk) in own}
        office = next((one for one in offices if _serves(one, eservice, listed)), None)
        if office is not None and eservice.opening().is_open:
            found.append(Offer(eservice.slug, eservice.title_in(), eservice.code, office))
    return sorted(found, key=lambda offer: offer.title)


def _serves(office: Office, eservice: EService, listed: Collection[str]) -> bool:
    if office.is_training:
        return eservice.country == office.country
    return office.code in listed


def begin(
    eservice: EService,
    *,
    agent: User,
    office: Office,
    language: str,
    given: Mapping[str, Any] | None = None,
) -> CounterDraft:
    """Start keying a request; `given` answers of an earlier one need not be keyed again.

    :raises EServiceClosed: with what to tell people.
    """
    opening = eservice.opening()
    if not opening.is_open or eservice.current is None:
        raise EServiceClosed(opening.message)
    return CounterDraft.objects.create(
        version=eservice.current,
        office=office,
        agent=agent,
        language=language,
        answers=_known(eservice.current, given or {}) | _of_this_counter(eservice.current, office),
    )


def _known(version: EServiceVersion, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the given answers that this e-service asks too; they are checked when sent."""
    fields = catalog.compiled(version).field_by_key
    return {
        key: value
        for key, value in given.items()
        if key in fields and fields[key].type.asks and fields[key].type.key not in UNREPEATABLE
    }


def _of_this_counter(version: EServiceVersion, office: Office) -> dict[str, str]:
    """Return the questions about an office that this one answers: most people stand in theirs."""
    return {
        field.key: office.code
        for field in catalog.compiled(version).fields
        if field.type.key == "office" and office.code in {one.value for one in field.options}
    }


def save(
    draft: CounterDraft,
    *,
    answers: Mapping[str, Any],
    identity: Identity,
    pieces_seen: Collection[str],
    language: str = "",
) -> None:
    """Keep what was keyed so far; one write, none when the draft became a case meanwhile."""
    if language in dict(settings.LANGUAGES):
        draft.language = language
    known = {piece.key for piece in engine.all_pieces(catalog.compiled(draft.version))}
    kinds = set(IdentityKind.values)
    draft.answers = {**draft.answers, **answers}
    draft.identity_kind = identity.kind if identity.kind in kinds else ""
    draft.identity_number = identity.number.strip()[:60]
    draft.pieces_seen = sorted(known & set(pieces_seen))
    draft.saved_at = timezone.now()
    kept = ("answers", "identity_kind", "identity_number", "pieces_seen", "language", "saved_at")
    # A save that arrives after the request was opened finds no draft: nothing is lost by it.
    CounterDraft.objects.filter(pk=draft.pk).update(**{name: getattr(draft, name) for name in kept})


def add_piece(draft: CounterDraft, key: str, upload: UploadedFile) -> str:
    """Keep a photo or a scan of the piece `key`; return what is wrong with it, if anything is."""
    asked = engine.pieces(catalog.compiled(draft.version), draft.answers)
    piece = next((one for one in asked if one.key == key), None)
    if piece is None:
        return ""
    given = attachments.for_owner(owner(draft)).filter(slot=key).count()
    if given >= piece.max_files:
        return _("No more than %(n)d files here. Remove one first.") % {"n": piece.max_files}
    try:
        attachments.store(
            upload, owner=owner(draft), slot=key, accept=piece.accept, max_mb=piece.max_mb
        )
    except UploadRefused as exc:
        return labelled(upload.name, exc)
    return ""


def remove_piece(draft: CounterDraft, wanted: str) -> None:
    """Remove the file with this key, if it is the draft's."""
    for attachment in attachments.for_owner(owner(draft)):
        if str(attachment.pk) == wanted:
            attachments.remove(attachment)


def fee(draft: CounterDraft) -> Money:
    """Return what the answers so far cost in the office of the draft."""
    spec = catalog.compiled(draft.version, _place(draft).get("own_fees"))
    answers = engine.computed(spec, draft.answers)
    return Money(sum(line.amount for line in engine.fee_lines(spec, answers)), spec.currency)


def missing_pieces(draft: CounterDraft) -> list[str]:
    """Return the keys of the required pieces that are neither here nor seen on paper."""
    given = set(attachments.for_owner(owner(draft)).values_list("slot", flat=True))
    return [
        piece.key
        for piece in engine.pieces(catalog.compiled(draft.version), draft.answers)
        if piece.required and piece.key not in given | set(draft.pieces_seen)
    ]


def identity_fault(identity: Identity) -> str:
    """Return what is wrong with the identity recorded; empty when nothing is."""
    if not identity.kind:
        return _("Choose the paper that you have seen.")
    if identity.kind != IdentityKind.WITNESSES and not identity.number:
        return _("Write the number of the paper.")
    if identity.kind == IdentityKind.WITNESSES and not identity.number:
        return _("Write the names of the two witnesses.")
    return ""


def open_case(draft: CounterDraft, *, agent: User) -> Case:
    """Turn what was keyed into a case, whole or not at all; a second call gives the same case.

    :raises NotComplete: and the draft stays as it is. :raises NoOffice:
    """
    with transaction.atomic():
        locked = (
            CounterDraft.objects.select_for_update(of=("self",))
            .select_related("version__eservice", "office")
            .filter(pk=draft.pk)
            .first()
        )
        if locked is None:
            return Case.objects.get(access_key=draft.pk)
        _check(locked)
        spec = catalog.compiled(locked.version)
        answers = engine.computed(spec, engine.prune(spec, locked.answers))
        person = applicants.named_in(answers, locked.version, language=locked.language)
        case = cases.open_case(
            version=locked.version,
            applicant=person,
            answers=answers,
            access_key=locked.pk,
            **_place(locked),
        )
        cases.adopt_attachments(case, from_owner=owner(locked))
        _record(case, locked, agent)
        locked.delete()
        return case


def _place(draft: CounterDraft) -> dict[str, Any]:
    """Return where it goes when people choose their office: to the counter where it was keyed."""
    if draft.office.is_training:
        return {"office": draft.office}
    if not draft.version.spec.get("local"):
        return {}
    return {"office": draft.office, "own_fees": local.fees_at(draft.version, draft.office)}


@transaction.atomic
def discard(draft: CounterDraft) -> None:
    """Delete a draft and its pieces."""
    attachments.remove_all(owner(draft))
    draft.delete()


def owner(draft: CounterDraft) -> str:
    """Return the key under which the draft's pieces are kept."""
    return f"counter:{draft.pk}"


def opened_from(key: uuid.UUID) -> Case | None:
    """Return the case that the draft with this key became."""
    return Case.objects.filter(access_key=key).first()


def _check(draft: CounterDraft) -> None:
    fault = identity_fault(Identity(draft.identity_kind, draft.identity_number))
    faults = [fault] if fault else []
    spec = catalog.compiled(draft.version)
    faults += [
        labelled(engine.label_of(spec, path), " ".join(texts))
        for path, texts in engine.check(spec, draft.answers).items()
    ]
    labels = {piece.key: piece.label for piece in engine.all_pieces(spec)}
    faults += [_("Missing: %(piece)s") % {"piece": labels[key]} for key in missing_pieces(draft)]
    if faults:
        raise NotComplete(faults[0], faults=faults)


def _record(case: Case, draft: CounterDraft, agent: User) -> None:
    Intake.objects.create(
        case=case,
        agent=agent,
        office=draft.office,
        identity_kind=draft.identity_kind,
        identity_number=draft.identity_number,
        pieces_seen=draft.pieces_seen,
        started_at=draft.started_at,
    )
    # The number of the paper stays with the case, which is deleted one day; the journal is not.
    audit.record(
        "counter.opened",
        actor=agent,
        office=draft.office.code,
        subject=case.reference,
        details={"identity": draft.identity_kind},
    )

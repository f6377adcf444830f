"""What of the person's own may be taken over into a draft: shown first, taken only with consent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.attachments.models import Attachment
from eservices.cases import services as cases
from eservices.cases.models import Case
from eservices.catalog import services as catalog
from eservices.documents.models import IssuedDocument
from eservices.filing.models import Draft
from eservices.formdefs import engine, standing
from eservices.formdefs.engine import CompiledSpec
from portal.accounts.models import User

LATEST = 5  # requests that are looked into
MOST_PAPERS = 40


@dataclass(frozen=True)
class Source:
    """Answers known from one place: what would be taken, in words, and the values."""

    key: str
    title: str
    at: datetime | None
    answers: dict[str, Any]
    lines: list[tuple[str, str]]


@dataclass(frozen=True)
class Paper:
    """A piece that was sent before, or a document that the administration issued."""

    key: str
    title: str
    origin: str
    at: datetime
    attachment: Attachment | None = None
    document: IssuedDocument | None = None


def sources(draft: Draft, spec: CompiledSpec, person: User) -> list[Source]:
    """Return where answers to questions still open in `draft` are known from."""
    found = [
        _source("profile", _("Your account"), None, spec, draft, _profile(spec, draft, person))
    ]
    for case in _latest(person):
        known = catalog.compiled(case.version)
        answers = _about_the_same(case, draft, spec, engine.keep(known, spec, case.answers))
        if case.eservice_id != draft.eservice_id:
            answers = {key: value for key, value in answers.items() if _is_about(spec, key)}
        title = f"{case.eservice.title_in()} ({case.reference})"
        found.append(_source(case.reference, title, case.created_at, spec, draft, answers))
    return [source for source in found if source.answers]


def papers(person: User) -> list[Paper]:
    """Return the person's own storage: acts delivered, then pieces sent, newest first."""
    requests = {cases.attachment_owner(case): case for case in _latest(person, 20)}
    found = [
        Paper(
            f"act-{case.decision.document.pk}",
            case.decision.document.title,
            f"{case.decision.document.number} ({case.reference})",
            case.decision.document.issued_at,
            document=case.decision.document,
        )
        for case in requests.values()
        if getattr(case, "decision", None) and case.decision.document
    ]
    labels: dict[int, dict[str, str]] = {}
    sent = Attachment.objects.readable().filter(owner_key__in=requests).order_by("-created_at")
    for piece in sent[:MOST_PAPERS]:
        case = requests[piece.owner_key]
        known = labels.setdefault(case.version_id, _labels(case))
        origin = f"{case.eservice.title_in()} ({case.reference})"
        title = f"{known.get(piece.slot, piece.slot)} – {piece.name}"
        found.append(Paper(f"piece-{piece.pk}", title, origin, piece.created_at, attachment=piece))
    return found


def copy(paper: Paper, *, owner: str, slot: engine.PieceSpec) -> None:
    """Put a copy of `paper` among the pieces of a draft. :raises UploadRefused:"""
    if paper.attachment is not None:
        attachments.copy(paper.attachment, owner=owner, slot=slot.key)
    elif paper.document is not None:
        attachments.store_known(
            paper.document.file, name=paper.document.file_name, owner=owner, slot=slot.key
        )


def _latest(person: User, count: int = LATEST) -> list[Case]:
    return list(
        Case.objects.for_applicant(person)
        .select_related("eservice", "version", "decision__document")
        .defer("version__spec", "eservice__definition", "search_text")
        .order_by("-created_at")[:count]
    )


def _about_the_same(
    case: Case, draft: Draft, spec: CompiledSpec, answers: dict[str, Any]
) -> dict[str, Any]:
    """Leave out who an earlier request was about, when this one is about somebody else.

    What I said of myself then tells who files now, when I file for another person.
    """
    before = case.answers.get(standing.QUESTION) or standing.SELF
    now = draft.answers.get(standing.QUESTION) or standing.SELF
    if before == now:
        return answers
    contact: Mapping[str, Any] = spec.source.get("contact", {})
    mine = {contact.get("phone", "phone"), contact.get("email", "email"), "channel"}
    found = {key: value for key, value in answers.items() if key in {*mine, *standing.NAMES}}
    if before == standing.SELF and standing.NAMES[0] in spec.field_by_key:
        own = dict(zip(standing.NAMES, ("last_name", "first_names"), strict=True))
        found |= {key: case.answers[old] for key, old in own.items() if case.answers.get(old)}
    return found


def _profile(spec: CompiledSpec, draft: Draft, person: User) -> dict[str, Any]:
    contact: Mapping[str, Any] = spec.source.get("contact", {})
    names = contact.get("name", [])
    known = {
        contact.get("phone", "phone"): person.phone,
        contact.get("email", "email"): person.email,
    }
    is_own = draft.answers.get(standing.QUESTION, standing.SELF) == standing.SELF
    if len(names) == 1 and is_own:  # a full name is not cut in two by a guess
        known[names[0]] = person.full_name
    asked = {one.key for one in spec.fields if one.type.asks}
    return {key: value for key, value in known.items() if value and key in asked}


def _source(
    key: str,
    title: str,
    at: datetime | None,
    spec: CompiledSpec,
    draft: Draft,
    answers: Mapping[str, Any],
) -> Source:
    """Return the part of `answers` that the draft does not hold yet, with its words."""
    open_ones = {
        name: value for name, value in answers.items() if draft.answers.get(name) in (None, "", [])
    }
    lines = []
    for name, value in open_ones.items():
        field = spec.field_by_key[name]
        text = "…" if field.fields else field.type.to_text(field, value, draft.language)
        lines.append((engine.label_of(spec, name), text))
    return Source(key, title, at, open_ones, lines)


def _is_about(spec: CompiledSpec, key: str) -> bool:
    """Whether the question is about the person, not about one procedure."""
    return bool(spec.field_by_key[key].config.get("personal"))


def _labels(case: Case) -> dict[str, str]:
    spec = catalog.compiled(case.version)
    return {piece.key: piece.label for piece in engine.all_pieces(spec)}

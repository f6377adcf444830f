"""Answering a complement: a form of the faulty fields and slots for the faulty pieces, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.attachments.errors import UploadRefused
from eservices.attachments.models import Attachment
from eservices.cases import services as cases
from eservices.cases.models import Case, Complement
from eservices.cases.tracking import wrong_with
from eservices.catalog import services as catalog
from eservices.formdefs import engine
from eservices.formdefs.engine import PieceSpec
from portal.core.texts import labelled


@dataclass
class PieceToCorrect:
    piece: PieceSpec
    remark: str
    files: list[Attachment]
    problems: list[str] = field(default_factory=list)


@dataclass
class Correction:
    """The answer being given to one complement."""

    case: Case
    complement: Complement
    form: engine.StepForm | None
    remarks: list[tuple[str, str]]  # (label of the field, what is wrong)
    pieces: list[PieceToCorrect]
    uploads: Mapping[str, list[Any]]

    def is_valid(self) -> bool:
        """Check the answers and that each piece asked has a new file; problems are kept for show."""
        is_good = self.form is None or (self.form.is_valid() and not self.form.wants_more())
        for wanted in self.pieces:
            if not self.uploads.get(wanted.piece.key):
                wanted.problems.append(_("Add a new photo or PDF of this piece."))
                is_good = False
        return is_good and self._store_all()

    def _store_all(self) -> bool:
        """Keep the new files aside; they replace the old ones only when the answer is sent."""
        is_good = True
        for wanted in self.pieces:
            for upload in self.uploads[wanted.piece.key][: wanted.piece.max_files]:
                try:
                    attachments.store(
                        upload,
                        owner=self.aside,
                        slot=wanted.piece.key,
                        accept=wanted.piece.accept,
                        max_mb=wanted.piece.max_mb,
                    )
                except UploadRefused as exc:
                    wanted.problems.append(labelled(upload.name, exc))
                    is_good = False
        if not is_good:
            attachments.remove_all(self.aside)
        return is_good

    @property
    def aside(self) -> str:
        return f"complement:{self.complement.pk}"


def open_complement(
    case: Case, *, data: Any = None, files: MultiValueDict[str, Any] | None = None
) -> Correction | None:
    """Return the correction asked of the applicant now; None when nothing is asked."""
    complement = case.complements.filter(answered_at=None).first()
    if complement is None:
        return None
    spec = catalog.compiled(case.version)
    language = get_language() or "fr"
    keys = [item["key"] for item in complement.items if item["kind"] == "field"]
    form = (
        engine.form_for_fields(spec, keys, case.answers, language=language, data=data)
        if keys
        else None
    )
    remarks = [
        (engine.label_of(spec, item["key"], language), wrong_with(spec, item, language))
        for item in complement.items
        if item["kind"] == "field"
    ]
    return Correction(
        case=case,
        complement=complement,
        form=form,
        remarks=remarks,
        pieces=_pieces(case, spec, complement, language) + _called_for(case, spec, form),
        uploads={key: files.getlist(key) for key in files} if files else {},
    )


@transaction.atomic
def send(correction: Correction) -> None:
    """Replace the faulty pieces and answers, and give the case back to its agent."""
    case = correction.case
    asked = {wanted.piece.key for wanted in correction.pieces}
    for attachment in attachments.for_owner(cases.attachment_owner(case)):
        if attachment.slot in asked:
            attachments.reassign(attachment, f"replaced:{case.access_key}")
    attachments.move(correction.aside, cases.attachment_owner(case))
    cases.reply(case, answers=correction.form.answers() if correction.form else {})


def _pieces(
    case: Case,
    spec: engine.CompiledSpec,
    complement: Complement,
    language: str,
) -> list[PieceToCorrect]:
    items = {item["key"]: item for item in complement.items if item["kind"] == "piece"}
    if not items:
        return []
    files: dict[str, list[Attachment]] = {}
    for attachment in attachments.for_owner(cases.attachment_owner(case)):
        files.setdefault(attachment.slot, []).append(attachment)
    return [
        PieceToCorrect(
            piece, wrong_with(spec, items[piece.key], language), files.get(piece.key, [])
        )
        for piece in engine.all_pieces(spec)
        if piece.key in items
    ]


def _called_for(
    case: Case, spec: engine.CompiledSpec, form: engine.StepForm | None
) -> list[PieceToCorrect]:
    """Return the pieces that the corrected answers call for and that the first ones did not."""
    if form is None or not form.is_bound or not form.is_valid():
        return []
    before = {piece.key for piece in engine.pieces(spec, case.answers)}
    now = engine.pieces(spec, engine.computed(spec, {**case.answers, **form.answers()}))
    remark = _("Your new answer asks for this piece.")
    return [
        PieceToCorrect(piece, remark, [])
        for piece in now
        if piece.required and piece.key not in before
    ]

"""Issue, show and revoke documents. The only writers of IssuedDocument."""

import hashlib
import logging
from collections.abc import Mapping
from datetime import date, datetime
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from eservices.documents import rendering
from eservices.documents.codes import new_code
from eservices.documents.errors import NotRevocable
from eservices.documents.models import (
    DocumentStatus,
    IssuedDocument,
    IssuedDocumentQuerySet,
    OfficeStamp,
    private_storage,
)
from eservices.documents.rendering import Proof, Sheet
from portal.accounts.models import Office
from portal.core.counters import next_number
from portal.core.private_files import remove_orphans, safe_response
from portal.outbox.services import publish

logger = logging.getLogger(__name__)
FOLDER = "documents"
MOST_REGISTER_LINES = 20_000
SLIP_FRAME = frozenset({"at", "tracking_url", "title", "receipt_number", "is_training"})


def issue(
    *,
    kind: str,
    office: Office,
    series: str,
    title: str,
    data: Mapping[str, Any],
    language: str,
    subject: str,
    owner: str,
    signer: str,
    valid_until: date | None = None,
    key: str = "",
    is_controlled: bool = False,
) -> IssuedDocument:
    """Number, draw, seal and register a document; all of it or nothing, and the series has no gap.

    `data` holds texts ready to print: those of the body named by `kind` (any other name is drawn
    by the generic body: `paragraphs`, `lines`, `table`, `closing`), and those of the frame:
    `ministry`, `place`, `signer_title`, `fee`, `receipt_number`. With `key`, a second call returns
    the first document. `is_controlled` acts go to the office above as well. Publishes `document.issued` {document_id}.
    :raises RenderingFailed: and the number is given back.
    """
    if key and (found := IssuedDocument.objects.filter(idempotency_key=key).first()):
        return found
    document = IssuedDocument(
        office=office, series=series, kind=kind, title=title, language=language,
        owner_key=owner, idempotency_key=key, subject=subject, issued_at=timezone.now(),
        issued_by=signer, valid_until=valid_until, code=new_code(), is_controlled=is_controlled,
    )  # fmt: skip
    # The key is read and the fonts are loaded before the series is locked.
    signing = _signing()
    signing.prepare(office)
    return _register_once(document, data, signing.sign)


def preview(
    *,
    kind: str,
    office: Office,
    series: str,
    title: str,
    data: Mapping[str, Any],
    language: str,
    subject: str,
    owner: str = "",
    signer: str,
    valid_until: date | None = None,
) -> bytes:
    """Return the PDF as it would be issued, marked as a preview: no number, no code, no seal."""
    draft = IssuedDocument(
        office=office, series=series, kind=kind, title=title, language=language, subject=subject,
        owner_key=owner, issued_at=timezone.now(), issued_by=signer, valid_until=valid_until,
    )  # fmt: skip
    return rendering.render(_sheet(draft, data, is_preview=True))


def acknowledgement(data: Mapping[str, Any], language: str) -> bytes:
    """Return the proof that a request was filed, as PDF.

    `data`: `country`, `ministry`, `office`, `contact` (head); `reference`, `service`, `applicant`,
    `beneficiary` (another than the applicant), `filed_at`, `deadline`, `next` (texts); `at`
    (datetime of filing); `tracking_url` (in the QR code); and `title`, `paragraphs`, `lines`,
    `table`, `closing` if wanted. All may be absent.
    """
    return _slip("acknowledgement", data, language)


def receipt(data: Mapping[str, Any], language: str) -> bytes:
    """Return the receipt of a payment, as PDF.

    `data`: as for `acknowledgement`, with `receipt_number`, `payer`, `paid_at`, `method`,
    `transaction`, `fee_lines` (rows of label, quantity, price, amount as texts) and `total`.
    """
    return _slip("receipt", data, language)


def register(
    *, office: Office, title: str, headers: list[str], rows: list[list[str]], language: str
) -> bytes:
    """Return a list of documents as PDF/A, to print and to bind; it is no document itself."""
    data = {"headers": headers, "rows": rows}
    return rendering.render(
        Sheet(
            body="register",
            language=language,
            title=title,
            data=data,
            most_items=MOST_REGISTER_LINES,
            at=_local(timezone.now(), office),
            header=rendering.header_of(office, {}, language),
            crest=_crest(office),
        )
    )


def revoke(document: IssuedDocument, reason: str, actor: Any) -> IssuedDocument:
    """Cancel `document`: from now on the public verification says so. :raises NotRevocable:"""
    if not reason.strip():
        raise NotRevocable(_("Say why the document is cancelled."))
    with transaction.atomic():
        _close(document, DocumentStatus.CANCELLED, reason=reason, actor=actor)
        publish("document.revoked", document_id=document.pk)
    return document


def replace(
    document: IssuedDocument, by: IssuedDocument, reason: str, actor: Any
) -> IssuedDocument:
    """Mark `document` as replaced by a newer one. :raises NotRevocable:"""
    if by.pk == document.pk or by.status != DocumentStatus.VALID:
        raise NotRevocable(_("A document is replaced by another one that is valid."))
    with transaction.atomic():
        _close(document, DocumentStatus.REPLACED, reason=reason, actor=actor, by=by)
        publish("document.revoked", document_id=document.pk)
    return document


def succeed(number: str, by: IssuedDocument) -> None:
    """Say of a cancelled document that a newer one stands in its place, as that one tells.

    It had ended before; whoever checks it learns that there is a newer paper, not its number.
    """
    cancelled = IssuedDocument.objects.filter(number=number, status=DocumentStatus.CANCELLED)
    cancelled.filter(owner_key=by.owner_key, series=by.series).exclude(pk=by.pk).update(
        status=DocumentStatus.REPLACED, replaced_by=by
    )


def for_owner(owner: str) -> IssuedDocumentQuerySet:
    return IssuedDocument.objects.of(owner)


def serve(document: IssuedDocument, *, inline: bool) -> FileResponse:
    """Return the PDF with safe headers. The caller has checked who asks. :raises FileNotFoundError:"""
    return safe_response(
        document.file.open("rb"),
        name=document.file_name,
        content_type="application/pdf",
        inline=inline,
    )


def sweep() -> dict[str, int]:
    """Remove the files of documents that were never registered, and report those that are gone."""
    missing = 0
    for name in IssuedDocument.objects.order_by().values_list("file", flat=True).iterator():
        if not private_storage().exists(name):
            logger.error("document file %s is missing", name)
            missing += 1
    return {"removed": remove_orphans(FOLDER, _named), "missing": missing}


def _register_once(document: IssuedDocument, data: Mapping[str, Any], seal: Any) -> IssuedDocument:
    """Register `document`, or return the one that another worker registered under its key."""
    key = document.idempotency_key
    try:
        with transaction.atomic():
            _register(document, data, seal)
            publish("document.issued", document_id=document.pk)
    except IntegrityError:
        # Another worker ran the same job at the same time; our number went back with the rollback.
        twin = IssuedDocument.objects.filter(idempotency_key=key).first() if key else None
        if twin is None:
            raise
        return twin
    return document


def _register(document: IssuedDocument, data: Mapping[str, Any], seal: Any) -> None:
    document.number = _next_number(document)
    sheet = _sheet(document, data)
    document.fingerprint = sheet.proof.fingerprint
    pdf = seal(
        rendering.render(sheet),
        office=document.office,
        reason=document.title,
        location=document.office.name_in(document.language),
    )
    document.sha256 = hashlib.sha256(pdf).hexdigest()
    document.size = len(pdf)
    name = f"{FOLDER}/{document.issued_at:%Y}/{document.sha256[:2]}/{document.sha256}"
    document.file.name = private_storage().save(name, ContentFile(pdf))
    document.save(force_insert=True)


def _next_number(document: IssuedDocument) -> str:
    """Return `AAAA/OFFICE/SERIE/NNNNNN`, in the year of the office's own clock."""
    year = _local(document.issued_at, document.office).year
    series = f"{year}/{document.office.code.upper()}/{document.series.upper()}"
    return f"{series}/{next_number(f'document:{series}'):06d}"


def _sheet(document: IssuedDocument, data: Mapping[str, Any], *, is_preview: bool = False) -> Sheet:
    at = _local(document.issued_at, document.office)
    texts = dict(data)
    if document.valid_until:
        texts["valid_until_text"] = rendering.long_date(document.valid_until, document.language)
    words = rendering.labels(document.language)
    return Sheet(
        body=document.kind if document.kind in rendering.BODIES else "generic",
        language=document.language,
        title=document.title,
        data=texts,
        at=at,
        header=rendering.header_of(document.office, texts, document.language),
        number=document.number,
        signer=document.issued_by,
        is_preview=is_preview,
        is_training=document.office.practises,
        note="" if is_preview else words["signed"],
        stamp=b"" if is_preview else _stamp(document.office),
        crest=_crest(document.office),
        proof=Proof(caption=words["verify"]) if is_preview else _proof(document, texts),
    )


def _stamp(office: Office) -> bytes:
    found = OfficeStamp.objects.filter(office=office).values_list("image", flat=True).first()
    return bytes(found or b"")


def _crest(office: Office) -> bytes:
    """Return the crest of `office`, or of the nearest office that it is part of and that has one."""
    line: list[Office] = [office]
    while (above := line[-1].parent) is not None and above not in line:
        line.append(above)
    rows = OfficeStamp.objects.filter(office__in=line).exclude(crest=b"")
    crests = dict(rows.values_list("office_id", "crest"))
    return next((bytes(crests[one.pk]) for one in line if one.pk in crests), b"")


def _proof(document: IssuedDocument, texts: Mapping[str, Any]) -> Proof:
    # The address of the page is that of the document's language, not of who happens to issue it.
    with translation.override(document.language):
        url, _short = rendering.address_of(reverse("documents:verified", args=[document.code]))
        _url, address = rendering.address_of(reverse("documents:verify"))
    return Proof(
        url=url,
        caption=rendering.labels(document.language)["verify"],
        address=address,
        code=document.display_code,
        fingerprint=rendering.fingerprint(
            document.number, document.title, document.subject, dict(texts)
        ),
    )


def _slip(kind: str, data: Mapping[str, Any], language: str) -> bytes:
    words = rendering.labels(language)
    at = data.get("at") or timezone.now()
    url = str(data.get("tracking_url") or "")
    address = url.split("://", 1)[-1].split("?", 1)[0].rstrip("/")
    return rendering.render(
        Sheet(
            body=kind,
            language=language,
            title=str(data.get("title") or words[kind]["title"]),
            data={key: value for key, value in data.items() if key not in SLIP_FRAME},
            at=at,
            header=data,
            number=str(data.get("receipt_number") or "") if kind == "receipt" else "",
            is_training=bool(data.get("is_training")),
            proof=Proof(url=url, caption=words["track"] if url else "", address=address),
        )
    )


def _close(
    document: IssuedDocument,
    status: DocumentStatus,
    *,
    reason: str,
    actor: Any,
    by: IssuedDocument | None = None,
) -> None:
    """Write the end of a document's validity, once; of two at the same time one is refused."""
    changes = {
        "status": status,
        "status_reason": reason.strip()[:500],
        "status_actor": str(actor)[:200],
        "status_changed_at": timezone.now(),
        "replaced_by": by,
    }
    if not IssuedDocument.objects.valid().filter(pk=document.pk).update(**changes):
        raise NotRevocable(_("This document is cancelled or replaced already."))
    for name, value in changes.items():
        setattr(document, name, value)


def _local(at: datetime, office: Office) -> datetime:
    return at.astimezone(ZoneInfo(office.time_zone))


def _named(names: list[str]) -> set[str]:
    rows = IssuedDocument.objects.filter(file__in=names)
    return set(rows.values_list("file", flat=True))


def _signing() -> Any:
    # Imported at the first signature: it costs a second and 40 MB, and a web process seldom signs.
    return import_module("eservices.documents.signing")

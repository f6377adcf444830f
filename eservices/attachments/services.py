"""Keep, hand over, serve and remove files. The only writers of Attachment."""

import hashlib
import logging
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import filetype
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpResponse

from eservices.attachments import limits, sandbox, virus
from eservices.attachments.errors import UploadRefused
from eservices.attachments.models import (
    Attachment,
    AttachmentQuerySet,
    ScanStatus,
    private_storage,
)
from eservices.attachments.names import clean_name
from portal.core.private_files import remove_orphans, safe_response

logger = logging.getLogger(__name__)

FOLDER = "attachments"
TYPES = {"application/pdf": "pdf", "image/jpeg": "jpeg", "image/png": "png"}
LABELS = {"pdf": "PDF", "jpeg": "JPEG", "jpg": "JPEG", "png": "PNG"}
HEIC_TYPES = frozenset({"image/heic", "image/heif", "image/avif"})
HEAD = 4096  # enough for every signature we know
OPAQUE = re.compile(r"[0-9a-f]{32}")


def store(
    upload: UploadedFile,
    *,
    owner: str,
    slot: str,
    accept: list[str],
    max_mb: int,
    max_pages: int = limits.MAX_PAGES,
) -> Attachment:
    """Check `upload` and keep what is safe of it for `owner`; two queries.

    `accept` lists "pdf", "jpeg", "png". Images are kept upright and without metadata. The same file
    sent again to the same slot is kept once: who got no answer loads the page again. Where the
    installation has a virus scanner that does not answer, the file is kept and held: see `rescan`.
    :raises UploadRefused: with a code and a message that says the way out.
    """
    if upload.size is not None and upload.size > max_mb * 1024 * 1024:
        raise UploadRefused("too_large", max_mb=max_mb)
    with _set_aside(upload, max_mb=max_mb) as aside:
        sent = _sha256(aside)
        content_type = _sniff(aside, accept)
        measures = sandbox.inspect(aside, content_type, max_pages=max_pages)
        attachment = Attachment(
            owner_key=owner,
            slot=slot,
            name=clean_name(upload.name or "", content_type),
            content_type=content_type,
            sent_sha256=sent,
            **measures,
        )
        _digest(attachment, aside)
        attachment.scan_status = _scanned(aside)
        same = Attachment.objects.of(owner).filter(slot=slot, name=attachment.name)
        if twin := same.filter(sha256=attachment.sha256).first():
            return twin
        _keep(attachment, aside)
    # Should the row fail, the sweep collects the file: whether a lost commit happened is not ours to guess.
    attachment.save(force_insert=True)
    return attachment


def store_all(
    uploads: Iterable[UploadedFile], *, owner: str, slot: str, accept: list[str], max_mb: int
) -> None:
    """Keep every one of `uploads` for `owner`, who has no other file, or none of them.

    :raises UploadRefused: with the reason of the first that cannot be kept.
    """
    try:
        for upload in uploads:
            store(upload, owner=owner, slot=slot, accept=accept, max_mb=max_mb)
    except UploadRefused:
        remove_all(owner)
        raise


def join(parts: list[Attachment], *, slot: str, max_mb: int) -> Attachment:
    """Make one PDF of `parts`, in their order; it takes their place. :raises UploadRefused:"""
    with tempfile.TemporaryDirectory(prefix="guichet-join-") as folder:
        paths = []
        for number, part in enumerate(parts):
            paths.append(Path(folder, str(number)))
            with part.file.open("rb") as stream:
                paths[-1].write_bytes(stream.read())
        target = Path(folder, "joined")
        most = max_mb * 1024 * 1024
        sandbox.join(paths, target, max_bytes=most, max_pages=limits.MAX_PAGES)
        stem = parts[0].name.rpartition(".")[0] or "document"
        with target.open("rb") as stream:
            made = store(
                UploadedFile(stream, name=f"{stem}.pdf", size=target.stat().st_size),
                owner=parts[0].owner_key,
                slot=slot,
                accept=["pdf"],
                max_mb=max_mb,
            )
    Attachment.objects.filter(pk__in=[part.pk for part in parts]).exclude(pk=made.pk).delete()
    return made


def move(from_owner: str, to_owner: str, *, slot: str = "") -> int:
    """Give every file of `from_owner` to `to_owner`, in `slot` if given; return how many."""
    changes = {"owner_key": to_owner} | ({"slot": slot} if slot else {})
    return Attachment.objects.of(from_owner).update(**changes)


def reassign(attachment: Attachment, to_owner: str) -> None:
    """Give one file to another owner; one query."""
    Attachment.objects.filter(pk=attachment.pk).update(owner_key=to_owner)
    attachment.owner_key = to_owner


def copy(attachment: Attachment, *, owner: str, slot: str) -> Attachment:
    """Give `owner` a copy of a file that was checked already; the original stays where it is."""
    twin = Attachment.objects.of(owner).filter(slot=slot, sha256=attachment.sha256).first()
    if twin is not None:
        return twin
    made = Attachment.objects.get(pk=attachment.pk)
    made.pk, made.owner_key, made.slot = uuid.uuid4(), owner, slot
    with attachment.file.open("rb") as stream:
        made.file.name = _stored_as(made.pk.hex, stream)
    made.save(force_insert=True)
    return made


def store_known(file: FieldFile, *, name: str, owner: str, slot: str) -> Attachment:
    """Give `owner` a copy of a PDF that this portal made itself: its seal must not be touched."""
    made = Attachment(owner_key=owner, slot=slot, name=name, content_type="application/pdf")
    with file.open("rb") as stream:
        made.sha256 = made.sent_sha256 = hashlib.sha256(stream.read()).hexdigest()
        made.size = stream.tell()
        twin = Attachment.objects.of(owner).filter(slot=slot, sha256=made.sha256).first()
        if twin is not None:
            return twin
        stream.seek(0)
        made.file.name = _stored_as(made.pk.hex, stream)
    made.save(force_insert=True)
    return made


def remove(attachment: Attachment) -> None:
    """Remove the row; the file itself goes with the next sweep, when no rollback can want it back."""
    attachment.delete()


def remove_all(owner: str) -> int:
    """Remove every file of `owner` and return how many."""
    return Attachment.objects.of(owner).delete()[0]


def for_owner(owner: str) -> AttachmentQuerySet:
    return Attachment.objects.of(owner)


def serve(attachment: Attachment, *, inline: bool) -> FileResponse | HttpResponse:
    """Return the file with safe headers, or why it is held (423). The caller has checked who asks.

    :raises FileNotFoundError:
    """
    if attachment.is_held:
        return HttpResponse(
            attachment.why_held, status=423, content_type="text/plain; charset=utf-8"
        )
    return safe_response(
        attachment.file.open("rb"),
        name=attachment.name,
        content_type=attachment.content_type,
        inline=inline,
    )


def picture(attachment: Attachment, *, page: int = 1, width: int = 1000, turn: int = 0) -> bytes:
    """Return one page as a JPEG, turned clockwise by `turn` degrees. The caller has checked who asks.

    Drawn in the checking process: no reader of the browser ever opens the file itself.
    :raises UploadRefused: when it is held or cannot be drawn, or too many are being drawn.
    :raises FileNotFoundError:
    """
    if attachment.is_held:
        raise UploadRefused("held")
    handle, name = tempfile.mkstemp(prefix="guichet-picture-")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as aside, attachment.file.open("rb") as kept:
            shutil.copyfileobj(kept, aside)
        sandbox.draw(path, attachment.content_type, page=page, width=width, turn=turn)
        return path.read_bytes()
    finally:
        path.unlink(missing_ok=True)


def same_content(owner: str, *, limit: int) -> list[tuple[str, str]]:
    """Return owner and name of files elsewhere that are the same, byte for byte, as one of `owner`."""
    own = Attachment.objects.of(owner).values("sha256")
    others = Attachment.objects.filter(sha256__in=own).exclude(owner_key=owner).order_by()
    return list(others.values_list("owner_key", "name")[:limit])


def rescan(limit: int = 200) -> dict[str, int]:
    """Have the scanner look at the oldest files that wait for it; return how each came out.

    Ends at the first file without a verdict: what the scanner did not say is never guessed. A file
    found infected stays where it is, held, so that the agent sees it and asks for another. Where
    the operator took the scanner away, what still waited for it counts as not scanned.
    """
    counts: dict[str, int] = {}
    for attachment in Attachment.objects.awaiting_scan().order_by("created_at")[:limit]:
        try:
            with attachment.file.open("rb") as stream:
                verdict = virus.scan(stream)
        except FileNotFoundError:
            continue  # the sweep reports it
        except virus.ScannerAway as exc:
            logger.warning("the virus scanner gave no verdict: %s", exc)
            break
        if verdict == ScanStatus.REFUSED:
            logger.warning("attachment %s carries a virus and is held", attachment.pk)
        Attachment.objects.awaiting_scan().filter(pk=attachment.pk).update(scan_status=verdict)
        counts[verdict.value] = counts.get(verdict.value, 0) + 1
    return counts


def sweep() -> dict[str, int]:
    """Remove the files that no row names, and report the rows whose file is gone."""
    missing = 0
    for name in Attachment.objects.order_by().values_list("file", flat=True).iterator():
        if not private_storage().exists(name):
            logger.error("attachment file %s is missing", name)
            missing += 1
    return {"removed": remove_orphans(FOLDER, _named), "missing": missing}


def _named(names: list[str]) -> set[str]:
    """Return those of `names` that a row names; by key, because the file column has no index."""
    keys = [name.rsplit("/", 1)[-1] for name in names]
    rows = Attachment.objects.filter(pk__in=[key for key in keys if OPAQUE.fullmatch(key)])
    return set(rows.values_list("file", flat=True))


@contextmanager
def _set_aside(upload: UploadedFile, *, max_mb: int) -> Iterator[Path]:
    """Write `upload` to a private temporary file, counting: the declared size may lie."""
    handle, name = tempfile.mkstemp(prefix="guichet-upload-")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            size = 0
            for chunk in upload.chunks():
                size += len(chunk)
                if size > max_mb * 1024 * 1024:
                    raise UploadRefused("too_large", max_mb=max_mb)
                stream.write(chunk)
        if not size:
            raise UploadRefused("empty")
        yield path
    except OSError as exc:
        logger.exception("an upload could not be written")
        raise UploadRefused("no_room") from exc
    finally:
        path.unlink(missing_ok=True)


def _sniff(path: Path, accept: list[str]) -> str:
    """Return the type that the first bytes tell; the name and the browser's word count for nothing."""
    with path.open("rb") as stream:
        kind = filetype.guess(stream.read(HEAD))
    mime = kind.mime if kind else ""
    if mime in HEIC_TYPES:
        raise UploadRefused("heic")
    if mime not in TYPES:
        raise UploadRefused("unsupported")
    accepted = {LABELS.get(name.lower(), name.upper()) for name in accept}
    if LABELS[TYPES[mime]] not in accepted:
        raise UploadRefused("not_accepted", accepted=", ".join(sorted(accepted)))
    return mime


def _scanned(path: Path) -> ScanStatus:
    """Return what the scanner says; held until it speaks. :raises UploadRefused: for a virus."""
    try:
        with path.open("rb") as stream:
            verdict = virus.scan(stream)
    except virus.ScannerAway as exc:
        logger.warning("the virus scanner gave no verdict: %s", exc)
        return ScanStatus.QUARANTINED
    if verdict == ScanStatus.REFUSED:
        raise UploadRefused("infected")
    return verdict


def _digest(attachment: Attachment, aside: Path) -> None:
    attachment.sha256, attachment.size = _sha256(aside), aside.stat().st_size


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _keep(attachment: Attachment, aside: Path) -> None:
    """Copy the checked file to the private store under an opaque name."""
    with aside.open("rb") as stream:
        attachment.file.name = _stored_as(attachment.pk.hex, stream)


def _stored_as(key: str, stream: IO[bytes]) -> str:
    return private_storage().save(f"{FOLDER}/{key[:2]}/{key}", File(stream))

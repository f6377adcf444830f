"""Files that arrive piece by piece (tus 1.0). Each piece is whole in the store before it counts.

The order of things is what makes a cut harmless: the bytes are written, then the row moves on. A
process killed between the two leaves bytes that nobody names; the sweep collects them.
"""

import hashlib
import logging
import uuid
from collections.abc import Iterator
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from eservices.attachments import services
from eservices.attachments.errors import (
    ChecksumMismatch,
    OffsetMismatch,
    TooManyUploads,
    UploadRefused,
)
from eservices.attachments.models import Upload, UploadState, private_storage
from portal.core.private_files import remove_orphans

logger = logging.getLogger(__name__)

FOLDER = "uploads"
LIFE = timedelta(days=3)
MOST_OPEN = 30  # of one owner at a time
MOST_PARTS = 4_000  # a part has a file of its own: nobody sends a photo byte by byte
CHECK_LEASE = timedelta(seconds=40)
BLOCK = 64 * 1024
DIGESTS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


def create(
    *, owner: str, slot: str, name: str, length: int, accept: list[str], max_mb: int
) -> Upload:
    """Announce a file. :raises UploadRefused: too large, empty. :raises TooManyUploads:"""
    if length > max_mb * 1024 * 1024:
        raise UploadRefused("too_large", max_mb=max_mb)
    if length == 0:
        raise UploadRefused("empty")
    waiting = Upload.objects.of(owner).exclude(state=UploadState.KEPT)
    if waiting.count() >= MOST_OPEN:
        raise TooManyUploads
    return Upload.objects.create(
        owner_key=owner,
        slot=slot,
        name=name[:200],
        accept=accept,
        max_mb=max_mb,
        length=length,
        expires_at=timezone.now() + LIFE,
    )


def find(owner: str, key: uuid.UUID) -> Upload | None:
    return Upload.objects.of(owner).filter(pk=key).first()


def append(
    upload: Upload, stream: Source, *, offset: int, checksum: tuple[str, bytes] | None
) -> Upload:
    """Add what `stream` holds at `offset`; without a checksum, also what came before a cut.

    :raises OffsetMismatch: :raises ChecksumMismatch: :raises UploadRefused: more than announced.
    """
    if offset != upload.offset or upload.state != UploadState.RECEIVING:
        raise OffsetMismatch
    with SpooledTemporaryFile(max_size=1024 * 1024) as piece:
        size = _receive(stream, piece, upload.length - offset, checksum)
        if not size:
            return upload
        piece.seek(0)
        name = private_storage().save(
            f"{FOLDER}/{upload.pk.hex}/{offset:012d}-{uuid.uuid4().hex[:8]}", File(piece)
        )
    with transaction.atomic():
        row = Upload.objects.select_for_update().get(pk=upload.pk)
        if row.offset != offset or len(row.parts) >= MOST_PARTS:
            raise OffsetMismatch  # another connection of the same sender was faster
        row.offset += size
        row.parts = [*row.parts, name]
        row.expires_at = timezone.now() + LIFE
        row.save(update_fields=["offset", "parts", "expires_at"])
    return row


def finish(upload: Upload) -> Upload:
    """Check the whole file and keep it, once; says in the row what became of it. May run again."""
    now = timezone.now()
    stale = Q(state=UploadState.CHECKING, checking_since__lt=now - CHECK_LEASE)
    mine = Upload.objects.filter(Q(state=UploadState.RECEIVING) | stale, pk=upload.pk)
    if upload.is_whole and mine.update(state=UploadState.CHECKING, checking_since=now):
        try:
            kept = services.store(
                _Whole(upload),
                owner=upload.owner_key,
                slot=upload.slot,
                accept=upload.accept,
                max_mb=upload.max_mb,
            )
        except UploadRefused as exc:
            _close(upload, UploadState.REFUSED, problem=str(exc)[:500])
        else:
            _close(upload, UploadState.KEPT, sha256=kept.sent_sha256)
    upload.refresh_from_db()
    return upload


def give_up(upload: Upload) -> None:
    """Forget a file that its sender no longer wants to send."""
    names = upload.parts
    upload.delete()
    _drop(names)


def forget_all(owner: str) -> None:
    """Forget what is on its way; the pieces go with the sweep, when no rollback can want them."""
    Upload.objects.of(owner).delete()


def sweep() -> dict[str, int]:
    """Forget what nobody went on sending, and the pieces that no row names."""
    expired = list(Upload.objects.expired()[:1000])
    for upload in expired:
        give_up(upload)
    return {"expired": len(expired), "orphans": remove_orphans(FOLDER, _named)}


def _receive(
    stream: Source, piece: IO[bytes], room: int, checksum: tuple[str, bytes] | None
) -> int:
    digest = DIGESTS[checksum[0]]() if checksum else None
    size, is_cut = 0, False
    while block := _read(stream):
        if block is CUT:
            is_cut = True
            break
        size += len(block)
        if size > room:
            raise UploadRefused("too_large", max_mb=1)
        piece.write(block)
        if digest:
            digest.update(block)
    if checksum and digest and (is_cut or digest.digest() != checksum[1]):
        raise ChecksumMismatch
    return size


CUT = b"\0cut"


def _read(stream: Source) -> bytes:
    try:
        return stream.read(BLOCK)
    except OSError:  # the sender is gone; UnreadablePostError is one too
        return CUT


def _close(upload: Upload, state: UploadState, *, problem: str = "", sha256: str = "") -> None:
    Upload.objects.filter(pk=upload.pk).update(
        state=state, problem=problem, sha256=sha256, parts=[]
    )
    _drop(upload.parts)


def _drop(names: list[str]) -> None:
    for name in names:
        private_storage().delete(name)


def _named(names: list[str]) -> set[str]:
    keys = {name.split("/")[1] for name in names}
    rows = Upload.objects.filter(pk__in=[key for key in keys if services.OPAQUE.fullmatch(key)])
    return {name for parts in rows.values_list("parts", flat=True) for name in parts}


class _Whole(UploadedFile):
    """The pieces of an upload, read one after the other as one file."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(name=upload.name, size=upload.length)
        self.parts = list(upload.parts)

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for name in self.parts:
            with private_storage().open(name) as part:
                yield from part.chunks(chunk_size or BLOCK)

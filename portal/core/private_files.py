"""What every private file shares: the headers it is sent with, and the collection of orphans."""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice

from django.core.files.base import File
from django.core.files.storage import storages
from django.http import FileResponse

logger = logging.getLogger(__name__)

SHOWN_INLINE = frozenset({"application/pdf", "image/jpeg", "image/png"})
# Nothing in the file may run or load. A PDF cannot be sandboxed: browsers then refuse to show it,
# and run it in a sandbox of their own.
IMAGE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'self'"
PDF_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
)
# An upload is written before its row: younger files may still get one.
ORPHAN_AGE = 24 * 3600
BATCH = 500


def safe_response(file: File, *, name: str, content_type: str, inline: bool) -> FileResponse:
    """Return `file` as a download, or shown inline where its type allows, with headers that defuse it."""
    inline = inline and content_type in SHOWN_INLINE
    response = FileResponse(
        file, as_attachment=not inline, filename=name, content_type=content_type
    )
    is_pdf = content_type == "application/pdf"
    response["Content-Security-Policy"] = PDF_POLICY if is_pdf else IMAGE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def old_files(folder: str) -> Iterator[str]:
    """Yield the names of the private files under `folder` old enough to have their row by now."""
    storage = storages["private"]
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        path = f"{folder}/{name}"
        if time.time() - storage.get_modified_time(path).timestamp() > ORPHAN_AGE:
            yield path
    for child in folders:
        yield from old_files(f"{folder}/{child}")


def remove_orphans(folder: str, known: Callable[[list[str]], Collection[str]]) -> int:
    """Remove the old files under `folder` that `known(names)` does not return; return how many."""
    removed = 0
    for names in batched(old_files(folder), BATCH):
        for name in set(names) - set(known(names)):
            storages["private"].delete(name)
            logger.info("removed orphan file %s", name)
            removed += 1
    return removed


def batched(names: Iterable[str], size: int) -> Iterator[list[str]]:
    iterator = iter(names)
    while batch := list(islice(iterator, size)):
        yield batch

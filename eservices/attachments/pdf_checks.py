"""Is this PDF safe to show? Runs in the checking process only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

from eservices.attachments import limits
from eservices.attachments.limits import Refusal

# Keys and values by which a PDF acts, or carries something else than pages.
ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/AA", "/XFA", "/RichMediaContent"})
ACTIVE_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE", "/GoToR",
     "/RichMediaExecute", "/Movie", "/Sound", "/GoTo3DView", "/ResetForm"}
)  # fmt: skip
ACTIVE_ANNOTATIONS = frozenset({"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
EMBEDDED_KEYS = frozenset({"/EmbeddedFiles", "/EmbeddedFile", "/AF", "/EF"})


def set_limits() -> None:
    pikepdf.settings.set_qpdf_limits(
        max_stream_filters=3,
        parser_max_nesting=limits.MAX_DEPTH,
        parser_max_container_size=limits.MAX_OBJECTS,
        flate_max_memory=limits.STREAM_MEMORY,
        png_max_memory=limits.STREAM_MEMORY,
        tiff_max_memory=limits.STREAM_MEMORY,
        run_length_max_memory=limits.STREAM_MEMORY,
        dct_max_memory=limits.STREAM_MEMORY,
    )


def check_pdf(path: Path, *, max_pages: int) -> dict[str, Any]:
    """Return the number of pages. :raises Refusal:"""
    _check_envelope(path)
    try:
        # No repair: what one reader repairs in one way, another shows in another way.
        pdf = pikepdf.open(path, attempt_recovery=False)
    except pikepdf.PasswordError as exc:
        raise Refusal("encrypted") from exc
    except (pikepdf.PdfError, ValueError, RuntimeError) as exc:
        raise Refusal("damaged") from exc
    with pdf:
        if pdf.is_encrypted:
            raise Refusal("encrypted")
        try:
            _check_objects(pdf)
            pages = len(pdf.pages)
        except (pikepdf.PdfError, ValueError, RuntimeError, TypeError) as exc:
            raise Refusal("damaged") from exc
    if not pages:
        raise Refusal("damaged")
    if pages > max_pages:
        raise Refusal("too_many_pages", pages=max_pages)
    return {"page_count": pages}


def _check_envelope(path: Path) -> None:
    """Require the signature at the first byte and the end mark at the end, and cut what follows it."""
    data = path.read_bytes()
    if not data.startswith(b"%PDF-"):
        raise Refusal("unsupported")
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Refusal("damaged")
    end += len(b"%%EOF")
    tail = data[end:].strip(b"\x00\t\n\x0c\r ")
    if len(tail) > limits.MAX_TAIL:
        # Another file glued to the end, or a file cut in the middle of its last revision.
        raise Refusal("damaged")
    if tail:
        path.write_bytes(data[:end] + b"\n")


def _check_objects(pdf: pikepdf.Pdf) -> None:
    if len(pdf.objects) > limits.MAX_OBJECTS:
        raise Refusal("too_complex")
    seen = 0
    for found in [pdf.trailer, *pdf.objects]:
        for container in _containers(found, 0):
            is_array = isinstance(container, pikepdf.Array)
            seen += len(container) if is_array else len(container.keys())
            if seen > limits.MAX_NODES:
                raise Refusal("too_complex")
            if not is_array:
                _check_dictionary(container)


def _containers(found: Any, depth: int) -> Iterator[Any]:
    """Yield the dictionaries and arrays written inline in `found`; references are visited on their own."""
    if depth > limits.MAX_DEPTH:
        raise Refusal("too_complex")
    if isinstance(found, pikepdf.Array):
        yield found
        children = list(found)
    elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        yield found
        children = [value for _, value in found.items()]
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _containers(child, depth + 1)


def _check_dictionary(found: Any) -> None:
    keys = set(found.keys())
    # /AA without a script inside only scrolls pages, but no honest scan has one.
    if keys & ACTIVE_KEYS or str(found.get("/S")) in ACTIVE_ACTIONS:
        raise Refusal("active")
    if str(found.get("/Subtype")) in ACTIVE_ANNOTATIONS:
        raise Refusal("active")
    is_attachment = str(found.get("/Subtype")) == "/FileAttachment"
    if keys & EMBEDDED_KEYS or is_attachment or str(found.get("/Type")) == "/EmbeddedFile":
        raise Refusal("embedded")

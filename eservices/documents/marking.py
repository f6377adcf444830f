"""Mark a copy with the name of who reads it: on every page, over what is there."""

import io
import json
from datetime import datetime
from functools import lru_cache
from typing import IO

import pikepdf
import typst
from django.core.files import File
from django.http import FileResponse
from django.utils import timezone
from django.utils.formats import date_format
from PIL import Image, ImageDraw, ImageFont

from eservices.documents.plain import plain_text
from eservices.documents.rendering import FONTS, TEMPLATES, fonts
from portal.core.private_files import safe_response

OPAQUE = 90  # of 255: what is under stays readable
SHARE = 28  # the height of an image, in lines of the mark


def mark_of(reader: object, at: datetime | None = None) -> str:
    """Return what stands over a copy: whose it is, and of when (now by default)."""
    return f"{reader} – {date_format(timezone.localtime(at), 'SHORT_DATETIME_FORMAT')}"


def own_copy(
    stream: IO[bytes], *, name: str, content_type: str, reader: object, inline: bool
) -> FileResponse:
    """Answer with a copy of a private file that bears the name of its reader on every page."""
    content = marked(stream.read(), content_type, mark_of(reader))
    return safe_response(
        File(io.BytesIO(content)), name=name, content_type=content_type, inline=inline
    )


def marked(content: bytes, content_type: str, text: str) -> bytes:
    """Return a copy of a PDF or an image with `text` over every page; the original stays as it is.

    What cannot be opened is returned unchanged: it was checked when it came, and nobody loses it.
    """
    try:
        if content_type == "application/pdf":
            return _marked_pdf(content, plain_text(text))
        if content_type.startswith("image/"):
            return _marked_image(content, plain_text(text))
    except (pikepdf.PdfError, OSError):
        pass
    return content


def _marked_pdf(content: bytes, text: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf, pikepdf.open(io.BytesIO(_over(text))) as over:
        for page in pdf.pages:
            page.add_overlay(over.pages[0], None)
        pdf.save(out)
    return out.getvalue()


@lru_cache(maxsize=8)
def _over(text: str) -> bytes:
    compiler = typst.Compiler(
        input=TEMPLATES / "mark.typ",
        root=TEMPLATES,
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"payload": json.dumps({"text": text})},
    )
    made = compiler.compile(format="pdf")
    assert isinstance(made, bytes)
    return made


def _marked_image(content: bytes, text: str) -> bytes:
    with Image.open(io.BytesIO(content)) as source:
        kind, image = source.format or "PNG", source.convert("RGBA")
    size = max(12, image.height // SHARE)
    font = ImageFont.truetype(str(FONTS / "NotoSans-Bold.ttf"), size)
    over = Image.new("RGBA", image.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(over)
    for top in range(size, image.height, size * 7):
        pen.text((size, top), text, font=font, fill=(120, 20, 20, OPAQUE))
    out = io.BytesIO()
    image = Image.alpha_composite(image, over)
    (image.convert("RGB") if kind == "JPEG" else image).save(out, kind)
    return out.getvalue()

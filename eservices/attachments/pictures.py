"""One page of a kept file as a picture. Runs in the checking process only."""

from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image

from eservices.attachments.image_checks import FORMATS
from eservices.attachments.limits import JPEG_QUALITY, Refusal

LONGEST = 4_000  # a strip of a page as wide as asked and many times as long is nobody's paper
TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180,
         270: Image.Transpose.ROTATE_90}  # fmt: skip


def draw(path: Path, content_type: str, *, page: int, width: int, turn: int) -> dict[str, Any]:
    """Replace the file at `path` by a JPEG of its page `page`, turned clockwise. :raises Refusal:"""
    try:
        if content_type == "application/pdf":
            image = _pdf_page(path, page, width)
        else:
            with Image.open(path, formats=[FORMATS[content_type]]) as opened:
                opened.draft("RGB", (width, width))
                image = opened.convert("RGB")
    except (pypdfium2.PdfiumError, OSError, SyntaxError, ValueError, IndexError) as exc:
        raise Refusal("damaged") from exc
    if turn in TURNS:
        image = image.transpose(TURNS[turn])
    image.thumbnail((width, LONGEST), reducing_gap=2.0)
    image.save(path, "JPEG", quality=JPEG_QUALITY)
    return {"width": image.width, "height": image.height}


def _pdf_page(path: Path, page: int, width: int) -> Image.Image:
    document = pypdfium2.PdfDocument(path)
    found = document[page - 1]
    points_wide, points_high = found.get_size()
    # Either side may become the width when the page is turned.
    scale = min(width / min(points_wide, points_high), LONGEST / max(points_wide, points_high))
    return found.render(scale=scale, draw_annots=True, may_draw_forms=False).to_pil().convert("RGB")

"""Several photos and PDFs become one PDF, page after page. Runs in the checking process only."""

import io
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image

from eservices.attachments import limits
from eservices.attachments.limits import Refusal

A4 = (595, 842)  # points
SMALL_SIDE = 1_700  # of photos that together weigh too much: still 200 dots per inch
SMALL_QUALITY = 72


def join(paths: list[Path], target: Path, *, max_bytes: int, max_pages: int) -> dict[str, Any]:
    """Write `paths`, each checked before, as one PDF to `target`. :raises Refusal:"""
    is_heavy = sum(path.stat().st_size for path in paths) > max_bytes * 0.9
    try:
        with pikepdf.new() as whole:
            for path in paths:
                if path.read_bytes()[:5] == b"%PDF-":
                    with pikepdf.open(path, attempt_recovery=False) as part:
                        whole.pages.extend(part.pages)
                else:
                    _add_photo(whole, path, is_heavy=is_heavy)
            if len(whole.pages) > max_pages:
                raise Refusal("too_many_pages", pages=max_pages)
            whole.save(target)
    except (pikepdf.PdfError, OSError, ValueError) as exc:
        raise Refusal("damaged") from exc
    return {"page_count": 0}


def _add_photo(whole: pikepdf.Pdf, path: Path, *, is_heavy: bool) -> None:
    """Add a page of A4, upright or lying as the photo is, with the photo as large as it goes."""
    with Image.open(path, formats=["JPEG", "PNG"]) as opened:
        is_grey = opened.mode == "L"
        if opened.format == "JPEG" and not is_heavy and opened.mode in {"L", "RGB"}:
            data, size = path.read_bytes(), opened.size
        else:
            plain = opened.convert("L" if is_grey else "RGB")
            if is_heavy:
                plain.thumbnail((SMALL_SIDE, SMALL_SIDE))
            stream = io.BytesIO()
            quality = SMALL_QUALITY if is_heavy else limits.JPEG_QUALITY
            plain.save(stream, "JPEG", quality=quality)
            data, size = stream.getvalue(), plain.size
    width, height = A4 if size[0] <= size[1] else A4[::-1]
    scale = min(width / size[0], height / size[1])
    across, down = size[0] * scale, size[1] * scale
    image = pikepdf.Stream(
        whole,
        data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=size[0],
        Height=size[1],
        ColorSpace=Name.DeviceGray if is_grey else Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    left, bottom = (width - across) / 2, (height - down) / 2
    draw = f"q {across:.2f} 0 0 {down:.2f} {left:.2f} {bottom:.2f} cm /Photo Do Q"
    page = Dictionary(
        Type=Name.Page,
        MediaBox=[0, 0, width, height],
        Resources=Dictionary(XObject=Dictionary(Photo=image)),
        Contents=pikepdf.Stream(whole, draw.encode()),
    )
    whole.pages.append(pikepdf.Page(whole.make_indirect(page)))

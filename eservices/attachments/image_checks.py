"""Is this image readable? Re-encodes it, so that only pixels remain. Runs in the checking process only."""

import warnings
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter, ImageOps, ImageStat, UnidentifiedImageError

from eservices.attachments import limits
from eservices.attachments.limits import Refusal

BLANK_DEVIATION = 2.0  # of 255; a sheet of paper with one line of writing is above 4
# Of the edges in the sharpest sixteenth of the image: a page read with ease is above 500, one that
# nobody can read below 10. static/js/photos.js measures the same before sending.
BLURRED_BELOW = 12.0
EDGES = ImageFilter.Kernel((3, 3), [0, 1, 0, 1, -4, 1, 0, 1, 0], scale=1, offset=128)
SEEN_SIDE = 1_000  # as large as a page on a screen
TILES = 4
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}


def set_limits() -> None:
    Image.MAX_IMAGE_PIXELS = limits.MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def check_image(path: Path, content_type: str) -> dict[str, Any]:
    """Write the upright image without its metadata to `path`; return its size. :raises Refusal:"""
    try:
        # Only the expected decoder: a file may not choose another, rarer one.
        with Image.open(path, formats=[FORMATS[content_type]]) as opened:
            _check_size(opened.width, opened.height)
            opened.draft(None, (limits.MAX_SIDE, limits.MAX_SIDE))
            opened.load()
            image = _plain(ImageOps.exif_transpose(opened))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise Refusal("too_many_pixels") from exc
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as exc:
        raise Refusal("damaged") from exc
    if _is_blank(image):
        raise Refusal("blank")
    if _sharpness(image) < BLURRED_BELOW:
        raise Refusal("blurred")
    image.thumbnail((limits.MAX_SIDE, limits.MAX_SIDE), reducing_gap=2.0)
    if content_type == "image/jpeg":
        image.save(path, "JPEG", quality=limits.JPEG_QUALITY)
    else:
        image.save(path, "PNG", compress_level=3)
    return {"width": image.width, "height": image.height}


def _check_size(width: int, height: int) -> None:
    if width * height > limits.MAX_PIXELS:
        raise Refusal("too_many_pixels")
    if min(width, height) < limits.MIN_SIDE:
        raise Refusal("too_small", pixels=limits.MIN_SIDE)


def _plain(image: Image.Image) -> Image.Image:
    """Return a copy in a mode that every reader shows, with transparent parts made white."""
    if image.mode.startswith("I;16"):
        plain = image.point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode in {"1", "L"}:
        plain = image.convert("L")
    elif image.has_transparency_data:
        layer = image.convert("RGBA")
        plain = Image.new("RGB", layer.size, "white")
        plain.paste(layer, mask=layer.getchannel("A"))
    else:
        plain = image.convert("RGB")
    # EXIF, place of the photo, comments, colour profile, texts: whatever is not a pixel.
    plain.info = {}
    return plain


def _is_blank(image: Image.Image) -> bool:
    small = image.convert("L").resize((256, 256), Image.Resampling.BOX, reducing_gap=2.0)
    return ImageStat.Stat(small).stddev[0] < BLANK_DEVIATION


def _sharpness(image: Image.Image) -> float:
    small = image.convert("L")
    small.thumbnail((SEEN_SIDE, SEEN_SIDE), Image.Resampling.BOX)
    edges = small.filter(EDGES)
    width, height = edges.size
    boxes = [
        (max(2, width * x // TILES), max(2, height * y // TILES),
         min(width - 2, width * (x + 1) // TILES), min(height - 2, height * (y + 1) // TILES))
        for x in range(TILES)
        for y in range(TILES)
    ]  # fmt: skip
    return max(ImageStat.Stat(edges.crop(box)).var[0] for box in boxes)

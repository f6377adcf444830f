"""Small pictures that an administrator gives: a crest, a stamp."""

import io
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

LARGEST_UPLOAD = 2_000_000
KINDS = ["PNG", "JPEG", "WEBP"]


def small_png(upload: Any, *, width: int, height: int) -> bytes:
    """Return `upload` as a PNG that fits in `width` × `height` pixels, without its metadata.

    :raises ValidationError: with what to do.
    """
    if upload.size > LARGEST_UPLOAD:
        raise ValidationError(_("This image is over 2 MB: choose a smaller one."))
    try:
        with Image.open(upload, formats=KINDS) as image:
            image.thumbnail((width, height))
            out = io.BytesIO()
            image.convert("RGBA").save(out, "PNG", optimize=True)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, SyntaxError) as error:
        raise ValidationError(
            _("This is not an image that can be read: choose a PNG, JPEG or WebP file.")
        ) from error
    return out.getvalue()

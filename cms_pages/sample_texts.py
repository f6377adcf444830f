"""Read the sample files: texts in several languages, rows, blocks."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from wagtail.models import Locale

from cms_pages.models.base import SitePage
from cms_pages.models.rows import GuideRow
from portal.core.texts import pick


def in_language(value: Any, code: str) -> Any:
    """Return `value` with every `{fr: …, ar: …}` replaced by its text in `code`."""
    if isinstance(value, dict):
        if settings.LANGUAGE_CODE in value:
            return pick(value, code)
        return {key: in_language(item, code) for key, item in value.items()}
    if isinstance(value, list):
        return [in_language(item, code) for item in value]
    return value


def blocks(page: SitePage, field: str, specs: list[dict[str, Any]], code: str) -> Any:
    """Return the StreamField value of `[{block name: value}, …]`."""
    raw = [
        {"type": name, "id": str(uuid.uuid4()), "value": in_language(value, code)}
        for spec in specs
        for name, value in spec.items()
    ]
    return page._meta.get_field(field).stream_block.to_python(raw)


def rows(
    model: type[GuideRow],
    specs: list[dict[str, Any]],
    locale: Locale,
    sources: Iterable[GuideRow] | None,
) -> list[GuideRow]:
    """Return unsaved rows; each is the translation of the source row at the same place."""
    made = []
    keys = [source.translation_key for source in sources or []]
    for place, spec in enumerate(specs):
        row = model(**in_language(spec, locale.language_code), locale=locale, sort_order=place)
        if place < len(keys):
            row.translation_key = keys[place]
        made.append(row)
    return made

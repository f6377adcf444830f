"""Links and data of the public pages."""

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from cms_pages import eservice_links, site_map
from eservices.catalog.models import EService

register = template.Library()

# What could end the element early or be read as markup.
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def page_address(context: dict[str, Any], url_path: str) -> str:
    """Return the address of the page at `url_path` without a query."""
    return context["site_map"].address(url_path)


@register.simple_tag(takes_context=True)
def guide_address(context: dict[str, Any], eservice: EService) -> str:
    """Return the address of the guide that leads to `eservice`; empty when there is none."""
    path = eservice_links.guide_path(eservice, get_language() or "fr")
    return site_map.for_request(context["request"]).address(path) if path else ""


@register.simple_tag
def linked_data(data: object) -> str:
    """Return `data` as a JSON-LD element, which the content policy counts as data, not script."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308

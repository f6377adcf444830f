"""The list of public pages that search engines read, over all languages."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from wagtail.models import Page, PageViewRestriction

from cms_pages import site_map


@dataclass(frozen=True)
class Entry:
    url: str
    changed_at: datetime | None
    alternates: list[tuple[str, str]]  # (language, address), itself included


def sitemap_entries(request: HttpRequest) -> list[Entry]:
    """Return every live, unrestricted page of the site of `request`, with its translations."""
    site = site_map.for_request(request)
    closed = [row.page.path for row in PageViewRestriction.objects.select_related("page")]
    by_key: defaultdict[object, list[tuple[str, str, datetime | None]]] = defaultdict(list)
    for code in site.by_language:
        root = site.in_language(code).here.root  # of the commune, under its own domain name
        pages = Page.objects.live().filter(path__startswith=root.path)
        rows = pages.order_by("path").values_list(
            "translation_key", "url_path", "path", "last_published_at"
        )
        for key, url_path, path, changed_at in rows:
            if not any(path.startswith(prefix) for prefix in closed):
                url = request.build_absolute_uri(site.in_language(code).address(url_path))
                by_key[key].append((code, url, changed_at))
    return [
        Entry(url, changed_at, [(code, other) for code, other, _at in versions])
        for versions in by_key.values()
        for _code, url, changed_at in versions
    ]

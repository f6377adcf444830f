"""From an address to a live page in one or two queries, whatever the depth of the tree."""

from django.http import HttpRequest
from wagtail.models import Page

from cms_pages.models.guides import ProcedurePage
from cms_pages.site_map import SiteMap


def find_page(site: SiteMap, path: str) -> Page | None:
    """Return the live page of `site` at `path` in its current language, as its own type.

    Read from a commune, its own pages come first, then the national ones that it inherits.
    """
    own = _page_at(site, site.here.root.url_path + path)
    if own is not None or site.locality is None or not path:
        return own
    url_path = site.national.root.url_path + path
    return None if site.is_apart(url_path) else _page_at(site, url_path)


def _page_at(site: SiteMap, url_path: str) -> Page | None:
    # Addresses have no index of their own, the last word of them has one.
    at = {"slug": url_path.rstrip("/").rpartition("/")[2], "url_path": url_path, "live": True}
    # Most visits are to guides: one query with what the page shows of its administration.
    guide = ProcedurePage.objects.filter(**at)
    page = guide.select_related("authority").order_by().first()
    if page is None:
        page = Page.objects.filter(**at).first()
        page = page.specific if page else None
    if page is not None:
        page.known_public = not site.has_restrictions
    return page


def remember_route(request: HttpRequest, page: Page) -> None:
    """Tell Wagtail's own view where the request leads, as if it had walked the tree."""
    request._wagtail_route_for_request = page.route(request, [])  # type: ignore[attr-defined]

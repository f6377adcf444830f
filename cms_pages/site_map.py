"""The skeleton of the site (roots, themes, sections, alerts), kept in memory while nothing changes."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.translation import get_language, get_language_info
from wagtail.models import Page, PageViewRestriction, Site

from cms_pages import epoch, eservice_links
from cms_pages.models.search import GuideIndex
from cms_pages.models.snippets import Alert
from portal.core import branding

STEP = Page.steplen  # letters that one level of the tree adds to a path
SECTIONS = {
    "themeindexpage": "guides",
    "lifeeventindexpage": "life_events",
    "newsindexpage": "news",
    "faqpage": "faq",
}


@dataclass(frozen=True)
class Node:
    """A page of the skeleton: enough to link to it without a query."""

    id: int
    kind: str
    title: str
    summary: str
    path: str
    url_path: str
    url: str
    in_menus: bool
    guides: int = 0


@dataclass(frozen=True)
class Language:
    """The site in one language."""

    code: str
    locale_id: int
    root: Node
    nodes: list[Node] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)


@dataclass(frozen=True)
class SiteMap:
    """One site as its visitors see it in language `code`."""

    number: int
    valid_until: datetime | None  # when a date turns something on or off, with no change of content
    token: object  # the same in all languages; another one as soon as anything may differ
    site: Site
    has_restrictions: bool
    by_language: dict[str, Language]
    code: str

    def is_current(self, number: int) -> bool:
        in_time = self.valid_until is None or timezone.now() < self.valid_until
        return bool(number) and self.number == number and in_time

    @property
    def here(self) -> Language:
        return self.by_language.get(self.code) or self.by_language[settings.LANGUAGE_CODE]

    def in_language(self, code: str) -> "SiteMap":
        return replace(self, code=code)

    @property
    def themes(self) -> list[Node]:
        """Main themes with something to read; the others would be dead ends."""
        return self.themes_below(self.sections["guides"]) if "guides" in self.sections else []

    def themes_below(self, parent: Node) -> list[Node]:
        step = len(parent.path) + STEP
        themes = [n for n in self.here.nodes if n.kind == "themepage" and n.guides]
        return [n for n in themes if n.path.startswith(parent.path) and len(n.path) == step]

    @property
    def sections(self) -> dict[str, Node]:
        return {SECTIONS[n.kind]: n for n in self.here.nodes if n.kind in SECTIONS}

    @property
    def menu(self) -> list[Node]:
        return [node for node in self.here.nodes if node.in_menus]

    def alerts_on(self) -> list[Alert]:
        return [alert for alert in self.here.alerts if alert.is_on()]

    def address(self, url_path: str) -> str:
        """Return the address of the page at `url_path`; empty means the home page."""
        return _address(self.code, self.here.root.url_path, url_path)

    def ancestors(self, page: Page) -> list[Node]:
        """Return what leads to `page`, home first, itself excluded."""
        root = self.here.root
        if page.path == root.path:
            return []
        chain = [n for n in self.here.nodes if page.path.startswith(n.path) and n.path != page.path]
        return [root, *sorted(chain, key=lambda node: len(node.path))]

    def theme_of(self, path: str) -> Node | None:
        """Return the theme nearest to the page at tree path `path`."""
        above = [n for n in self.here.nodes if n.kind == "themepage" and path.startswith(n.path)]
        return max(above, key=lambda node: len(node.path), default=None)


_kept: dict[tuple[str, str], SiteMap] = {}


def for_request(request: HttpRequest) -> SiteMap:
    """Return the site of `request` in the active language; one query when nothing changed.

    :raises Http404: no site answers to this host, or it has no home page in the default language.
    """
    known = getattr(request, "_guichet_site_map", None)
    if known is None:
        number = epoch.current()
        key = (request.get_host(), request.get_port())
        known = _kept.get(key)
        if known is None or not known.is_current(number):
            known = _build(request, number)
            if len(_kept) > 500:  # hosts are what clients say they are
                _kept.clear()
            _kept[key] = known
        request._guichet_site_map = known  # type: ignore[attr-defined]
        request._wagtail_site = known.site  # type: ignore[attr-defined]
    return known.in_language((get_language() or settings.LANGUAGE_CODE)[:2])


@cache
def languages() -> list[dict[str, Any]]:
    return [
        {"code": code, "name": get_language_info(code)["name_local"]}
        for code, _name in settings.LANGUAGES
    ]


def _address(code: str, root_url_path: str, url_path: str) -> str:
    prefix = "" if code == settings.LANGUAGE_CODE else f"{code}/"
    return f"{get_script_prefix()}{prefix}{url_path.removeprefix(root_url_path)}"


def _build(request: HttpRequest, number: int) -> SiteMap:
    branding.forget()  # what changed may be the face of the portal
    site = Site.find_for_request(request)
    if site is None:
        raise Http404("no site answers to this host")
    roots = (
        Page.objects.filter(translation_key=site.root_page.translation_key, live=True)
        .select_related("locale", "content_type")
        .order_by("path")
    )
    by_language = {root.locale.language_code: _language(root) for root in roots}
    if settings.LANGUAGE_CODE not in by_language:
        raise Http404("the site has no home page")
    return SiteMap(
        number=number,
        valid_until=_next_date(),
        token=object(),
        site=site,
        has_restrictions=PageViewRestriction.objects.exists(),
        by_language=by_language,
        code=settings.LANGUAGE_CODE,
    )


def _next_date() -> datetime | None:
    """Return when an alert or an e-service next begins or ends."""
    now = timezone.now()
    dates = [*eservice_links.opening_dates()]
    for pair in Alert.objects.filter(is_active=True).values_list("starts_at", "ends_at"):
        dates += pair
    return min((date for date in dates if date and date > now), default=None)


def _language(root: Page) -> Language:
    code = root.locale.language_code
    pages = (
        Page.objects.descendant_of(root)
        .live()
        .filter(content_type__app_label="cms_pages")
        .exclude(content_type__model__in=["procedurepage", "newspage"])
        .select_related("content_type")
        .order_by("path")
    )
    guides = list(GuideIndex.objects.in_language(root.locale_id).guide_paths())
    return Language(
        code=code,
        locale_id=root.locale_id,
        root=_node(root, code, root.url_path),
        nodes=[_node(page, code, root.url_path, guides) for page in pages],
        alerts=list(Alert.objects.showing().filter(locale_id=root.locale_id)),
    )


def _node(page: Page, code: str, root_url_path: str, guides: list[str] | None = None) -> Node:
    return Node(
        id=page.pk,
        kind=page.content_type.model,
        title=page.title,
        summary=page.search_description,
        path=page.path,
        url_path=page.url_path,
        url=_address(code, root_url_path, page.url_path),
        in_menus=page.show_in_menus,
        guides=sum(path.startswith(page.path) for path in guides or []),
    )

"""The skeleton of the site (roots, themes, sections, alerts), kept in memory while nothing changes."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.translation import get_language, get_language_info
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.query import PageQuerySet

from cms_pages import epoch, eservice_links
from cms_pages.models.search import GuideIndex
from cms_pages.models.snippets import Alert
from cms_pages.places import Place, places_below
from portal.core import branding

STEP = Page.steplen  # letters that one level of the tree adds to a path
APART = {"localindexpage", "newsindexpage"}  # a commune has its own; these are not read there
SECTIONS = {
    "themeindexpage": "guides",
    "lifeeventindexpage": "life_events",
    "newsindexpage": "news",
    "faqpage": "faq",
    "localindexpage": "communes",
    "consultationindexpage": "consultations",
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
class Locality:
    """A commune with pages of its own, in one language."""

    site_id: int
    slug: str
    title: str
    path: str
    url_path: str
    url: str
    territory_id: int
    department: str
    host: str
    crest: Any = None  # a small picture of it: url, width, height


@dataclass(frozen=True)
class Language:
    """The site in one language, as it is seen nationally or from one commune."""

    code: str
    locale_id: int
    root: Node
    nodes: list[Node] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    localities: list[Locality] = field(default_factory=list)
    places: dict[UUID, list[Place]] = field(default_factory=dict)


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
    local: str = ""  # the commune from which the site is read
    has_own_host: bool = False  # that commune is reached by a domain name of its own
    views: dict[tuple[str, str, bool], Language] = field(
        default_factory=dict
    )  # made when asked for

    def is_current(self, number: int) -> bool:
        in_time = self.valid_until is None or timezone.now() < self.valid_until
        return bool(number) and self.number == number and in_time

    @property
    def national(self) -> Language:
        return self.by_language.get(self.code) or self.by_language[settings.LANGUAGE_CODE]

    @property
    def here(self) -> Language:
        """The site as it is seen from here: nationally, or with a commune in front."""
        locality = self.locality
        if locality is None:
            return self.national
        key = (self.local, self.national.code, self.has_own_host)
        if key not in self.views:
            self.views[key] = _seen_from(locality, self)
        return self.views[key]

    @property
    def locality(self) -> Locality | None:
        """The commune from which the site is read; None nationally."""
        found = (one for one in self.national.localities if one.slug == self.local)
        return next(found, None) if self.local else None

    @property
    def localities(self) -> list[Locality]:
        return self.national.localities

    def in_language(self, code: str) -> "SiteMap":
        return replace(self, code=code)

    def at(self, slug: str) -> "SiteMap":
        """Return the site as it is read from the commune `slug`; nationally when it is empty."""
        return replace(self, local=slug)

    def enter(self, path: str) -> tuple["SiteMap", str]:
        """Return the site that answers for `path`, and the rest of `path` inside it."""
        root = self.national.root.url_path
        for locality in self.localities if not self.local else []:
            beginning = locality.url_path.removeprefix(root)
            if path.startswith(beginning):
                return self.at(locality.slug), path.removeprefix(beginning)
        return self, path

    def is_apart(self, url_path: str) -> bool:
        """Tell whether a national page is not read from communes: news, other communes."""
        apart = [node.url_path for node in self.national.nodes if node.kind in APART]
        return any(url_path.startswith(beginning) for beginning in apart)

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

    @property
    def paths(self) -> list[Node]:
        """Step by step pages, wherever they stand."""
        return [node for node in self.here.nodes if node.kind == "stepbysteppage"]

    def alerts_on(self) -> list[Alert]:
        return [alert for alert in self.here.alerts if alert.is_on()]

    def address(self, url_path: str) -> str:
        """Return the address of the page at `url_path`; empty means the home page."""
        locality = self.locality
        if locality is None:
            return _address(self.code, self.national.root.url_path, url_path)
        own, national = locality.url_path, self.national.root.url_path
        prefix = "" if self.has_own_host else own.removeprefix(national)
        if not url_path or url_path.startswith(own):
            return _address(self.code, own, f"{own}{prefix}{url_path.removeprefix(own)}")
        if self.is_apart(url_path):
            return national_base(self) + _address(self.code, national, url_path)
        return _address(self.code, national, f"{national}{prefix}{url_path.removeprefix(national)}")

    def ancestors(self, page: Page) -> list[Node]:
        """Return what leads to `page`, home first, itself excluded."""
        root = self.here.root
        if page.path in {root.path, self.national.root.path}:
            return []
        chain = [n for n in self.here.nodes if page.path.startswith(n.path) and n.path != page.path]
        return [root, *sorted(chain, key=lambda node: len(node.path))]

    def places_of(self, page: Page) -> list[Place]:
        """Return where `page` stands on the way to something."""
        return self.national.places.get(page.translation_key, [])

    def theme_of(self, path: str) -> Node | None:
        """Return the theme nearest to the page at tree path `path`."""
        above = [n for n in self.here.nodes if n.kind == "themepage" and path.startswith(n.path)]
        return max(above, key=lambda node: len(node.path), default=None)


def national_base(site: SiteMap) -> str:
    """Return what stands before the address of a national page seen from a domain name of a commune."""
    return settings.BASE_URL if site.has_own_host else ""


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


def enter(request: HttpRequest, site: SiteMap, path: str) -> tuple[SiteMap, str]:
    """Like `site.enter`, and what is made for this request is read from there."""
    found, rest = site.enter(path)
    request._guichet_site_map = found  # type: ignore[attr-defined]
    return found, rest


def _build(request: HttpRequest, number: int) -> SiteMap:
    branding.forget()  # what changed may be the face of the portal
    site = Site.find_for_request(request)
    if site is None:
        raise Http404("no site answers to this host")
    home = site.root_page
    is_local = home.content_type.model == "localhomepage"
    if is_local:  # the national site is the one in whose tree the commune stands
        home = Page.objects.get(path=home.path[: 2 * STEP])
    roots = (
        Page.objects.filter(translation_key=home.translation_key, live=True)
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
        local=site.root_page.slug if is_local else "",
        has_own_host=is_local,
    )


def _next_date() -> datetime | None:
    """Return when an alert or an e-service next begins or ends."""
    now = timezone.now()
    dates = [*eservice_links.opening_dates()]
    for pair in Alert.objects.filter(is_active=True).values_list("starts_at", "ends_at"):
        dates += pair
    return min((date for date in dates if date and date > now), default=None)


def _skeleton(path: str) -> PageQuerySet:
    """Return the live pages below tree path `path` that menus and breadcrumbs know."""
    return (
        Page.objects.filter(path__startswith=path, live=True)
        .exclude(path=path)
        .filter(content_type__app_label="cms_pages")
        .exclude(content_type__model__in=["procedurepage", "newspage"])
        .select_related("content_type")
        .order_by("path")
    )


def _language(root: Page) -> Language:
    code = root.locale.language_code
    localities = _localities(root)
    pages = _skeleton(root.path)
    if localities:  # their own pages are known to each commune only
        pages = pages.exclude(path__startswith=localities[0].path[:-STEP], depth__gt=3)
    guides = list(GuideIndex.objects.in_language(root.locale_id).guide_paths())
    return Language(
        code=code,
        locale_id=root.locale_id,
        root=_node(root, code, root.url_path),
        nodes=[_node(page, code, root.url_path, guides) for page in pages],
        alerts=list(Alert.objects.showing().filter(locale_id=root.locale_id)),
        localities=localities,
        places=places_below(root.path),
    )


def _localities(root: Page) -> list[Locality]:
    # The model needs this module: it is asked for by name.
    model = apps.get_model("cms_pages", "LocalHomePage")
    pages = model.objects.filter(path__startswith=root.path, live=True)
    code = root.locale.language_code
    return sorted(
        (
            Locality(
                site_id=page.site_id,
                slug=page.slug,
                title=page.title,
                path=page.path,
                url_path=page.url_path,
                url=_local_home(page, code, root.url_path),
                territory_id=page.site.territory_id,
                department=_department(page.site.territory, code),
                host=page.site.host,
                crest=page.site.small_crest(),
            )
            for page in pages.select_related("site__territory__parent", "site__crest").defer("body")
        ),
        key=lambda one: one.title,
    )


def _local_home(page: Page, code: str, root_url_path: str) -> str:
    if page.site.host:
        scheme = settings.BASE_URL.partition("://")[0]
        return f"{scheme}://{page.site.host}{_address(code, page.url_path, page.url_path)}"
    return _address(code, root_url_path, page.url_path)


def _department(territory: Any, code: str) -> str:
    above = territory.parent or territory
    return str(above.name_in(code))


def _seen_from(locality: Locality, site: SiteMap) -> Language:
    """Return the national pages under the address of `locality`, and its own."""
    national, code = site.national, site.code
    apart = [node.path for node in national.nodes if node.kind in APART]
    shared = [n for n in national.nodes if not any(n.path.startswith(path) for path in apart)]
    own = [_node(page, code, locality.url_path) for page in _skeleton(locality.path)]
    home = Node(
        id=0,
        kind="localhomepage",
        title=locality.title,
        summary="",
        path=locality.path,
        url_path=locality.url_path,
        url=site.address(""),
        in_menus=False,
    )
    return replace(
        national,
        root=home,
        nodes=[replace(node, url=site.address(node.url_path)) for node in [*shared, *own]],
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

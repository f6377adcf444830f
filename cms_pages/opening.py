"""Open the pages of a commune: its site, its pages in each language, its webmasters' rights."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.images.models import Image
from wagtail.models import Collection, Locale, Page, Site

from cms_pages import models, roles
from cms_pages.models.base import SitePage
from eservices.catalog import local
from eservices.catalog.models import EService
from portal.accounts import services as accounts
from portal.accounts.models import Office, Territory, User
from portal.core.models import WorkCalendar

INDEX_SLUG = "communes"
NEWS_SLUG = "actualites"

P = TypeVar("P", bound=SitePage)


@dataclass(frozen=True)
class Offer:
    """A national e-service that the commune handles, with the fees that it sets itself."""

    eservice: EService
    fees: Mapping[str, int] = field(default_factory=dict)
    deliberation: str = ""


@dataclass(frozen=True)
class Order:
    """What is known of a commune when its pages are opened or changed."""

    territory: Territory
    office_name: str = ""
    office: Mapping[str, Any] = field(default_factory=dict)  # columns of the main office
    week: Mapping[int, list[tuple[time, time]]] | None = None
    closures: list[tuple[date, date, str]] = field(default_factory=list)
    welcome: str = ""
    host: str = ""
    crest: Any = None  # a file that was checked to be an image
    offers: list[Offer] = field(default_factory=list)
    notes: Mapping[str, str] | None = None  # what is added to guides, by their identifier


@transaction.atomic
def open_site(order: Order) -> models.LocalSite:
    """Open the site of a commune, or bring it to these values; what editors wrote stays.

    :raises OfferRefused: when an offer is not allowed; then nothing is opened.
    """
    territory = order.territory
    office = _office(order)
    site = models.LocalSite.objects.filter(territory=territory).first()
    site = site or models.LocalSite(territory=territory)
    site.office, site.host = office, order.host
    if site.collection is None:
        site.collection = _collection(territory)
    if order.crest is not None:
        site.crest = _crest(order.crest, site)
    site.save()
    site.small_crest()  # made now, so that no visitor's reading writes it
    _offers(office, order.offers)
    if order.notes is not None:
        _notes(site, order.notes)
    homes = _pages(site, order.welcome)
    _own_host(site, homes[0])
    if site.group is None:
        site.group = roles.install_webmasters(
            _("Webmaster of %(name)s") % {"name": territory.name_in(settings.LANGUAGE_CODE)},
            homes,
            site.collection,
        )
        site.save(update_fields=["group"])
    return site


def add_webmaster(site: models.LocalSite, *, full_name: str, email: str) -> User:
    """Give the person with this mail address the pages of `site`, with a new account if needed.

    :raises StaffEmailRefused: when the address is not official.
    """
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = accounts.create_person(
            full_name=full_name, email=email, groups=[site.group.name if site.group else ""]
        )
    if site.group is not None:
        user.groups.add(site.group)
    return user


def _notes(site: models.LocalSite, notes: Mapping[str, str]) -> None:
    """Make `notes` what the commune adds to national guides."""
    site.additions.exclude(identifier__in=notes).delete()
    for identifier, note in notes.items():
        models.LocalAddition.objects.update_or_create(
            site=site, identifier=identifier, defaults={"note": note}
        )


def _office(order: Order) -> Office:
    territory = order.territory
    known = Office.objects.filter(code=territory.code).first()
    french = order.office_name or (known.name_in("fr") if known else "")
    french = french or _("%(name)s Town Hall") % {"name": territory.name_in("fr")}
    values = {"address": known.address, "phone": known.phone} if known else {}
    office = accounts.save_office(
        territory.code,
        name={**(known.name if known else {}), "fr": french},
        calendar=known.calendar if known else _calendar(territory.country),
        country=territory.country,
        time_zone=known.time_zone if known else _time_zone(territory.country),
        kind=known.kind if known else "city_hall",
        parent=known.parent if known else None,
        **{**values, **order.office, "territory": territory},
    )
    if order.week is not None:
        accounts.save_hours(office, order.week)
        accounts.save_closures(office, order.closures)
    return office


def _calendar(country: str) -> WorkCalendar:
    known = WorkCalendar.objects.filter(code=country.lower()).first()
    return known or accounts.save_calendar(country.lower(), name=country, weekdays="01234")


def _time_zone(country: str) -> str:
    known = Office.objects.filter(country=country).values_list("time_zone", flat=True).first()
    return known or settings.TIME_ZONE


def _offers(office: Office, offers: list[Offer]) -> None:
    for offer in offers:
        local.offer(offer.eservice, office, fees=offer.fees, deliberation=offer.deliberation)
    chosen = {offer.eservice.pk for offer in offers}
    for standing in office.local_offers.filter(is_active=True).select_related("eservice"):
        if standing.eservice_id not in chosen:
            local.withdraw(standing.eservice, office)


def _collection(territory: Territory) -> Collection:
    root = Collection.get_first_root_node()
    name = territory.name_in(settings.LANGUAGE_CODE)
    known = root.get_children().filter(name=name).first()
    return known or root.add_child(name=name)


def _crest(file: Any, site: models.LocalSite) -> Image:
    image = Image(
        title=str(_("Crest of %(name)s") % {"name": site.territory}),
        file=file,
        collection=site.collection,
    )
    image.save()
    return image


def _pages(site: models.LocalSite, welcome: str) -> list[models.LocalHomePage]:
    """Make the pages that are missing, in every language; return the home pages, French first."""
    homes: list[models.LocalHomePage] = []
    indexes: list[models.LocalIndexPage] = []
    news: list[models.NewsIndexPage] = []
    for national in _national_homes():
        code = national.locale.language_code
        with translation.override(code):
            index = _child(
                national, models.LocalIndexPage, INDEX_SLUG, indexes, title=_("Communes")
            )
            home = _child(
                index,
                models.LocalHomePage,
                slugify(site.territory.name_in(settings.LANGUAGE_CODE)),
                homes,
                title=site.territory.name_in(code),
                site=site,
                # Words in one language are no words in the others: those are for the webmaster.
                summary=welcome if code == settings.LANGUAGE_CODE else "",
            )
            if home.summary != welcome and welcome and code == settings.LANGUAGE_CODE:
                home.summary = welcome
                home.save()
            _child(home, models.NewsIndexPage, NEWS_SLUG, news, title=_("News"))
    return homes


def _national_homes() -> list[models.HomePage]:
    default = Site.objects.select_related("root_page").get(is_default_site=True)
    homes = models.HomePage.objects.filter(translation_key=default.root_page.translation_key)
    first = Locale.objects.get(language_code=settings.LANGUAGE_CODE).pk
    found = list(homes.select_related("locale"))
    return sorted(found, key=lambda home: (home.locale_id != first, home.pk))


def _child(parent: Page, model: type[P], slug: str, known: list[P], **values: Any) -> P:
    """Return the page `slug` below `parent`, made if it is missing; `known` are its translations."""
    page = model.objects.child_of(parent).filter(slug=slug).first()
    if page is None:
        now = timezone.now()
        page = model(
            slug=slug,
            locale_id=parent.locale_id,
            live=True,
            first_published_at=now,
            last_published_at=now,
            **values,
        )
        if known:
            page.translation_key = known[0].translation_key
        # treebeard keeps what it knows of the parent: read it again for its number of children.
        parent = Page.objects.get(pk=parent.pk)
        page = parent.add_child(instance=page)
    known.append(page)
    return page


def _own_host(site: models.LocalSite, home: models.LocalHomePage) -> None:
    """Let the domain name of the commune lead to its home page; without one, the path does."""
    same = Site.objects.filter(root_page__translation_key=home.translation_key)
    if not site.host:
        same.delete()
        return
    known = same.first() or Site(port=80)
    known.hostname, known.root_page, known.site_name = site.host, home, home.title
    known.save()

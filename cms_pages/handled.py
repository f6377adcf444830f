"""Which procedures an office handles, with the guide and the price of each."""

from dataclasses import dataclass

from django.db.models import QuerySet

from cms_pages.models.rows import Channel
from cms_pages.site_map import SiteMap
from eservices.catalog.models import EService
from portal.accounts.models import Office


@dataclass(frozen=True)
class Handled:
    title: str
    url: str
    price: str


def services_of(office: Office, site: SiteMap) -> list[Handled]:
    """Return the published e-services whose requests `office` handles, in the language of `site`."""
    found = [e for e in _published() if office.code in e.office_codes]
    guides = _guide_paths([eservice.pk for eservice in found], site)
    return [
        Handled(
            title=eservice.title_in(site.code),
            url=site.address(guides[eservice.pk]) if eservice.pk in guides else eservice.start_url,
            price=eservice.price_text(site.code),
        )
        for eservice in found
    ]


def _published() -> QuerySet[EService]:
    light = EService.objects.exclude(current=None).select_related("current")
    return light.defer("definition", "summary")


def _guide_paths(eservice_ids: list[int], site: SiteMap) -> dict[int, str]:
    channels = Channel.objects.filter(
        eservice__in=eservice_ids, page__live=True, page__locale=site.here.locale_id
    )
    return dict(channels.values_list("eservice_id", "page__url_path"))

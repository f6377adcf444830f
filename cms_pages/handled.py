"""Which procedures an office or a commune handles, with the guide and the price of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import QuerySet

from cms_pages.models.rows import Channel
from cms_pages.site_map import Locality, SiteMap
from eservices.catalog import local
from eservices.catalog.models import EService, LocalOffer
from portal.accounts import directory
from portal.accounts.models import Office


@dataclass(frozen=True)
class Handled:
    title: str
    url: str
    price: str
    fees: list[tuple[str, str]] = field(default_factory=list)  # those that the office sets itself
    deliberation: str = ""


@dataclass(frozen=True)
class LocalGuide:
    """What a commune says about one national guide."""

    locality: Locality
    is_offered: bool
    counters: list[directory.Entry]
    note: str = ""
    office_code: str = ""
    fees: list[tuple[str, str]] = field(default_factory=list)
    deliberation: str = ""
    amounts: Mapping[str, int] = field(default_factory=dict)

    @property
    def says_something(self) -> bool:
        """Tell whether the guide reads otherwise here than nationally."""
        return self.is_offered or bool(self.note)


def services_of(office: Office, site: SiteMap) -> list[Handled]:
    """Return the published e-services whose requests `office` handles, in the language of `site`."""
    offers = LocalOffer.objects.standing().filter(office=office)
    own = {offer.eservice_id: offer for offer in offers}
    found = [e for e in _published() if office.code in e.office_codes or e.pk in own]
    return _listed(found, own, site)


def offered_by(territory_id: int, site: SiteMap) -> list[Handled]:
    """Return the e-services that the offices of a commune handle."""
    offers = LocalOffer.objects.standing().filter(office__territory=territory_id)
    own = {offer.eservice_id: offer for offer in offers}
    codes = set(Office.objects.open().filter(territory=territory_id).values_list("code", flat=True))
    found = [e for e in _published() if codes & set(e.office_codes) or e.pk in own]
    return _listed(found, own, site)


def local_guide(identifier: str, channels: Iterable[Channel], site: SiteMap) -> LocalGuide | None:
    """Return what the commune from which `site` is read adds to a guide; None nationally."""
    locality = site.locality
    if locality is None:
        return None
    eservice = next((row.eservice for row in channels if row.eservice), None)
    offices = directory.of_territory(locality.territory_id)
    codes = [entry.code for entry in offices]
    addition = (
        apps.get_model("cms_pages", "LocalAddition")  # the models of pages need this module
        .objects.filter(site=locality.site_id, identifier=identifier)
        .select_related("office")
        .first()
    )
    wanted = [addition.office.code] if addition and addition.office else []
    note = addition.note if addition else ""
    if eservice is None or eservice.current is None:
        counters = [entry for entry in offices if entry.code in wanted]
        return LocalGuide(locality, bool(wanted), counters, note=note)
    offers = local.offers_for(eservice.pk, codes)
    handling = {offer.office.code for offer in offers} | (set(codes) & set(eservice.office_codes))
    amounts = local.within_ceilings(eservice.current, offers[0].fees) if offers else {}
    return LocalGuide(
        locality=locality,
        is_offered=bool(handling),
        counters=[entry for entry in offices if entry.code in handling or entry.code in wanted],
        note=note,
        office_code=next((code for code in codes if code in handling), ""),
        fees=local.fees_in_words(eservice.current, amounts),
        deliberation=offers[0].deliberation if amounts else "",
        amounts=amounts,
    )


def _listed(
    eservices: list[EService], own: Mapping[int, LocalOffer], site: SiteMap
) -> list[Handled]:
    guides = _guide_paths([eservice.pk for eservice in eservices], site)
    return [_handled(eservice, own.get(eservice.pk), guides, site) for eservice in eservices]


def _handled(
    eservice: EService, offer: LocalOffer | None, guides: Mapping[int, str], site: SiteMap
) -> Handled:
    version = eservice.current
    fees = local.within_ceilings(version, offer.fees) if version and offer else {}
    path = guides.get(eservice.pk)
    start = f"{eservice.start_url}?lieu={offer.office.code}" if offer else eservice.start_url
    return Handled(
        title=eservice.title_in(site.code),
        url=site.address(path) if path else start,
        price=eservice.price_text(site.code, fees),
        fees=local.fees_in_words(version, fees) if version else [],
        deliberation=offer.deliberation if offer and fees else "",
    )


def _published() -> QuerySet[EService]:
    light = EService.objects.exclude(current=None).select_related("current")
    return light.defer("definition", "summary")


def _guide_paths(eservice_ids: list[int], site: SiteMap) -> dict[int, str]:
    channels = Channel.objects.filter(
        eservice__in=eservice_ids, page__live=True, page__locale=site.here.locale_id
    )
    return dict(channels.values_list("eservice_id", "page__url_path"))

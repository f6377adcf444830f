"""The catalogue for machines, in the words of CPSV-AP 3.2: one JSON-LD graph, one flat table."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.text import slugify
from wagtail.models import Page

from cms_pages import eservice_links, models
from cms_pages.models.rows import GuideRow
from cms_pages.places import Place
from cms_pages.site_map import Node, SiteMap
from portal.core import branding

CONTEXT = {
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
}
# The class that the shapes of CPSV-AP 3.2 ask of the territory of an organisation.
TERRITORY = "http://data.europa.eu/88u/dataset/atu-type"
ROWS: dict[str, type[GuideRow]] = {
    "requirements": models.Requirement,
    "evidences": models.Evidence,
    "costs": models.Cost,
    "outputs": models.Output,
    "channels": models.Channel,
    "legal_resources": models.LegalResource,
}
UNITS = {
    "hours": "PT{}H",
    "working_days": "P{}D",
    "days": "P{}D",
    "weeks": "P{}W",
    "months": "P{}M",
}
CURRENCIES = "http://publications.europa.eu/resource/authority/currency/"
COLUMNS = [
    "identifier",
    "title",
    "summary",
    "theme",
    "authority",
    "price",
    "delay",
    "maturity",
    "url",
]


def catalogue(site: SiteMap, base_url: str) -> dict[str, Any]:
    """Return every live guide of `site` in its language as a CPSV-AP graph."""
    graph: list[dict[str, Any]] = []
    organisations: dict[int, models.Organisation] = {}
    events: dict[str, dict[str, Any]] = {}
    for guide, rows in _guides(site):
        service, *parts = _service(site, guide, rows, base_url)
        graph.extend([service, *parts])
        _group_by_events(service, site.places_of(guide), events, site, base_url)
        if guide.authority:
            organisations[guide.authority.pk] = guide.authority
    graph.extend(events.values())
    graph.append(_portal(base_url, site.code))
    graph.extend(_theme(node, base_url, site.code) for node in _theme_nodes(site))
    graph.extend(_organisation(o, base_url, site.code) for o in organisations.values())
    return {"@context": CONTEXT, "@graph": graph}


def table(site: SiteMap, base_url: str) -> Iterator[list[str]]:
    """Return the header and one line per guide."""
    yield COLUMNS
    for guide, rows in _guides(site):
        theme = site.theme_of(guide.path)
        price = " + ".join(filter(None, (cost.text or cost.note for cost in rows["costs"])))  # type: ignore[attr-defined]
        yield [
            guide.identifier,
            guide.title,
            guide.summary,
            theme.title if theme else "",
            str(guide.authority or ""),
            price,
            guide.time_text,
            str(eservice_links.maturity(rows["channels"], guide.body)),
            base_url + site.address(guide.url_path),
        ]


def _guides(site: SiteMap) -> Iterator[tuple[models.ProcedurePage, dict[str, list[GuideRow]]]]:
    """Return the guides with their rows, in a number of queries that does not grow with them."""
    guides = (
        models.ProcedurePage.objects.filter(path__startswith=site.national.root.path, live=True)
        .select_related("authority")
        .defer("steps")
        .order_by("identifier")
    )
    public = [guide for guide in guides if not _is_restricted(site, guide)]
    by_name = {name: _by_page(model, public) for name, model in ROWS.items()}
    for guide in public:
        yield guide, {name: rows[guide.pk] for name, rows in by_name.items()}


def _is_restricted(site: SiteMap, guide: Page) -> bool:
    return site.has_restrictions and guide.get_view_restrictions().exists()


def _by_page(model: type[GuideRow], pages: Iterable[Page]) -> defaultdict[int, list[GuideRow]]:
    rows: defaultdict[int, list[GuideRow]] = defaultdict(list)
    found = model.objects.filter(locale__in={page.locale_id for page in pages})
    if model is models.Channel:
        found = found.select_related("eservice__current")
    for row in found:
        rows[row.page_id].append(row)
    return rows


def _service(
    site: SiteMap, guide: models.ProcedurePage, rows: dict[str, list[GuideRow]], base_url: str
) -> list[dict[str, Any]]:
    url = base_url + site.address(guide.url_path)
    parts = {
        "cv:holdsRequirement": [
            _part(url, "cv:Requirement", r, site.code) for r in rows["requirements"]
        ],
        "cpsv:hasInput": [_part(url, "cv:Evidence", r, site.code) for r in rows["evidences"]],
        "cpsv:produces": [_part(url, "cv:Output", r, site.code) for r in rows["outputs"]],
        "cv:hasCost": [_cost(url, r, site.code) for r in rows["costs"]],
        "cv:hasChannel": [_channel(url, r, site.code) for r in rows["channels"]],
        "cv:hasLegalResource": [_law(url, r, site.code) for r in rows["legal_resources"]],
    }
    service: dict[str, Any] = {
        "@id": url,
        "@type": "cpsv:PublicService",
        "dct:identifier": guide.identifier,
        "dct:title": _text(guide.title, site.code),
        "dct:description": _text(guide.summary, site.code),
        "dcat:keyword": [_text(word, site.code) for word in guide.keywords.splitlines() if word],
        **{
            name: [{"@id": part["@id"]} for part in found] for name, found in parts.items() if found
        },
    }
    authority = _organisation_id(guide.authority, base_url) if guide.authority else None
    # The portal itself answers for a guide that names nobody: the profile wants an authority.
    service["cv:hasCompetentAuthority"] = {"@id": authority or f"{base_url}/#portal"}
    if theme := site.theme_of(guide.path):
        service["cv:thematicArea"] = {"@id": base_url + theme.url}
    if guide.time_min is not None:
        duration = UNITS[guide.time_unit].format(guide.time_max or guide.time_min)
        service["cv:processingTime"] = {"@type": "xsd:duration", "@value": duration}
    return [service, *(part for found in parts.values() for part in found)]


def _group_by_events(
    service: dict[str, Any],
    places: list[Place],
    events: dict[str, dict[str, Any]],
    site: SiteMap,
    base_url: str,
) -> None:
    """Link `service` with the life events and the step by step pages that it is part of."""
    for place in places:
        url = base_url + site.address(place.url_path)
        kind = "cv:BusinessEvent" if place.is_for_business else "cv:LifeEvent"
        event = events.setdefault(
            url,
            {
                "@id": url,
                "@type": ["cv:Event", kind],
                "dct:identifier": url,
                "dct:title": _text(place.title, site.code),
                "cv:hasRelatedService": [],
            },
        )
        event["cv:hasRelatedService"].append({"@id": service["@id"]})
        service.setdefault("cv:isGroupedBy", []).append({"@id": url})


def _part(url: str, kind: str, row: GuideRow, code: str) -> dict[str, Any]:
    identifier = str(row.translation_key)
    title = _text(str(row), code)
    return {
        "@id": f"{url}#{identifier}",
        "@type": kind,
        "dct:identifier": identifier,
        "dct:title": title,
    }


def _cost(url: str, row: Any, code: str) -> dict[str, Any]:
    cost: dict[str, Any] = {"@id": f"{url}#{row.translation_key}", "@type": "cv:Cost"}
    cost["dct:identifier"] = str(row.translation_key)
    if row.amount is not None:
        cost["cv:hasValue"] = {"@type": "xsd:double", "@value": str(row.amount)}
        cost["cv:currency"] = {"@id": CURRENCIES + row.currency, "@type": "skos:Concept"}
    if row.label or row.note:
        cost["dct:description"] = _text(f"{row.label} {row.note}".strip(), code)
    return cost


def _channel(url: str, row: Any, code: str) -> dict[str, Any]:
    identifier = str(row.translation_key)
    channel: dict[str, Any] = {"@id": f"{url}#{identifier}", "@type": "cv:Channel"}
    channel["dct:identifier"] = identifier
    words = [str(row.get_kind_display()), row.label, row.address, row.hours, row.phone]
    channel["dct:description"] = _text(" – ".join(filter(None, words)), code)
    if row.url:
        channel["foaf:page"] = {"@id": row.url}
    return channel


def _law(url: str, row: Any, code: str) -> dict[str, Any]:
    identifier = row.url or f"{url}#{row.translation_key}"
    return {"@id": identifier, "@type": "eli:LegalResource", "dct:title": _text(row.title, code)}


def _theme_nodes(site: SiteMap) -> list[Node]:
    return [node for node in site.here.nodes if node.kind == "themepage"]


def _theme(node: Node, base_url: str, code: str) -> dict[str, Any]:
    return {
        "@id": base_url + node.url,
        "@type": "skos:Concept",
        "skos:prefLabel": _text(node.title, code),
    }


def _portal(base_url: str, code: str) -> dict[str, Any]:
    return {
        "@id": f"{base_url}/#portal",
        "@type": "cv:PublicOrganisation",
        "skos:prefLabel": _text(branding.current().name, code),
        "dct:spatial": _territory("", base_url, code),
    }


def _organisation(organisation: models.Organisation, base_url: str, code: str) -> dict[str, Any]:
    return {
        "@id": _organisation_id(organisation, base_url),
        "@type": "cv:PublicOrganisation",
        "skos:prefLabel": _text(organisation.name, code),
        "dct:spatial": _territory(organisation.territory, base_url, code),
    }


def _territory(name: str, base_url: str, code: str) -> dict[str, Any]:
    """Return the territory as a place of our own: no public list names communes and prefectures."""
    return {
        "@id": f"{base_url}/#territory-{slugify(name) or 'national'}",
        "@type": ["dct:Location", "skos:Concept", TERRITORY],
        "skos:prefLabel": _text(name or branding.current().name, code),
    }


def _organisation_id(organisation: models.Organisation, base_url: str) -> str:
    return f"{base_url}/#organisation-{organisation.code}"


def _text(text: str, code: str) -> dict[str, str]:
    return {"@language": code, "@value": text}

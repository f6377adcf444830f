"""What machines read in a page, in the words of schema.org: a service, a way to a goal, an office."""

from typing import TYPE_CHECKING, Any

from django.conf import settings

from portal.accounts.directory import Counter
from portal.core import branding

if TYPE_CHECKING:
    from cms_pages.models.base import SitePage
    from cms_pages.models.events import ShownStep, StepByStepPage
    from cms_pages.models.guides import ProcedurePage
    from cms_pages.site_map import Node

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def guide(page: "ProcedurePage", context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the guide and its place in the site as schema.org objects."""
    service: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "@id": context["canonical_url"],
        "identifier": page.identifier,
        "name": page.title,
        "description": page.summary,
        "url": context["canonical_url"],
        "inLanguage": context["site_map"].code,
        "availableChannel": [_channel(row, context) for row in context["channels"]],
        "serviceOutput": [
            {"@type": "DigitalDocument", "name": row.name} for row in context["outputs"]
        ],
        "isRelatedTo": [],
    }
    if page.authority:
        service["provider"] = {"@type": "GovernmentOrganization", "name": page.authority.name}
    if context["theme"]:
        service["category"] = context["theme"].title
    offers = [_offer(row) for row in context["costs"] if row.amount is not None]
    service["offers"] = offers
    return [_without_empty(service), breadcrumb(page, context["breadcrumbs"])]


def step_by_step(
    page: "StepByStepPage", steps: "list[ShownStep]", context: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the way to a goal as a schema.org HowTo: one section for each numbered step."""
    sections: dict[int, list[dict[str, Any]]] = {}
    for step in steps:
        site = context["site_map"]
        address = site.address(step.guide.url_path) if step.guide else ""
        part = {
            "@type": "HowToStep",
            "name": step.row.title,
            "text": " ".join(filter(None, [step.row.condition, step.row.text])),
            "url": settings.BASE_URL + address if address else step.row.url,
        }
        sections.setdefault(step.number, []).append(_without_empty(part))
    how = {
        "@context": "https://schema.org",
        "@type": "HowTo",
        "@id": context["canonical_url"],
        "name": page.title,
        "description": page.summary,
        "inLanguage": context["site_map"].code,
        "step": [
            {
                "@type": "HowToSection",
                "position": number,
                "name": parts[0]["name"],
                "itemListElement": parts,
            }
            for number, parts in sections.items()
        ],
    }
    return [_without_empty(how), breadcrumb(page, context["breadcrumbs"])]


def questions(page: "SitePage", context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the questions of a page and their answers as a schema.org FAQPage."""
    asked = [block.value for block in page.body if block.block_type == "question"]
    entries = [
        {
            "@type": "Question",
            "name": value["question"],
            "acceptedAnswer": {"@type": "Answer", "text": str(value["answer"].source)},
        }
        for value in asked
    ]
    found = [breadcrumb(page, context["breadcrumbs"])]
    if entries:
        found.insert(
            0,
            {
                "@context": "https://schema.org",
                "@type": "FAQPage",
                "@id": context["canonical_url"],
                "name": page.title,
                "inLanguage": context["site_map"].code,
                "mainEntity": entries,
            },
        )
    return found


def consultation(page: Any, context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a consultation as a schema.org Event that takes place online."""
    event = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": context["canonical_url"],
        "name": page.title,
        "description": page.summary,
        "startDate": page.starts_at.isoformat(),
        "endDate": page.ends_at.isoformat(),
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "eventStatus": "https://schema.org/EventScheduled",
        "location": {"@type": "VirtualLocation", "url": context["canonical_url"]},
        "organizer": {"@type": "GovernmentOrganization", "name": branding.current().name},
        "inLanguage": context["site_map"].code,
    }
    return [event, breadcrumb(page, context["breadcrumbs"])]


def breadcrumb(page: "SitePage", trail: "list[Node]") -> dict[str, Any]:
    """Return what leads to `page` as a schema.org BreadcrumbList; the page itself has no address."""
    nodes = [
        {
            "@type": "ListItem",
            "position": position,
            "name": node.title,
            "item": settings.BASE_URL + node.url,
        }
        for position, node in enumerate(trail, start=1)
    ]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            *nodes,
            {"@type": "ListItem", "position": len(trail) + 1, "name": page.title},
        ],
    }


def office(counter: Counter, address: str) -> dict[str, Any]:
    """Return a counter as a schema.org GovernmentOffice with its hours and its place."""
    entry, place = counter.entry, counter.office
    return _without_empty(
        {
            "@context": "https://schema.org",
            "@type": "GovernmentOffice",
            "@id": address,
            "name": entry.name,
            "address": entry.address,
            "telephone": [phone for phone, _link in entry.phones],
            "email": entry.email,
            "geo": counter.position
            and {
                "@type": "GeoCoordinates",
                "latitude": float(place.latitude or 0),
                "longitude": float(place.longitude or 0),
            },
            "openingHoursSpecification": [
                {
                    "@type": "OpeningHoursSpecification",
                    "dayOfWeek": f"https://schema.org/{DAYS[row.weekday]}",
                    "opens": f"{row.opens:%H:%M}",
                    "closes": f"{row.closes:%H:%M}",
                }
                for row in place.hours.all()
            ],
        }
    )


def _channel(row: Any, context: dict[str, Any]) -> dict[str, Any]:
    url = settings.BASE_URL + row.eservice.start_url if row.eservice else row.url
    place = {"@type": "Place", "name": row.label, "address": row.address} if row.address else None
    channel = {
        "@type": "ServiceChannel",
        "name": str(row),
        "serviceUrl": url,
        "servicePhone": row.phone and {"@type": "ContactPoint", "telephone": row.phone},
        "serviceLocation": place,
        "availableLanguage": context["site_map"].code,
    }
    return _without_empty(channel)


def _offer(row: Any) -> dict[str, Any]:
    return {"@type": "Offer", "price": row.amount, "priceCurrency": row.currency}


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}

"""What machines read in a guide: schema.org GovernmentService."""

from typing import TYPE_CHECKING, Any

from django.conf import settings

from portal.accounts.directory import Counter

if TYPE_CHECKING:
    from cms_pages.models.guides import ProcedurePage

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
    return [_without_empty(service), _breadcrumb(page, context)]


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


def _breadcrumb(page: "ProcedurePage", context: dict[str, Any]) -> dict[str, Any]:
    trail = [(node.title, node.url) for node in context["breadcrumbs"]]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": settings.BASE_URL + url,
            }
            for position, (name, url) in enumerate(trail, start=1)
        ]
        + [{"@type": "ListItem", "position": len(trail) + 1, "name": page.title}],
    }


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}

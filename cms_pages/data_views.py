"""Open data: what there is, what it means, and the files themselves."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms_pages import site_map
from cms_pages.datasets import described
from cms_pages.datasets.described import BY_CODE, LICENCE, Described, Fresh
from portal.core import branding
from portal.core.spreadsheets import safe

DCAT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
FILE_TYPES = "https://publications.europa.eu/resource/authority/file-type/"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the datasets with their dates and their files."""
    site = site_map.for_request(request)
    context = {"datasets": described.fresh(), "licence": LICENCE, "site_map": site}
    return render(request, "cms_pages/data.html", context)


@require_safe
def dataset(request: HttpRequest, code: str) -> HttpResponse:
    """Explain one dataset: every column, the licence, the date."""
    site = site_map.for_request(request)
    context = {"dataset": _fresh(code), "licence": LICENCE, "site_map": site}
    return render(request, "cms_pages/dataset.html", context)


@require_safe
def as_csv(request: HttpRequest, code: str) -> HttpResponse:
    about = _fresh(code).about
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{code}.csv"'
    writer = csv.writer(response)
    writer.writerow(about.header)
    for row in _rows(request, about):
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in row])
    return response


@require_safe
def as_json(request: HttpRequest, code: str) -> HttpResponse:
    found = _fresh(code)
    about = found.about
    data = {
        "title": str(about.title),
        "description": str(about.about),
        "licence": LICENCE[1],
        "updated": found.updated_at.isoformat(timespec="seconds"),
        "dictionary": [
            {"name": c.name, "type": c.kind, "meaning": str(c.meaning)} for c in about.columns
        ],
        "rows": [dict(zip(about.header, row, strict=True)) for row in _rows(request, about)],
    }
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})


@require_safe
def dcat(request: HttpRequest) -> HttpResponse:
    """Give the catalogue in DCAT, as harvesters read it."""
    language = site_map.for_request(request).code
    base = request.build_absolute_uri("/").rstrip("/")
    datasets = [_dcat_dataset(one, base, language) for one in described.fresh()]
    graph = {
        "@context": DCAT,
        "@id": base + reverse("cms_pages:data"),
        "@type": "dcat:Catalog",
        "dct:title": {"@language": language, "@value": branding.current().name},
        "dct:publisher": {
            "@id": f"{base}/#publisher",
            "@type": "foaf:Agent",
            "foaf:name": branding.current().name,
        },
        "dct:license": {"@id": LICENCE[1]},
        "dcat:dataset": datasets,
    }
    return JsonResponse(
        graph, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False}
    )


def _dcat_dataset(found: Fresh, base: str, language: str) -> dict[str, Any]:
    about = found.about
    address = base + reverse("cms_pages:dataset", args=[about.code])
    return {
        "@id": address,
        "@type": "dcat:Dataset",
        "dct:identifier": about.code,
        "dct:title": {"@language": language, "@value": str(about.title)},
        "dct:description": {"@language": language, "@value": str(about.about)},
        "dct:modified": _moment(found.updated_at),
        "dct:license": {"@id": LICENCE[1]},
        "dcat:landingPage": {"@id": address},
        "dcat:distribution": [
            _distribution(base, about.code, "csv", "text/csv"),
            _distribution(base, about.code, "json", "application/json"),
        ],
    }


def _distribution(base: str, code: str, extension: str, media_type: str) -> dict[str, Any]:
    address = base + reverse(f"cms_pages:data_{extension}", args=[code])
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dcat:downloadURL": {"@id": address},
        "dcat:accessURL": {"@id": address},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media_type}"},
        "dct:format": {"@id": FILE_TYPES + extension.upper()},
        "dct:license": {"@id": LICENCE[1]},
    }


def _moment(at: datetime) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": at.isoformat(timespec="seconds")}


def _fresh(code: str) -> Fresh:
    if code not in BY_CODE:
        raise Http404("no dataset has this code")
    found = next((one for one in described.fresh() if one.about.code == code), None)
    if found is None:
        raise Http404("this dataset was not made yet")
    return found


def _rows(request: HttpRequest, about: Described) -> Iterator[list[Any]]:
    site = site_map.for_request(request)
    for row in about.read(site, request.build_absolute_uri("/").rstrip("/")):
        yield about.complete(row)

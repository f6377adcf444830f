"""Where to go: the directory and the page of each counter."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cms_pages import linked_data, office_search, page_cache, site_map
from cms_pages.handled import services_of
from portal.accounts import directory

LONGEST_NAME = 80


@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """Show every office that is open, kept like a page."""
    site = site_map.for_request(request)
    return page_cache.serve(request, site, lambda: _make_directory(request, site))


@require_safe
def office(request: HttpRequest, code: str) -> HttpResponse:
    """Show one counter: hours, open or not at this moment, phones, map, what it handles."""
    site = site_map.for_request(request)
    return page_cache.serve(request, site, lambda: _make_office(request, site, code))


def _make_directory(request: HttpRequest, site: site_map.SiteMap) -> HttpResponse:
    wanted = " ".join(request.GET.get("q", "")[:LONGEST_NAME].split())
    offices = directory.tree()
    places = directory.places({one.territory_id: one.url for one in site.localities})
    context = {
        "offices": offices,
        "places": places,
        "wanted": wanted,
        "found": office_search.find(wanted, offices, places) if wanted else [],
        "site_map": site,
        "alerts": site.alerts_on(),
    }
    return render(request, "cms_pages/offices.html", context)


def _make_office(request: HttpRequest, site: site_map.SiteMap, code: str) -> HttpResponse:
    counter = directory.counter(code)
    if counter is None:
        raise Http404("no open office has this code")
    address = request.build_absolute_uri(request.path)
    context = {
        "counter": counter,
        "services": services_of(counter.office, site),
        "canonical_url": address,
        "linked_data": linked_data.office(counter, address),
        "site_map": site,
        "alerts": site.alerts_on(),
    }
    response = render(request, "cms_pages/office_page.html", context)
    if counter.opening is not None:
        response.true_until = counter.opening.until  # type: ignore[attr-defined]
    return response

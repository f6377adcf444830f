"""What anybody may know of how procedures are handled: the overview, one procedure, its file."""

import csv

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language_bidi
from django.views.decorators.http import require_safe

from cms_pages import figure_charts, page_cache, public_figures, site_map
from cms_pages.datasets.described import BY_CODE
from eservices.catalog.models import EService

ON_A_PAGE = 50


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show how long each procedure really takes, kept like a page."""
    site = site_map.for_request(request)
    return page_cache.serve(request, site, lambda: _make_overview(request, site))


@require_safe
def procedure(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the months of one procedure, kept like a page."""
    site = site_map.for_request(request)
    return page_cache.serve(request, site, lambda: _make_procedure(request, site, slug))


@require_safe
def procedure_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the months of one procedure with the columns of the dataset they come from."""
    eservice = _published(slug)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}.csv"'
    writer = csv.writer(response)
    writer.writerow(BY_CODE[public_figures.REQUESTS].header)
    writer.writerows(public_figures.rows(eservice))
    return response


def _make_overview(request: HttpRequest, site: site_map.SiteMap) -> HttpResponse:
    lines = public_figures.lines(site.code)
    page = Paginator(lines, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "site_map": site, "alerts": site.alerts_on()}
    return render(request, "cms_pages/figures.html", context)


def _make_procedure(request: HttpRequest, site: site_map.SiteMap, slug: str) -> HttpResponse:
    eservice = _published(slug)
    months = public_figures.months(eservice)
    is_rtl = get_language_bidi()
    announced = figure_charts.announced_hours(eservice)
    context = {
        "eservice": eservice,
        "guide": public_figures.guide(eservice, site.code),
        "title": eservice.title_in(site.code),
        "announced": eservice.delay_text(site.code),
        "year": public_figures.year(eservice),
        "months": months,
        "requests": figure_charts.requests(months, is_rtl=is_rtl),
        "delays": figure_charts.delays(months, announced, is_rtl=is_rtl),
        "site_map": site,
        "alerts": site.alerts_on(),
    }
    return render(request, "cms_pages/procedure_figures.html", context)


def _published(slug: str) -> EService:
    eservices = EService.objects.exclude(current=None).select_related("current")
    return get_object_or_404(eservices, slug=slug)

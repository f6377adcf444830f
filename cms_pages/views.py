"""The public site: its pages, its search, and what machines read."""

import csv
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page
from wagtail.views import serve as wagtail_serve

from cms_pages import opendata, page_cache, site_map
from cms_pages.forms import SearchForm
from cms_pages.router import find_page, remember_route
from cms_pages.search import query
from cms_pages.search.text import words
from cms_pages.services import record_miss, record_vote
from cms_pages.sitemaps import sitemap_entries
from portal.core.spreadsheets import safe
from portal.core.throttling import throttle

SUGGESTIONS = 6


def page(request: HttpRequest, path: str) -> HttpResponse:
    """Answer with the page at `path`, from memory when it has not changed."""
    site = site_map.for_request(request)
    return page_cache.serve(request, site, lambda: _make_page(request, site, path))


def _make_page(request: HttpRequest, national: site_map.SiteMap, path: str) -> HttpResponse:
    site, rest = site_map.enter(request, national, path)
    found = find_page(site, rest)
    if found is not None:
        remember_route(request, found)
    elif moved := get_redirect(request, Redirect.normalise_path(request.get_full_path())):
        return redirect(moved.link, permanent=moved.is_permanent)
    return wagtail_serve(request, path)


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Answer what was looked for; without JavaScript, without a cookie, without a write."""
    site = _searched(request)
    form = SearchForm(request.GET, site=site)
    wanted = form.wanted()
    answer = query.search(
        wanted.text,
        locale_id=site.here.locale_id,
        language=site.code,
        filters=wanted.filters,
        page=wanted.page,
        local_site=site.locality.site_id if site.locality else None,
    )
    context = {
        "form": form,
        "wanted": wanted,
        "answer": answer,
        "site_map": site,
        "alerts": site.alerts_on(),
        "results": [(found, site.theme_of(found.guide.page.path)) for found in answer.results],
    }
    return render(request, "cms_pages/search.html", context)


def _searched(request: HttpRequest) -> site_map.SiteMap:
    """Return the site that is searched: that of the commune named in the query, if there is one."""
    site = site_map.for_request(request)
    wanted = request.GET.get("commune", "")
    if not site.local and wanted in {locality.slug for locality in site.localities}:
        site = site.at(wanted)
    return site


@csrf_exempt  # counting words has no author: forging one gains nothing
@require_POST
def miss(request: HttpRequest) -> HttpResponse:
    """Count a search without result, sent by the page of results so that reading never writes."""
    throttle("miss", request, key="all", per_minute=120)
    site = site_map.for_request(request)
    text = request.POST.get("q", "")[:300]
    answer = query.search(text, locale_id=site.here.locale_id, language=site.code)
    if text and not answer.results:
        record_miss(words(text, site.code), locale_id=site.here.locale_id)
    return HttpResponse(status=204)


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Answer the first titles for what is being typed, as JSON."""
    site = _searched(request)
    answer = query.search(
        request.GET.get("q", ""),
        locale_id=site.here.locale_id,
        language=site.code,
        local_site=site.locality.site_id if site.locality else None,
    )
    rows = [
        {"title": found.guide.title, "url": site.address(found.guide.page.url_path)}
        for found in answer.results[:SUGGESTIONS]
    ]
    response = JsonResponse({"suggestions": rows})
    response["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page a browser keeps for when there is no network."""
    return render(request, "cms_pages/offline.html")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker at the root, because it may only rule over what lies below it."""
    path = finders.find("js/sw.js")
    if not path:
        raise Http404("the service worker is not installed")
    response = HttpResponse(Path(str(path)).read_bytes(), content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List every public page of every language with its translations."""
    entries = sitemap_entries(request)
    return render(
        request, "cms_pages/sitemap.xml", {"entries": entries}, content_type="application/xml"
    )


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    address = request.build_absolute_uri("/sitemap.xml")
    private = ["/cms/", "/agent/", "/compte/", "/accounts/", "/demarches/", "/suivi/", "/paiement/"]
    languages = [
        "",
        *(f"/{code}" for code, _n in settings.LANGUAGES if code != settings.LANGUAGE_CODE),
    ]
    rules = [f"Disallow: {language}{path}" for path in private for language in languages]
    text = "\n".join(["User-agent: *", *rules, f"Sitemap: {address}", ""])
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@csrf_exempt  # a vote has no author: forging one gains nothing, and kept pages carry no token
@require_POST
def vote(request: HttpRequest, page_id: int) -> HttpResponse:
    """Record whether the page was helpful, then say thank you."""
    throttle("vote", request, key=str(page_id), per_minute=60)
    voted = get_object_or_404(Page.objects.live(), pk=page_id)
    if request.POST.get("helpful") in {"yes", "no"} and not request.POST.get("website"):
        record_vote(
            voted,
            is_helpful=request.POST["helpful"] == "yes",
            comment=request.POST.get("comment", ""),
        )
    return redirect("cms_pages:thanks")


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "cms_pages/thanks.html")


@require_safe
def catalogue_jsonld(request: HttpRequest) -> HttpResponse:
    """Give the whole catalogue in CPSV-AP."""
    site = site_map.for_request(request)
    graph = opendata.catalogue(site, request.build_absolute_uri("/").rstrip("/"))
    return JsonResponse(
        graph, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False}
    )


@require_safe
def catalogue_csv(request: HttpRequest) -> HttpResponse:
    """Give the whole catalogue as a table."""
    site = site_map.for_request(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="procedures.csv"'
    rows = opendata.table(site, request.build_absolute_uri("/").rstrip("/"))
    csv.writer(response).writerows([safe(cell) for cell in row] for row in rows)
    return response

"""Communes in the administration: opened by an administrator, kept by their own webmasters."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem

from cms_pages import opening
from cms_pages.local_forms import LocalSiteForm
from cms_pages.models import LocalSite

OPENS = "cms_pages.add_localsite"


class CommunesMenuItem(MenuItem):
    """Shown to those who have a commune to look after."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_open(request) or sites_of(request).exists()


def may_open(request: HttpRequest) -> bool:
    return request.user.has_perm(OPENS)


def sites_of(request: HttpRequest) -> QuerySet[LocalSite]:
    """Return the communes that this person looks after; all of them for who may open one."""
    sites = LocalSite.objects.select_related("territory__parent", "office", "group")
    if may_open(request):
        return sites
    return sites.filter(group__in=request.user.groups.all())


def index(request: HttpRequest) -> HttpResponse:
    sites = list(sites_of(request))
    if not sites and not may_open(request):
        raise PermissionDenied
    rows = [(site, site.pages.order_by("path").first()) for site in sites]
    context = {"rows": rows, "may_open": may_open(request), "page_title": _("Communes")}
    return render(request, "cms_pages/admin/communes.html", _framed(context))


def open_commune(request: HttpRequest) -> HttpResponse:
    """One form: the commune is open when it is sent."""
    if not may_open(request):
        raise PermissionDenied
    form = LocalSiteForm(request.POST or None, request.FILES or None, site=None)
    if request.method == "POST" and form.is_valid():
        site = opening.open_site(form.order())
        _invite(form, site)
        messages.success(request, _("The pages of %(name)s are open.") % {"name": site})
        return redirect("communes")
    return _page(request, form, _("Open a commune"))


def change_commune(request: HttpRequest, site_id: int) -> HttpResponse:
    site = get_object_or_404(sites_of(request), pk=site_id)
    form = LocalSiteForm(
        request.POST or None,
        request.FILES or None,
        site=site,
        by_webmaster=not may_open(request),
    )
    if request.method == "POST" and form.is_valid():
        opening.open_site(form.order())
        _invite(form, site)
        messages.success(request, _("%(name)s was changed.") % {"name": site})
        return redirect("communes")
    return _page(request, form, str(site))


def _invite(form: LocalSiteForm, site: LocalSite) -> None:
    email = form.cleaned_data.get("webmaster_email")
    if email:
        name = form.cleaned_data["webmaster_name"]
        opening.add_webmaster(site, full_name=name, email=email)


def _page(request: HttpRequest, form: LocalSiteForm, title: str) -> HttpResponse:
    context = {"form": form, "page_title": title, "media": form.media}
    status = 422 if form.is_bound else 200
    return render(request, "cms_pages/admin/commune.html", _framed(context), status=status)


def _framed(context: dict[str, Any]) -> dict[str, Any]:
    trail = [{"url": reverse("communes"), "label": gettext_lazy("Communes")}]
    return {"header_icon": "home", "breadcrumbs_items": trail, **context}

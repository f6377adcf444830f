"""What failed, in the menu of who repairs texts of documents and keys: the administrator."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from eservices.backoffice import repair
from portal.accounts.models import User
from portal.core.errors import PortalError


def failures(request: HttpRequest) -> HttpResponse:
    """Show what failed in every office; try one thing again."""
    if not isinstance(request.user, User) or not request.user.is_superuser:
        raise PermissionDenied
    if request.method == "POST":
        number, current = request.POST.get("message", ""), "with_current" in request.POST
        try:
            if not repair.retry(None, number, by=request.user, with_current=current):
                raise Http404
            messages.success(request, _("It will be tried again in a moment."))
        except PortalError as exc:
            messages.warning(request, str(exc))
        return redirect("failures")
    context = {"failures": repair.failures(), "stranded": repair.stranded()}
    return render(request, "backoffice/failures_admin.html", context)


class FailuresMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern | URLResolver]:
    return [path("to-repair/", failures, name="failures")]


@hooks.register("register_reports_menu_item")
def menu_item() -> MenuItem:
    return FailuresMenuItem(
        gettext_lazy("To repair"), reverse("failures"), icon_name="warning", order=50
    )

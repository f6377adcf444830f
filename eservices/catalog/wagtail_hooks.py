"""The builder of e-services in the CMS: its menu, its addresses, its permissions."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from eservices.catalog.builder.access import EDIT


class BuilderMenuItem(MenuItem):
    """Shown to those who may edit e-services."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(EDIT)


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    address = reverse("builder:list")
    return BuilderMenuItem(_("E-services"), address, icon_name="form", order=150)


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern | URLResolver]:
    return [path("eservices/", include("eservices.catalog.builder.urls"))]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    names = ["change_eservice", "publish_eservice"]
    return Permission.objects.filter(content_type__app_label="catalog", codename__in=names)

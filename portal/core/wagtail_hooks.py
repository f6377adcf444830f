"""The face of the portal, among the settings of the administration."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from portal.core import brand_admin


class BrandMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.change_brand")


@hooks.register("register_admin_urls")
def brand_urls() -> list[URLPattern]:
    return [path("marque/", brand_admin.edit, name="brand")]


@hooks.register("register_settings_menu_item")
def brand_item() -> MenuItem:
    return BrandMenuItem(_("Face of the portal"), reverse("brand"), icon_name="view", order=10)


@hooks.register("register_permissions")
def brand_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="core", codename="change_brand")

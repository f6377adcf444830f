"""Shared lists in the menu of the administration."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from eservices.codelists import views

urlpatterns = [
    path("", views.IndexView.as_view(), name="index"),
    path("import/", views.ImportView.as_view(), name="import"),
    path("<slug:key>.csv", views.DownloadView.as_view(), name="download"),
]


class ListsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(views.PERMISSION)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern | URLResolver]:
    return [path("code-lists/", include((urlpatterns, "codelists")))]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    return ListsMenuItem(
        _("Code lists"), reverse("codelists:index"), icon_name="list-ul", order=505
    )


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="codelists", codename="change_codelist"
    )

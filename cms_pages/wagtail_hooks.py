"""The CMS as editors see it: our name, our snippets, nothing of the cases."""

from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms_pages.models import Alert, Organisation, PageVote, SearchMiss
from cms_pages.reports import OverdueGuidesView


class OrganisationViewSet(SnippetViewSet):
    model = Organisation
    icon = "group"
    add_to_admin_menu = True
    menu_order = 220
    list_display = ["name", "acronym", "territory", "locale"]
    search_fields = ["name", "acronym", "code"]


class AlertViewSet(SnippetViewSet):
    model = Alert
    icon = "warning"
    add_to_admin_menu = True
    menu_order = 230
    list_display = ["title", "level", "is_active", "starts_at", "ends_at", "locale"]


class OpinionsViewSet(ModelViewSet):
    """Read only: nobody may add or change what readers said."""

    model = PageVote
    icon = "comment"
    name = "opinions"
    add_to_admin_menu = True
    menu_order = 240
    list_display = ["page", "is_helpful", "comment", "created_on"]
    list_filter = ["is_helpful", "created_on"]
    list_export = ["page", "is_helpful", "comment", "created_on"]
    exclude_form_fields: list[str] = []


class MissesViewSet(ModelViewSet):
    """Read only: what people looked for and did not find."""

    model = SearchMiss
    icon = "search"
    name = "misses"
    add_to_admin_menu = True
    menu_order = 250
    list_display = ["words", "times", "last_on", "locale"]
    list_filter = ["locale", "last_on"]
    list_export = ["words", "times", "last_on", "locale"]
    exclude_form_fields: list[str] = []


register_snippet(OrganisationViewSet)
register_snippet(AlertViewSet)


@hooks.register("register_admin_viewset")
def opinions() -> ViewSet:
    return OpinionsViewSet()


@hooks.register("register_admin_viewset")
def misses() -> ViewSet:
    return MissesViewSet()


@hooks.register("register_reports_menu_item")
def overdue_menu() -> MenuItem:
    address = reverse("overdue_guides")
    return MenuItem(_("Guides to check again"), address, icon_name="time", order=50)


@hooks.register("register_admin_urls")
def overdue_urls() -> list[URLPattern]:
    view = OverdueGuidesView
    return [
        path("reports/guides/", view.as_view(), name="overdue_guides"),
        path(
            "reports/guides/results/",
            view.as_view(results_only=True),
            name="overdue_guides_results",
        ),
    ]


@hooks.register("insert_global_admin_css")
def brand() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/cms-admin.css"))

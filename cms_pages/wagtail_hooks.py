"""The CMS as editors see it: our name, our snippets, nothing of the cases."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms_pages import local_admin
from cms_pages.dashboard import ChoresPanel
from cms_pages.models import Alert, Contribution, Organisation, PageVote, SearchMiss
from cms_pages.reports import (
    BrokenLinksView,
    IncompleteGuidesView,
    OverdueGuidesView,
    TranslationsView,
)


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


class ContributionsViewSet(ModelViewSet):
    """What people say in consultations: read, then published or refused with a reason."""

    model = Contribution
    icon = "comment"
    name = "contributions"
    add_to_admin_menu = True
    menu_order = 238
    list_display = ["__str__", "page", "status", "sent_at"]
    list_filter = ["status", "page", "sent_at"]
    list_export = ["page", "status", "signature", "text", "sent_at", "refusal"]
    form_fields = ["status", "refusal"]
    inspect_view_enabled = True
    inspect_view_fields = ["page", "signature", "text", "status", "refusal", "sent_at"]


@hooks.register("register_admin_viewset")
def contributions() -> ViewSet:
    return ContributionsViewSet()


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


REPORTS: list[tuple[str, str, type[ReportView]]] = [
    ("overdue_guides", "guides", OverdueGuidesView),
    ("incomplete_guides", "guides-to-complete", IncompleteGuidesView),
    ("translations_report", "translations", TranslationsView),
    ("broken_links", "links", BrokenLinksView),
]


def _report_item(name: str, view: type[ReportView], order: int) -> None:
    @hooks.register("register_reports_menu_item")
    def item() -> MenuItem:
        return MenuItem(
            view.page_title, reverse(name), icon_name=view.header_icon, order=order, name=name
        )


for position, (report_name, _path, report_view) in enumerate(REPORTS):
    _report_item(report_name, report_view, 50 + position)


@hooks.register("register_admin_menu_item")
def communes_menu() -> MenuItem:
    address = reverse("communes")
    return local_admin.CommunesMenuItem(_("Communes"), address, icon_name="home", order=210)


@hooks.register("register_admin_urls")
def communes_urls() -> list[URLPattern]:
    return [
        path("communes/", local_admin.index, name="communes"),
        path("communes/ouvrir/", local_admin.open_commune, name="open_commune"),
        path("communes/<int:site_id>/", local_admin.change_commune, name="change_commune"),
    ]


@hooks.register("register_admin_urls")
def report_urls() -> list[URLPattern]:
    pages = [path(f"reports/{p}/", v.as_view(), name=name) for name, p, v in REPORTS]
    parts = [
        path(f"reports/{p}/results/", v.as_view(results_only=True), name=f"{name}_results")
        for name, p, v in REPORTS
    ]
    return pages + parts


@hooks.register("construct_homepage_panels")
def chores_first(request: HttpRequest, panels: list[Component]) -> None:
    panels.insert(0, ChoresPanel(request))


@hooks.register("insert_global_admin_css")
def brand() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/cms-admin.css"))

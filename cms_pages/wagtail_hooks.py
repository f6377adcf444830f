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
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms_pages import local_admin
from cms_pages.dashboard import ChoresPanel
from cms_pages.models import Alert, Contribution, Organisation, PageVote, SearchMiss
from cms_pages.reports import (
    BrokenLinksView,
    IncompleteGuidesView,
    OverdueGuidesView,
    SatisfactionView,
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


class ReadOnlyViewSet(ModelViewSet):
    """A list that people of outside fill: editors read, filter and export it."""

    add_to_admin_menu = True
    exclude_form_fields: list[str] = []


class OpinionsViewSet(ReadOnlyViewSet):
    model = PageVote
    icon = "comment"
    name = "opinions"
    menu_order = 240
    list_display = ["page", "is_helpful", "comment", "created_on"]
    list_filter = ["is_helpful", "created_on", "page"]
    list_export = ["page", "is_helpful", "comment", "created_on"]


class MissesViewSet(ReadOnlyViewSet):
    model = SearchMiss
    icon = "search"
    name = "misses"
    menu_order = 250
    list_display = ["words", "times", "last_on", "locale"]
    list_filter = ["locale", "last_on"]
    list_export = ["words", "times", "last_on", "locale"]


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


register_snippet(OrganisationViewSet)
register_snippet(AlertViewSet)


@hooks.register("register_admin_viewset")
def viewsets() -> list[ViewSet]:
    return [OpinionsViewSet(), MissesViewSet(), ContributionsViewSet()]


# The name of each report, its address below reports/, its view.
REPORTS: list[tuple[str, str, type[ReportView]]] = [
    ("satisfaction", "satisfaction", SatisfactionView),
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
    """Return two addresses for each report: the page, and its table alone for filters."""
    patterns = []
    for name, folder, view in REPORTS:
        names = {"index_url_name": name, "index_results_url_name": f"{name}_results"}
        patterns.append(path(f"reports/{folder}/", view.as_view(**names), name=name))
        results = view.as_view(results_only=True, **names)
        patterns.append(path(f"reports/{folder}/results/", results, name=f"{name}_results"))
    return patterns


@hooks.register("construct_help_menu")
def no_help_elsewhere(request: HttpRequest, items: list[MenuItem]) -> None:
    """Keep the help that is here: the rest leads to another site, in English."""
    items[:] = [item for item in items if item.url.startswith("#")]


@hooks.register("construct_homepage_panels")
def chores_first(request: HttpRequest, panels: list[Component]) -> None:
    panels.insert(0, ChoresPanel(request))


@hooks.register("insert_global_admin_css")
def brand() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/cms-admin.css"))


@hooks.register("before_edit_page")
def _keep_what_was_imported(request: HttpRequest, page: Page) -> None:
    """Make what an import wrote the first version, so that the first edit can be compared with it."""
    if request.method == "POST" and page.latest_revision_id is None:
        page.save_revision(changed=False, clean=False)

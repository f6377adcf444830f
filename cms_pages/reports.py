"""Reports for editors: what is old, not translated, dead, or does not help its readers."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import PageReportView, ReportView
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from cms_pages import completeness, satisfaction
from cms_pages.models import LinkCheck, ProcedurePage

STATES = {
    "done": _("Up to date"),
    "older": _("Older than the source"),
    "draft": _("Draft"),
    "missing": _("Missing"),
}


class OverdueGuidesView(PageReportView):
    """Live guides whose last check is more than six months ago, or that were never checked."""

    header_icon = "time"
    page_title = _("Guides to check again")
    list_export = ["title", "identifier", "reviewed_on", "review_owner"]

    def get_queryset(self) -> QuerySet[ProcedurePage]:
        return ProcedurePage.objects.overdue().order_by("reviewed_on", "title")


class IncompleteGuidesView(PageReportView):
    """Live guides whose readers are told that facts are missing."""

    header_icon = "edit"
    page_title = _("Guides to complete")
    list_export = ["title", "identifier", "source_url", "review_owner"]

    def get_queryset(self) -> QuerySet[ProcedurePage]:
        return ProcedurePage.objects.live().filter(is_incomplete=True).order_by("title")


class EditorsReport(ReportView):
    """A report for whoever works on pages; wagtail_hooks gives it its address."""

    permission_policy = page_permission_policy
    any_permission_required = ["add", "change", "publish"]


class EditColumn(TitleColumn):
    """The title of a page, which leads to where it is edited."""

    def get_link_url(self, instance: Any, parent_context: Any) -> str:
        page_id = instance.page_id if isinstance(instance, LinkCheck) else instance.pk
        return reverse("wagtailadmin_pages:edit", args=[page_id])


class TranslationsView(EditorsReport):
    """Pages of the first language that another language lacks, or has only in an older state."""

    header_icon = "wagtail-localize-language"
    page_title = _("Translations to complete")
    results_template_name = "cms_pages/admin/translations_results.html"
    list_export = ["title", "content_type.model_class._meta.verbose_name"]

    def get_queryset(self) -> QuerySet[Page]:
        return completeness.sources().filter(pk__in=completeness.incomplete())

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        by_page = completeness.states(object_list)
        for page in object_list:
            page.translation_states = {
                code: STATES[state] for code, state in by_page[page.pk].items()
            }
        return object_list

    @cached_property
    def columns(self) -> list[Column]:
        kind = Column("kind", label=_("Kind"), accessor="content_type.name")
        languages = [
            Column(
                locale.language_code,
                label=locale.get_display_name(),
                accessor=f"translation_states.{locale.language_code}",
            )
            for locale in completeness.other_languages()
        ]
        return [EditColumn("title", label=_("Page")), kind, *languages]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(*args, **kwargs) | {"shares": completeness.shares()}


class BrokenLinksView(EditorsReport):
    """Links of live pages that lead nowhere: inside the portal, or twice in a row elsewhere."""

    header_icon = "link"
    page_title = _("Broken links")
    results_template_name = "cms_pages/admin/links_results.html"
    list_export = ["page.title", "address", "outcome", "status", "failing_since", "checked_on"]
    columns = [
        EditColumn("page", label=_("Page"), accessor="page.title"),
        Column("address", label=_("Address")),
        Column("finding", label=_("Finding"), accessor="get_outcome_display"),
        Column("since", label=_("Since"), accessor="failing_since"),
    ]

    def get_queryset(self) -> QuerySet[LinkCheck]:
        return LinkCheck.objects.broken().select_related("page").order_by("failing_since", "pk")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        checked = LinkCheck.objects.exclude(checked_on=None)
        last = checked.order_by("-checked_on").values_list("checked_on", flat=True).first()
        return super().get_context_data(*args, **kwargs) | {
            "checked": checked.count(),
            "last_check": last,
        }


class ShareColumn(Column):
    """The share of readers who were helped, and how it moved since the ninety days before."""

    cell_template_name = "cms_pages/admin/share_cell.html"


class CommentsColumn(Column):
    """The last words of readers, each in its own line, with the way to all of them."""

    cell_template_name = "cms_pages/admin/comments_cell.html"


class SatisfactionView(EditorsReport):
    """Pages by the share of readers they helped over ninety days, the least helpful first."""

    header_icon = "comment"
    page_title = _("Readers' satisfaction")
    results_template_name = "cms_pages/admin/satisfaction_results.html"
    list_export = ["title", "locale.language_code", "votes", "helped", "share"]
    columns = [
        EditColumn("title", label=_("Page")),
        Column("locale", label=_("Language"), accessor="locale"),
        ShareColumn("standing", label=_("Helped")),
        CommentsColumn("comments", label=_("What readers say"), accessor="standing"),
    ]

    def get_queryset(self) -> QuerySet[Page]:
        return satisfaction.league()

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        found = satisfaction.standings(object_list)
        for page in object_list:
            page.standing = found[page.pk]
        return object_list

"""Reports for editors: what has not been checked for too long."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.reports import PageReportView

from cms_pages.models import ProcedurePage


class OverdueGuidesView(PageReportView):
    """Live guides whose last check is more than six months ago, or that were never checked."""

    index_url_name = "overdue_guides"
    index_results_url_name = "overdue_guides_results"
    header_icon = "time"
    page_title = _("Guides to check again")
    list_export = ["title", "identifier", "reviewed_on", "review_owner"]

    def get_queryset(self):  # type: ignore[no-untyped-def]
        return ProcedurePage.objects.overdue().order_by("reviewed_on", "title")

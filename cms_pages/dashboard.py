"""What an editor finds on arriving in the CMS: the work that waits, each with its way in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from cms_pages import completeness
from cms_pages.models import LinkCheck, PageVote, ProcedurePage, SearchMiss

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Chore:
    """So many things of one kind to look at, and where."""

    label: str
    count: int
    url: str
    icon: str


def chores() -> list[Chore]:
    """Return every kind of work on the pages; those with nothing to do come too, with 0."""
    since = timezone.localdate() - LATELY
    guides = ProcedurePage.objects.live()
    unhelpful = PageVote.objects.filter(is_helpful=False, created_on__gte=since)
    return [
        Chore(
            _("guides to check again"),
            ProcedurePage.objects.overdue().count(),
            reverse("overdue_guides"),
            "time",
        ),
        Chore(
            _("guides to complete"),
            guides.filter(is_incomplete=True).count(),
            reverse("incomplete_guides"),
            "edit",
        ),
        Chore(
            _("translations to complete"),
            len(completeness.incomplete()),
            reverse("translations_report"),
            "globe",
        ),
        Chore(
            _("broken links"), LinkCheck.objects.broken().count(), reverse("broken_links"), "link"
        ),
        Chore(
            _("searches without result this month"),
            SearchMiss.objects.filter(last_on__gte=since).count(),
            reverse("misses:index"),
            "search",
        ),
        Chore(
            _("readers not helped this month"),
            unhelpful.count(),
            reverse("satisfaction"),
            "comment",
        ),
    ]


class ChoresPanel(Component):
    """The first panel of the CMS."""

    name = "chores"
    template_name = "cms_pages/admin/chores.html"
    order = 50

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"chores": chores(), "user": self.request.user}

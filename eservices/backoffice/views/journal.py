"""The journal of sensitive acts, for chiefs (their offices) and administrators (everything)."""

from collections.abc import Collection

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from eservices.backoffice import journal
from eservices.backoffice.views.base import AgentView
from portal.accounts.models import Role, User


class JournalView(AgentView):
    def get(self, request: HttpRequest) -> HttpResponse:
        offices = {row.office.code for row in self.agent.memberships if row.role == Role.CHIEF}
        if not offices and not self.agent.user.is_superuser:
            raise Http404
        everything = self.agent.user.is_superuser
        return self.page("casework/journal.html", self._context(None if everything else offices))

    def stranger(self, user: User) -> HttpResponseBase:
        if not user.is_superuser:
            raise Http404
        response = render(self.request, "casework/journal.html", self._context(None))
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def _context(self, offices: Collection[str] | None) -> dict[str, object]:
        filters = journal.JournalFilters.read(self.request.GET)
        return {
            "filters": filters,
            "acts": journal.acts(),
            "journal": journal.page(filters, offices),
            "nav": "journal",
        }

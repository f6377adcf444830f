"""The queue and the ways to the next case."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from eservices.backoffice import search, wording
from eservices.backoffice.queue import Filters, Queue
from eservices.backoffice.till import Cashier
from eservices.backoffice.views.base import AgentView
from eservices.cases import services as cases
from portal.accounts.models import User


class QueueView(AgentView):
    """What waits for my offices, oldest first."""

    show = ""

    def stranger(self, user: User) -> HttpResponseBase:
        if Cashier.of(user):  # the way in is one, the pages are not
            return redirect("backoffice:cash")
        return super().stranger(user)

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.copy()
        if self.show:
            query["show"] = self.show
        queue = Queue(self.agent, Filters.read(query))
        context = {
            "queue": queue,
            "filters": queue.filters,
            "page": queue.page(after=query.get("after", ""), before=query.get("before", "")),
            "counters": queue.counters(),
            "statuses": wording.STATUSES.items(),
            "nav": "mine" if queue.filters.show == "mine" else "queue",
        }
        return self.page("backoffice/queue.html", context)


class SearchView(AgentView):
    """Find a case by number, phone or words; the number leads straight to it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = search.find(self.agent, request.GET.get("q", ""))
        if found.reference:
            return redirect("backoffice:case", found.reference)
        return self.page("backoffice/search.html", {"found": found, "nav": "queue"})


class TakeNextView(AgentView):
    """Take the oldest case that waits for me."""

    def post(self, request: HttpRequest) -> HttpResponse:
        case = cases.take_next(actor=self.agent.user, office_ids=self.agent.office_ids)
        if case is None:
            messages.info(request, _("Nothing waits for you: every request is taken."))
            return redirect("backoffice:queue")
        messages.success(request, _("This is the oldest request that was waiting. You have it."))
        return redirect("backoffice:case", case.reference)

"""The queue and the ways to the next case."""

from hashlib import sha256

from django.contrib import messages
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    QueryDict,
)
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from eservices.backoffice import bulk, reading, search, wording
from eservices.backoffice.filters import Filters
from eservices.backoffice.models import SavedView
from eservices.backoffice.queue import Queue
from eservices.backoffice.services import kept_views
from eservices.backoffice.till import Cashier
from eservices.backoffice.views.base import AgentView
from eservices.cases import services as cases
from eservices.cases import usage
from eservices.cases.errors import BadRequest
from eservices.cases.models import Case
from portal.accounts.models import User
from portal.core.prepared import prepared


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
            "here": query.urlencode(),
            "nav": "mine" if queue.filters.show == "mine" else "queue",
        }
        if "live" in query:
            return self._live(context)
        return self.page("backoffice/queue.html", context | self._choices(queue))

    def _live(self, context: dict[str, object]) -> HttpResponse:
        """Return the counters and the rows alone; nothing at all when they are as before."""
        text = render_to_string(
            "backoffice/live.html", {**context, "agent": self.agent}, self.request
        )
        etag = f'"{sha256(text.encode()).hexdigest()[:20]}"'
        known = self.request.headers.get("If-None-Match") == etag
        response = HttpResponseNotModified() if known else HttpResponse(text)
        response.headers["ETag"] = etag
        return response

    def _choices(self, queue: Queue) -> dict[str, object]:
        query = queue.filters.query()
        views = _views(tuple(self.agent.office_ids), user_id=self.agent.user.pk)
        own = (view for view in views if view.owner_id == self.agent.user.pk)
        return {
            "own_view": next((view for view in own if view.query == query), None),
            "statuses": wording.STATUSES.items(),
            "views": views,
            "oldest_query": queue.filters.query(order=""),
            "urgent_query": queue.filters.query(order="due"),
        } | bulk.choices(self.agent)


@prepared
def _views(office_ids: tuple[int, ...], *, user_id: int) -> QuerySet[SavedView]:
    return SavedView.objects.for_agent(User(pk=user_id), list(office_ids))


class SaveViewView(AgentView):
    """Keep the filters of the queue under a name."""

    def post(self, request: HttpRequest) -> HttpResponse:
        query = Filters.read(QueryDict(request.POST.get("query", "")[:2000])).query()
        share = request.POST.get("share", "")
        office = next((one for one in self.agent.offices if one.code == share), None)
        try:
            kept_views.save_view(
                owner=self.agent.user, name=request.POST.get("name", ""), query=query, office=office
            )
        except BadRequest as exc:
            messages.error(request, str(exc))
        else:
            messages.success(request, _("The view is kept: you find it above the queue."))
        return redirect(f"{reverse('backoffice:queue')}?{query}")


class ChangeViewView(AgentView):
    """Another name, or other readers, for a view of one's own."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        share = request.POST.get("share", "")
        office = next((one for one in self.agent.offices if one.code == share), None)
        name = request.POST.get("name", "")
        try:
            view = kept_views.change_view(pk, owner=self.agent.user, name=name, office=office)
        except BadRequest as exc:
            messages.error(request, str(exc))
            return redirect("backoffice:queue")
        if view is None:
            raise Http404
        messages.success(request, _("The view is changed."))
        return redirect(f"{reverse('backoffice:queue')}?{view.query}")


class DeleteViewView(AgentView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if kept_views.delete_view(pk, owner=self.agent.user):
            messages.success(request, _("The view is deleted."))
        return redirect("backoffice:queue")


class SearchView(AgentView):
    """Find a case by number, phone or words; the number leads straight to it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = search.find(self.agent, request.GET.get("q", ""))
        if found.reference:
            return redirect("backoffice:case", found.reference)
        if found.keys:
            shown = Case.objects.filter(pk__in=found.keys).values("pk")
            reading.listed(self.agent, shown, usage.SEARCH)
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

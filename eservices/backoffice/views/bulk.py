"""Several cases at once, and how requests are given out."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from eservices.backoffice import bulk
from eservices.backoffice.filters import Filters
from eservices.backoffice.models import Distribution, Method
from eservices.backoffice.oversight import Oversight
from eservices.backoffice.queue import Queue
from eservices.backoffice.services import distribution
from eservices.backoffice.views.base import AgentView
from portal.accounts.models import Office, User
from portal.core.errors import PortalError


class BulkView(AgentView):
    """Carry one action out on the cases that were ticked; tell of each what came of it."""

    def post(self, request: HttpRequest) -> HttpResponse:
        references = request.POST.getlist("case")
        if not references:
            messages.warning(request, _("Tick the requests first."))
            return redirect("backoffice:queue")
        order = self._order()
        results = bulk.carry_out(self.agent, references, order)
        done = sum(one.is_done for one in results)
        filters = Filters.read(request.GET)
        context = bulk.choices(self.agent) | {
            "results": results,
            "done": done,
            "failed": len(results) - done,
            "may_retry": any(one.is_here and not one.is_done for one in results),
            "order": order,
            "filters": filters,
            "query": filters.query(),
            "nav": "queue",
        }
        return self.page("backoffice/bulk.html", context)

    def _order(self) -> bulk.Order:
        data = self.request.POST
        person, office = data.get("person", ""), data.get("office", "")
        colleagues = User.objects.filter(
            office_memberships__office__in=self.agent.office_ids, is_active=True
        )
        return bulk.Order(
            action=data.get("action", ""),
            reason=data.get("reason", "")[:2000],
            person=colleagues.filter(pk=int(person)).first() if _is_key(person) else None,
            label=data.get("label", ""),
            office=Office.objects.open().filter(code=office[:50]).first() if office else None,
        )


class DistributionView(AgentView):
    """A chief chooses how new requests reach the agents; every choice stays on record."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page("backoffice/distribution.html", self._context())

    def post(self, request: HttpRequest) -> HttpResponse:
        data, context = request.POST, self._context()
        office = next((one for one in self._offices if one.code == data.get("office")), None)
        service = next(
            (one for one in context["services"] if one.slug == data.get("service")), None
        )
        if office is None or (data.get("service") and service is None):
            messages.error(request, _("Choose an office and a service of the lists."))
            return redirect("backoffice:distribution")
        try:
            distribution.choose(
                office=office,
                eservice=service,
                method=data.get("method", ""),
                actor=self.agent.user,
            )
        except PortalError as exc:
            messages.error(request, str(exc))
        else:
            messages.success(request, _("From now on requests are given out this way."))
        return redirect("backoffice:distribution")

    @property
    def _offices(self) -> list[Office]:
        return Oversight.of(self.agent).own

    def _context(self) -> dict[str, Any]:
        offices = self._offices
        if not offices:
            raise Http404
        rows = Distribution.objects.filter(office__in=offices)
        return {
            "offices": offices,
            "services": Queue(self.agent, Filters()).services,
            "methods": Method.choices,
            "rows": rows.select_related("office", "eservice", "chosen_by")[:50],
            "nav": "queue",
        }


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10

"""Who replaces whom, and the list of what cannot go on."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.backoffice import incoming, repair
from eservices.backoffice.elsewhere_forms import DelegationForm
from eservices.backoffice.views.base import AgentView
from eservices.cases import services as cases
from eservices.cases.models import Delegation, Hearing, HearingStatus
from portal.accounts.models import Role
from portal.core.errors import PortalError


class OfficeView(AgentView):
    """What concerns the office as a whole: hearings, absences, other offices, repairs."""

    def get(self, request: HttpRequest) -> HttpResponse:
        offices = self.agent.office_ids
        led = [row.office_id for row in self.agent.memberships if row.role == Role.CHIEF]
        now = timezone.now()
        context = {
            "hearings": Hearing.objects.filter(
                office__in=offices, status=HearingStatus.PLANNED
            ).count(),
            "absences": Delegation.objects.running(now).filter(office__in=offices).count(),
            "guests": incoming.waiting(self.agent).count(),
            "repairs": len(repair.RepairList(led)) if led else None,
            "nav": "office",
        }
        return self.page("backoffice/office.html", context)


class GuestsView(AgentView):
    """Stages that other offices ask of mine, oldest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"rows": incoming.rows(self.agent), "nav": "office"}
        return self.page("backoffice/guests.html", context)


class DelegationsView(AgentView):
    """The delegations of my offices; name one for myself, or as chief for anybody."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._list_page(DelegationForm(self.agent))

    def post(self, request: HttpRequest) -> HttpResponse:
        if "end" in request.POST:
            return self._end(request.POST["end"])
        form = DelegationForm(self.agent, request.POST)
        if not form.is_valid():
            return self._list_page(form, status=422)
        start, end = form.moments()
        data: dict[str, Any] = form.cleaned_data
        try:
            cases.name_delegate(
                data["office"],
                absent=data["absent"],
                delegate=data["delegate"],
                starts_at=start,
                ends_at=end,
                by=self.agent.user,
                reason=data["reason"],
            )
        except PortalError as exc:
            form.add_error(None, str(exc))
            return self._list_page(form, status=422)
        messages.success(request, _("The delegation is recorded."))
        return redirect("backoffice:delegations")

    def _end(self, pk: str) -> HttpResponse:
        found = Delegation.objects.filter(
            office__in=self.agent.office_ids, pk=pk if pk.isdecimal() and len(pk) < 18 else 0
        ).first()
        if found is None:
            raise Http404
        try:
            cases.end_delegation(found, by=self.agent.user)
            messages.success(self.request, _("The delegation is ended."))
        except PortalError as exc:
            messages.error(self.request, str(exc))
        return redirect("backoffice:delegations")

    def _list_page(self, form: DelegationForm, status: int = 200) -> HttpResponse:
        now = timezone.now()
        rows = (
            Delegation.objects.with_presence()
            .filter(office__in=self.agent.office_ids, ends_at__gt=now, ended_at=None)
            .select_related("office", "absent", "delegate", "named_by")
        )
        context = {"form": form, "rows": list(rows[:100]), "now": now, "nav": "absences"}
        return self.page("backoffice/delegations.html", context, status=status)


class RepairView(AgentView):
    """What cannot go on in the offices of a chief, each with what to do."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"list": repair.RepairList(self._offices()), "nav": "repair"}
        return self.page("backoffice/repair.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        number = request.POST.get("message", "")
        current = "with_current" in request.POST
        try:
            if not repair.retry(self._offices(), number, by=self.agent.user, with_current=current):
                raise Http404
            messages.success(request, _("It will be tried again in a moment."))
        except PortalError as exc:
            messages.warning(request, str(exc))
        return redirect("backoffice:repair")

    def _offices(self) -> list[int]:
        offices = [row.office_id for row in self.agent.memberships if row.role == Role.CHIEF]
        if not offices:
            raise Http404
        return offices

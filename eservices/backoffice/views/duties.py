"""What is owed after a decision: late first, received with one button."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from eservices.backoffice.views.base import AgentView
from eservices.duties import endorsing, services
from eservices.duties.models import Duty

PER_PAGE = 50


class DutiesView(AgentView):
    """Reports and proofs that are awaited."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = Duty.objects.for_agent(self.agent.user).owed()
        found = found.select_related("case__eservice", "case__version")
        found = found.prefetch_related("case__endorsements")
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page", "1"))
        sent = services.files([duty for duty in page if duty.sent_at])
        rows = [(duty, sent.get(duty.pk, []), endorsing.places_for(duty)) for duty in page]
        return self.page(
            "backoffice/duties.html", {"duties": page, "rows": rows, "nav": "registers"}
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        number = request.POST.get("duty", "")
        own = Duty.objects.for_agent(self.agent.user)
        duty = own.filter(pk=int(number) if number.isdecimal() and len(number) < 12 else 0).first()
        if duty is None:
            raise Http404
        try:
            note, actor = request.POST.get("note", ""), self.agent.user
            if "send_back" in request.POST:
                services.send_back(duty, actor=actor, note=note)
                done = _("It is owed again; who sent it reads why.")
            else:
                services.receive(duty, actor=actor, note=note)
                done = _("Received. What was reserved is settled.")
        except services.DutyRefused as exc:
            messages.error(request, str(exc))
        else:
            messages.success(request, done)
        return redirect("backoffice:duties")

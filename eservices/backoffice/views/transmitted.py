"""Acts subject to control, at the desk of the office above: the act alone, never the case."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from eservices.backoffice.transmitted import ObservationForm, Received, last_function
from eservices.backoffice.views.base import AgentView
from eservices.documents import services as documents
from eservices.tutelage import services as tutelage
from eservices.tutelage.models import Transmission
from portal.accounts.models import Role


class ChiefView(AgentView):
    """A page for who is chief of an office, or replaces one today."""

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not any(role == Role.CHIEF for _office, role in self.agent.roles):
            raise Http404
        return super().answer(request, *args, **kwargs)

    def way_back(self) -> HttpResponse:
        return redirect("backoffice:transmitted")


class TransmittedView(ChiefView):
    """What was received, the newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        received = Received.read(self.agent, request.GET)
        context = {"received": received, "nav": "transmitted"}
        return self.page("backoffice/transmitted.html", context)


class OneView(ChiefView):
    """One act that was sent to an office of this chief."""

    transmission: Transmission

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        mine = Transmission.objects.for_chief(self.agent.user).select_related(
            "document__replaced_by", "office", "issuer", "seen_by", "case"
        )
        self.transmission = get_object_or_404(mine, pk=kwargs["pk"])
        return super().answer(request, *args, **kwargs)

    def show(self, form: ObservationForm, status: int = 200) -> HttpResponse:
        context = {
            "act": self.transmission,
            "observations": self.transmission.observations.select_related("author"),
            "form": form,
            "nav": "transmitted",
        }
        return self.page("backoffice/transmitted_act.html", context, status)


class ActView(OneView):
    """What is known of the act, and the observations made on it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(ObservationForm(initial={"function": last_function(self.agent)}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = ObservationForm(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        tutelage.observe(self.transmission, by=self.agent.user, **form.cleaned_data)
        messages.success(
            request, _("The observation is sent; the office that issued the act is told.")
        )
        return redirect("backoffice:transmitted_act", pk)


class PdfView(OneView):
    """The act itself; each opening is recorded, and the person concerned reads it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        tutelage.record_reading(self.transmission, reader=self.agent.user)
        return documents.serve(self.transmission.document, inline=True)


class SeenView(OneView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        tutelage.mark_seen(self.transmission, by=self.agent.user)
        messages.success(request, _("Marked as seen."))
        return redirect("backoffice:transmitted_act", pk)

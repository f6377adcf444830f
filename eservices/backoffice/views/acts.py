"""Documents that were issued: cancel one, replace one, and the register of each office and year."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy

from eservices.backoffice import forms, issued, reading
from eservices.backoffice.access import ask_factor_again, signed_in_lately
from eservices.backoffice.views.actions import ActionView
from eservices.backoffice.views.base import AgentView
from eservices.backoffice.views.case import PDF_POLICY
from eservices.cases import services as cases
from eservices.cases import usage


class CorrectView(ActionView):
    """What a chief may do to an act, behind a second factor used lately."""

    action = None
    form_class = forms.ActReasonForm

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        if cases.act_to_correct(self.case, self.agent.user) is None:
            messages.warning(request, self._too_late())
            return self.back()
        return super().get(request, reference)

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        if not signed_in_lately(request, self.agent.user):
            return ask_factor_again(request, self.agent.user)
        return super().post(request, reference)


class CancelView(CorrectView):
    title = gettext_lazy("Cancel the document")
    intro = gettext_lazy(
        "Whoever checks it reads at once that it has no value any more. The person is told why."
    )
    button = gettext_lazy("Cancel the document")
    button_kind = "danger"
    done = gettext_lazy("The document is cancelled; the person is told.")

    def perform(self, form: Any) -> None:
        cases.cancel_act(self.case, actor=self.agent.user, reason=form.cleaned_data["reason"])


class ReplaceView(CorrectView):
    title = gettext_lazy("Replace the document by a corrected one")
    intro = gettext_lazy(
        "It is issued again from the request as it is now, under a new number. The former one ends."
    )
    button = gettext_lazy("Issue the corrected document")
    done = gettext_lazy("The corrected document is issued; the person is told.")

    def perform(self, form: Any) -> None:
        cases.replace_act(self.case, actor=self.agent.user, reason=form.cleaned_data["reason"])


class IssuedView(AgentView):
    """The register of what an office issued in a year, in the order of the numbers."""

    def get(self, request: HttpRequest) -> HttpResponse:
        register = issued.Register.read(self.agent, request.GET)
        shown = register.cases([one.pk for one in register.page])
        reading.listed(self.agent, shown, usage.REGISTER, register.office)
        context = {"register": register, "nav": "issued"}
        return self.page("backoffice/issued.html", context)


class IssuedPdfView(AgentView):
    """The same register, to print and to bind."""

    def get(self, request: HttpRequest) -> HttpResponse:
        register = issued.Register.read(self.agent, request.GET)
        shown = register.cases(register.lines.order_by().values_list("pk", flat=True))
        reading.listed(self.agent, shown, usage.REGISTER, register.office)
        response = HttpResponse(register.pdf(), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{register.file_name}"'
        response["Content-Security-Policy"] = PDF_POLICY
        return response

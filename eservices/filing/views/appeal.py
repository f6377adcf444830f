"""Contesting a refusal, within its delay."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.cases import services as cases
from eservices.filing import access
from eservices.filing.views.tracking import CaseView
from portal.core.errors import PortalError


class AppealForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why do you contest this decision?"),
        help_text=gettext_lazy("Say what was not seen or is wrong. Another person examines it."),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Say why you contest the decision.")},
    )


class AppealView(CaseView):
    """A new request, linked to the refused one, with the same answers and pieces."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        if not cases.may_appeal(self.case):
            messages.error(request, _("This decision can no longer be contested here."))
            return self.back()
        return self._appeal_page(AppealForm())

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        form = AppealForm(request.POST)
        if not form.is_valid():
            return self._appeal_page(form, status=422)
        try:
            contested = cases.appeal(self.case, reason=form.cleaned_data["reason"])
        except PortalError as exc:
            messages.error(request, str(exc))
            return self.back()
        messages.success(request, _("Your appeal was received. Keep its number."))
        response = redirect("tracking:case", contested.reference)
        access.visit(request, response, contested.access_key)
        return response

    def _appeal_page(self, form: AppealForm, status: int = 200) -> HttpResponse:
        context = {"case": self.case, "form": form, "until": cases.appeal_deadline(self.case)}
        return render(self.request, "tracking/appeal.html", context, status=status)

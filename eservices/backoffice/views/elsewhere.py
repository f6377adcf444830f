"""Obtaining something elsewhere for a stage: an opinion by link, a register's answer, a hearing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.backoffice.access import ask_factor_again, signed_in_lately
from eservices.backoffice.elsewhere_forms import EnlistForm, OutsideForm, ReopenForm, RerouteForm
from eservices.backoffice.views.actions import ActionView
from eservices.backoffice.views.base import CaseView
from eservices.cases import services as cases
from eservices.cases.models import CaseStatus, Concordance
from eservices.cases.workflow import Action
from portal.core.errors import PortalError


class ElsewhereView(CaseView):
    """A small form of the stage's page; whatever happens one comes back to that page."""

    shows_file = False

    def post(self, request: HttpRequest, reference: str, stage: str) -> HttpResponseBase:
        try:
            text = self.perform(stage)
        except PortalError as exc:
            messages.error(request, str(exc))
        else:
            messages.success(request, text)
        return redirect("backoffice:stage", reference, stage)

    def perform(self, stage: str) -> str:
        raise NotImplementedError

    def refuse(self, form: Any) -> PortalError:
        return PortalError(" ".join(line["text"] for line in form.summary()))


class RegistryView(ElsewhereView):
    """Ask the register of the stage."""

    def perform(self, stage: str) -> str:
        check = cases.check_registry(self.case, actor=self.agent.user, stage=stage)
        if check.result == Concordance.UNREACHABLE:
            raise PortalError(
                _(
                    "The register does not answer. Nothing is lost: check again later, or check by hand and say so in the remarks."
                )
            )
        return _("The register answers: %(result)s.") % {"result": Concordance(check.result).label}


class OutsideView(ElsewhereView):
    """Send the stage's question to an outside person."""

    def perform(self, stage: str) -> str:
        form = OutsideForm(self.file, self.request.POST)
        if not form.is_valid():
            raise self.refuse(form)
        asked = cases.ask_outside(
            self.case, actor=self.agent.user, stage=stage, **form.cleaned_data
        )
        return _("The question was sent to %(name)s.") % {"name": asked.name}


class EnlistView(ElsewhereView):
    """Put the case on the list of a hearing."""

    def perform(self, stage: str) -> str:
        task = self.standing.task_at(stage)
        if task is None:
            raise PortalError(_("This stage is no longer open."))
        form = EnlistForm(self.file, task, self.request.POST)
        if not form.is_valid():
            raise self.refuse(form)
        cases.enlist(self.case, actor=self.agent.user, stage=stage, **form.cleaned_data)
        return _("The request is on the list of the hearing; people are called.")


class RerouteView(ActionView):
    """Give a stage that is stuck to another office."""

    action = Action.REROUTE
    form_class = RerouteForm
    title = gettext_lazy("Give this stage to another office")
    button = gettext_lazy("Give")
    done = gettext_lazy("The stage was given to the other office.")

    def perform(self, form: Any) -> None:
        task = self.standing.task_at(self.stage)
        key = task.stage if task else ""
        cases.reroute(self.case, actor=self.agent.user, stage=key, **form.cleaned_data)


class ReopenView(ActionView):
    """Examine an ended request again; behind a second factor when its act is taken back."""

    action = Action.REOPEN
    act = staticmethod(cases.reopen)
    form_class = ReopenForm
    title = gettext_lazy("Open this request again")
    intro = gettext_lazy(
        "It starts its circuit anew, with a new delay. The decision taken stays in the history; a document that was issued is cancelled at once."
    )
    button = gettext_lazy("Open again")
    done = gettext_lazy("The request is open again; the applicant is told why.")

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        if self.is_granted and not signed_in_lately(request, self.agent.user):
            return ask_factor_again(request, self.agent.user)
        return super().post(request, reference)

    @property
    def is_granted(self) -> bool:
        return self.case.status in {CaseStatus.GRANTED, CaseStatus.CLOSED}

"""Acting on a case: one form, one service call, and a clear word when somebody was faster."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.forms import CharField, MultipleChoiceField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.backoffice import finding, forms, held, reading, typed
from eservices.backoffice.access import ask_factor_again, signed_in_lately
from eservices.backoffice.exchange_forms import HandOverForm
from eservices.backoffice.views.base import CaseView
from eservices.cases import services as cases
from eservices.cases.workflow import Action, available_actions
from eservices.casework import canned, handover
from eservices.casework.models import CannedKind
from portal.core.errors import PortalError


class ActionView(CaseView):
    """A form on a case. What was typed is kept when the action turns out to be impossible."""

    gives_back = True
    action: ClassVar[Action | None]
    act: ClassVar[Callable[..., Any]]  # what carries it out, with what the form holds
    form_class: ClassVar[type[forms.CaseForm] | type[HandOverForm]]
    title: ClassVar[Promise]
    intro: ClassVar[Promise | str] = ""
    button: ClassVar[Promise]
    button_kind: ClassVar[str] = "primary"
    done: ClassVar[Promise]
    template = "backoffice/action.html"
    canned_kind: ClassVar[CannedKind | None] = None  # which canned texts are offered
    canned_field: ClassVar[str] = "reason"  # and where one is written

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        allowed = self.standing.allowed(self.stage) if self.stage else self.file.actions
        if self.action is not None and self.action not in allowed:
            messages.warning(request, self._too_late())
            return self.back()
        kept = held.take(request)
        form = self.form_class(self.file) if kept is None else self._as_typed(kept)
        return self._form_page(form)

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        if self.canned_kind and "_insert" in request.POST:
            return self._insert(self.canned_kind, request.POST)
        form = self.bound(request)
        if not form.is_valid():
            return self._form_page(form, status=422)
        try:
            self.perform(form)
        except PortalError as exc:
            self.load(reference)
            form.add_error(None, str(exc))
            return self._form_page(form, status=409)
        messages.success(request, str(self.done))
        return self.after()

    def bound(self, request: HttpRequest) -> Any:
        return self.form_class(self.file, request.POST)

    def perform(self, form: Any) -> None:
        self.act(self.case, actor=self.agent.user, **form.cleaned_data)

    @property
    def stage(self) -> str:
        """Which of several open stages is meant; empty for the one that concerns this person."""
        return self.request.GET.get("stage", "")[:40]

    def after(self) -> HttpResponse:
        return self.back()

    def _insert(self, kind: CannedKind, sent: QueryDict) -> HttpResponse:
        """Show the form again as it was typed, with a canned text in the applicant's language."""
        if self.shows_file and not reading.open_file(self.standing, again=True):
            return self.reason_page()
        form = self._as_typed(sent)
        offered = canned.offered(kind, self.case.office_id)
        chosen = canned.chosen(sent.get("canned", ""), offered)
        before = str(form.initial[self.canned_field])
        form.initial[self.canned_field] = canned.below(
            before, chosen, self.case, agent=self.agent.user
        )
        return self._form_page(form)

    def _as_typed(self, sent: QueryDict) -> Any:
        """Return the form as it stands on the screen, not judged yet."""
        form = self.form_class(self.file)
        for name, field in form.fields.items():
            has_many = isinstance(field, MultipleChoiceField)
            form.initial[name] = sent.getlist(name) if has_many else sent.get(name, "")
        return form

    def _form_page(self, form: Any, status: int = 200) -> HttpResponse:
        if self.shows_file and status != 200 and not reading.open_file(self.standing, again=True):
            return self.reason_page()
        context = self.context() | {
            "form": form,
            "view": self,
            "nav": "queue",
            "stale": status == 409,
            "lines": typed.lines(self.request) if status == 409 else [],
            "canned": canned.offered(self.canned_kind, self.case.office_id)
            if self.canned_kind
            else [],
        }
        return self.page(self.template, context, status=status)

    def words(self) -> typed.Words:
        fields = self.form_class.base_fields.items()
        return {name: (one.label, {}) for name, one in fields if isinstance(one, CharField)}

    def _too_late(self) -> str:
        if self.action == Action.REOPEN and self.action in available_actions(self.case.status):
            return _(
                "Only the chief of the office opens a request again, and only one that was filed."
            )
        text = _("This is not possible now: the case is “%(status)s”.")
        return " ".join([text % {"status": self.file.status[0]}, self.file.holder]).strip()


class TakeView(ActionView):
    action = Action.TAKE
    form_class = forms.TakeForm
    title = gettext_lazy("Take this request")
    button = gettext_lazy("Take")
    done = gettext_lazy("You have this request.")
    shows_file = False
    template = "backoffice/take.html"

    def load(self, reference: str) -> None:
        super().load(reference)
        self.file.stage_meant = self.stage

    def perform(self, form: Any) -> None:
        reason = form.cleaned_data.get("reason", "")
        cases.take(self.case, actor=self.agent.user, reason=reason, stage=self.stage)


class ReleaseView(ActionView):
    action = Action.RELEASE
    form_class = forms.ReleaseForm
    title = gettext_lazy("Give this request back")
    intro = gettext_lazy("It goes back to the queue of the office, at its place.")
    button = gettext_lazy("Give back")
    done = gettext_lazy("The request is back in the queue.")

    def perform(self, form: Any) -> None:
        cases.release(self.case, actor=self.agent.user, stage=self.stage, **form.cleaned_data)

    def after(self) -> HttpResponse:
        return redirect("backoffice:queue")


class AskView(ActionView):
    action = Action.ASK
    form_class = forms.AskForm
    template = "backoffice/ask.html"
    canned_kind = CannedKind.COMPLEMENT
    canned_field = "message"
    title = gettext_lazy("Ask for a correction")
    intro = gettext_lazy(
        "Tick what is wrong. The applicant can change only what you tick, and the delay stops until the answer comes."
    )
    button = gettext_lazy("Send to the applicant")
    done = gettext_lazy("The applicant is asked for a correction. The delay is stopped.")

    def words(self) -> typed.Words:
        return {**super().words(), "note": (gettext_lazy("What to correct"), {})}

    def perform(self, form: Any) -> None:
        message = form.cleaned_data["message"]
        cases.ask(
            self.case,
            actor=self.agent.user,
            items=form.items(),
            message=message,
            stage=self.stage,
        )


class ProposeView(ActionView):
    action = Action.PROPOSE
    act = staticmethod(cases.propose)
    form_class = forms.ProposeForm
    canned_kind = CannedKind.REFUSAL
    title = gettext_lazy("Propose a decision")
    intro = gettext_lazy("Somebody else decides and signs.")
    button = gettext_lazy("Pass on")
    done = gettext_lazy("Your proposal was passed on.")


class SendBackView(ActionView):
    action = Action.RETURN
    act = staticmethod(cases.send_back)
    form_class = forms.ReturnForm
    title = gettext_lazy("Send back for examination")
    intro = gettext_lazy("The request goes back to the agent who examined it.")
    button = gettext_lazy("Send back")
    button_kind = "secondary"
    done = gettext_lazy("The request was sent back to the agent.")


class GrantView(ActionView):
    action = Action.GRANT
    act = staticmethod(cases.grant)
    form_class = forms.GrantForm
    template = "backoffice/grant.html"
    title = gettext_lazy("Grant and sign")
    button = gettext_lazy("Sign and grant")
    done = gettext_lazy(
        "Granted and signed. The document is being produced; the applicant is told."
    )

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        task = self.standing.open_task
        signs = task is not None and task.kind == "signature"
        if signs and not signed_in_lately(request, self.agent.user):
            return ask_factor_again(request, self.agent.user)
        return super().post(request, reference)


class RefuseView(ActionView):
    action = Action.REFUSE
    act = staticmethod(cases.refuse)
    form_class = forms.MotiveForm
    canned_kind = CannedKind.REFUSAL
    title = gettext_lazy("Refuse the request")
    intro = gettext_lazy("The applicant reads the motive, your explanation and how to appeal.")
    button = gettext_lazy("Refuse")
    button_kind = "danger"
    done = gettext_lazy("Refused. The applicant is told why.")


class TransferView(ActionView):
    action = Action.TRANSFER
    act = staticmethod(cases.transfer)
    form_class = forms.TransferForm
    title = gettext_lazy("Pass to another office")
    intro = gettext_lazy("The request leaves your queue; its examination starts anew there.")
    button = gettext_lazy("Pass on")
    done = gettext_lazy("The request was passed to the other office; the applicant is told.")

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().answer(request, *args, **kwargs)
        except Http404:
            # The page loaded again after it was passed on: whoever did it need not wonder.
            if not finding.was_passed_on_by(self.agent.user, kwargs["reference"]):
                raise
            messages.info(request, self.done)
            return self.after()

    def after(self) -> HttpResponse:
        return redirect("backoffice:queue")


class HandOverView(ActionView):
    action = Action.HAND_OVER
    form_class = HandOverForm
    template = "backoffice/hand_over.html"
    title = gettext_lazy("Hand the document over")
    button = gettext_lazy("Record the hand-over")
    done = gettext_lazy("The hand-over is recorded. The request is closed.")

    def bound(self, request: HttpRequest) -> Any:
        return HandOverForm(self.file, request.POST, request.FILES)

    def perform(self, form: Any) -> None:
        handover.hand_over(
            self.case,
            actor=self.agent.user,
            receiver=form.receiver,
            discharge=form.cleaned_data["discharge"],
            drawing=form.cleaned_data["drawing"],
        )

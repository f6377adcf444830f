"""Suggestions and complaints on the desk: what waits for the agent's offices, and the answer."""

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.backoffice.views.base import AgentView
from eservices.feedback import services
from eservices.feedback.errors import AlreadyAnswered
from eservices.feedback.models import LONGEST, Feedback
from portal.accounts.models import Office

SHOWN = 100


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("The person reads exactly these words."),
    )


class OfficeChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Office) -> str:
        return obj.name_in()


class ForwardForm(forms.Form):
    office = OfficeChoice(Office.objects.none(), label=gettext_lazy("Competent office"))

    def __init__(self, *args: object, feedback: Feedback, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        others = Office.objects.open().exclude(pk=feedback.office_id)
        self.fields["office"].queryset = others  # type: ignore[attr-defined]


class FeedbackListView(AgentView):
    def get(self, request: HttpRequest) -> HttpResponse:
        mine = Feedback.objects.for_agent(self.agent.user).select_related("office", "eservice")
        context = {
            "waiting": mine.waiting().order_by("due_at", "pk")[:SHOWN],
            "answered": mine.exclude(answered_at=None).order_by(F("answered_at").desc())[:20],
            "nav": "feedback",
        }
        return self.page("backoffice/feedback_list.html", context)


class FeedbackView(AgentView):
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        feedback = self._find(reference)
        services.read(feedback, actor=self.agent.user)
        return self._page(feedback, AnswerForm(), ForwardForm(feedback=feedback))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        feedback = self._find(reference)
        is_forwarding = "forward" in request.POST
        answer = AnswerForm(None if is_forwarding else request.POST)
        forward = ForwardForm(request.POST if is_forwarding else None, feedback=feedback)
        try:
            if is_forwarding and forward.is_valid():
                office = forward.cleaned_data["office"]
                services.forward(feedback, actor=self.agent.user, office=office)
                messages.success(request, _("The message was handed on."))
                return redirect("backoffice:feedback")
            if not is_forwarding and answer.is_valid():
                text = answer.cleaned_data["text"]
                services.answer(feedback, actor=self.agent.user, text=text)
                messages.success(request, _("Your answer was sent."))
                return redirect("backoffice:feedback")
        except AlreadyAnswered as exc:
            messages.error(request, str(exc))
            return redirect("backoffice:feedback_one", reference)
        return self._page(feedback, answer, forward, status=422)

    def _find(self, reference: str) -> Feedback:
        mine = Feedback.objects.for_agent(self.agent.user)
        found = mine.select_related("office", "eservice", "case", "answered_by")
        return get_object_or_404(found, reference=reference)

    def _page(
        self, feedback: Feedback, answer: AnswerForm, forward: ForwardForm, status: int = 200
    ) -> HttpResponse:
        context = {
            "feedback": feedback,
            "answer_form": answer,
            "forward_form": forward,
            "nav": "feedback",
        }
        return self.page("backoffice/feedback.html", context, status=status)

"""What is said about a case: letters with the applicant, notes and tasks among colleagues."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from eservices.backoffice import held, reading
from eservices.backoffice.exchange_forms import ErrandForm, MessageForm, NoteForm
from eservices.backoffice.views.base import CaseView
from eservices.cases import letters
from eservices.casework import canned, teamwork
from eservices.casework.models import CannedKind
from portal.core import faults
from portal.core.errors import PortalError


class ExchangesView(CaseView):
    """Everything said about the case, and the forms to say more."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        teamwork.mark_seen(self.case, user=self.agent.user)
        return self.exchanges()

    def exchanges(self, status: int = 200, **forms: Any) -> HttpResponse:
        people = teamwork.colleagues(self.case)
        context = self.context() | {
            "faults": [line for form in forms.values() for line in faults.summary(form)],
            "message_form": forms.get("message_form") or MessageForm(),
            "note_form": forms.get("note_form") or NoteForm(),
            "errand_form": forms.get("errand_form") or ErrandForm(people, me=self.agent.user),
            "canned": canned.offered(CannedKind.MESSAGE, self.case.office_id),
            "notes": teamwork.notes(self.case),
            "errands": teamwork.errands(self.case),
            "people": people,
            "tab": "exchanges",
            "nav": "queue",
        }
        return self.page("casework/exchanges.html", context, status=status)


class WritingView(ExchangesView):
    """Base of the views that write; to read what comes back one must have a reason to read."""

    anchor = ""
    gives_back = True

    def get(self, request: HttpRequest, reference: str, **kwargs: Any) -> HttpResponse:
        typed = held.take(request)
        if typed is None:
            return redirect("backoffice:exchanges", reference)
        return self.exchanges(**self.as_typed(typed))

    def as_typed(self, typed: QueryDict) -> dict[str, Any]:
        """Return the form of this view as it stood on the screen, by its name on the page."""
        return {}

    def post(self, request: HttpRequest, reference: str, **kwargs: Any) -> HttpResponse:
        if not reading.open_file(self.standing):
            return self.reason_page()
        return self.write(request, **kwargs)

    def write(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        raise NotImplementedError

    def done(self, text: str) -> HttpResponse:
        messages.success(self.request, text)
        response = redirect("backoffice:exchanges", self.case.reference)
        response["Location"] += f"#{self.anchor}"
        return response


class MessageView(WritingView):
    anchor = "messages"

    def as_typed(self, typed: QueryDict) -> dict[str, Any]:
        return {"message_form": MessageForm(initial=typed.dict())}

    def write(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "_insert" in request.POST:
            return self._insert(request)
        form = MessageForm(request.POST)
        if not form.is_valid():
            return self.exchanges(status=422, message_form=form)
        try:
            letters.write(
                self.case,
                text=form.cleaned_data["text"],
                author=self.agent.user,
                uploads=request.FILES.getlist("files"),
            )
        except PortalError as exc:
            form.add_error("files", str(exc))
            return self.exchanges(status=422, message_form=form)
        return self.done(_("Your message was sent."))

    def _insert(self, request: HttpRequest) -> HttpResponse:
        """Put a canned text below what is typed already; nothing is sent."""
        offered = canned.offered(CannedKind.MESSAGE, self.case.office_id)
        chosen = canned.chosen(request.POST.get("canned", ""), offered)
        typed = request.POST.get("text", "")[:5000]
        text = canned.below(typed, chosen, self.case, agent=self.agent.user)
        return self.exchanges(message_form=MessageForm(initial={"text": text}))


class NoteView(WritingView):
    anchor = "notes"

    def as_typed(self, typed: QueryDict) -> dict[str, Any]:
        return {"note_form": NoteForm(initial=typed.dict())}

    def write(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self.exchanges(status=422, note_form=form)
        told = set(request.POST.getlist("tell"))
        people = [one for one in teamwork.colleagues(self.case) if str(one.pk) in told]
        note = teamwork.write_note(
            self.case, author=self.agent.user, text=form.cleaned_data["note"], notify=people
        )
        names = ", ".join(str(mention.user) for mention in note.mentions.select_related("user"))
        if names:
            return self.done(
                _("Your note is kept. Told on their desk: %(names)s.") % {"names": names}
            )
        return self.done(_("Your note is kept."))


class ErrandView(WritingView):
    anchor = "tasks"

    def as_typed(self, typed: QueryDict) -> dict[str, Any]:
        form = ErrandForm(teamwork.colleagues(self.case), me=self.agent.user)
        form.initial = {**form.initial, **typed.dict()}
        return {"errand_form": form}

    def write(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ErrandForm(teamwork.colleagues(self.case), request.POST, me=self.agent.user)
        if not form.is_valid():
            return self.exchanges(status=422, errand_form=form)
        teamwork.add_errand(
            self.case,
            by=self.agent.user,
            text=form.cleaned_data["what"],
            assignee=form.assignee,
            due=form.cleaned_data["due"],
        )
        return self.done(_("The task is kept."))


class ErrandDoneView(WritingView):
    anchor = "tasks"

    def write(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not teamwork.finish_errand(self.case, kwargs["pk"], by=self.agent.user):
            if not self.case.errands.filter(pk=kwargs["pk"]).exists():
                raise Http404
            return self.done(_("This task was done already."))
        return self.done(_("Done."))

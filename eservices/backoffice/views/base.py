"""What every page of the desk demands before it answers."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from eservices.backoffice import finding, held, reading, typed
from eservices.backoffice.access import Agent
from eservices.backoffice.casefile import CaseFile
from eservices.backoffice.forms import ReadForm
from eservices.backoffice.queue import Filters, Queue
from eservices.cases import policies
from eservices.cases.models import Case
from eservices.cases.policies import Standing
from portal.accounts.models import User


class NotHere(Http404):
    """No case of this number lies in the offices of the agent, or it left them."""


class AgentView(View):
    """A page for people who read files in an office; for everybody else it does not exist."""

    agent: Agent
    gives_back = False  # shows again what was typed in it when the session ended (`held`)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            if self.gives_back:
                held.keep(request)
            return redirect_to_login(request.get_full_path())
        agent = Agent.of(request.user)
        if agent is None:
            return self.stranger(request.user)
        self.agent = agent
        held.forget(request, request.user)
        with timezone.override(agent.time_zone):
            try:
                response = self.answer(request, *args, **kwargs)
            except NotHere:
                response = self.not_here()
        response.headers.setdefault("Cache-Control", "private, no-store")
        held.sign(request, response, request.user)
        return response

    def stranger(self, user: User) -> HttpResponseBase:
        """Answer somebody who reads no files."""
        raise Http404

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Lead who signs in again on the way of a button to where the button stands."""
        if request.method == "GET":
            return self.way_back()
        return super().http_method_not_allowed(request, *args, **kwargs)

    def way_back(self) -> HttpResponse:
        return redirect("backoffice:queue")

    def not_here(self) -> HttpResponse:
        """Say that the case is not here, the same whether it exists or not; give back what was typed."""
        lines = typed.lines(self.request, self.words())
        context = {"lines": lines, "sent": self.request.method == "POST", "nav": "queue"}
        return self.page("backoffice/not_here.html", context, status=404)

    def words(self) -> typed.Words:
        """Return the questions of the form of this page, by the name of their box."""
        return {}

    def page(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        office = self.agent.offices[0].name_in() if len(self.agent.offices) == 1 else ""
        context = {"agent": self.agent, "office": office, **context}
        return render(self.request, template, context, status=status)


class CaseView(AgentView):
    """A page of one case of the agent's offices; showing it is a reading, which is recorded."""

    shows_file = True
    shows = "case"  # what is written down as read
    case: Case
    standing: Standing

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.load(kwargs["reference"])
        if (too_late := self.too_late()) is not None:
            return too_late
        shows = self.shows_file and request.method == "GET"
        if shows and not reading.open_file(self.standing, what=self.shows):
            return self.reason_page()
        return super().answer(request, *args, **kwargs)

    def too_late(self) -> HttpResponse | None:
        """Return what is shown when this page is not for now; None when it is."""
        return None

    def load(self, reference: str) -> None:
        """Read the case and where the agent stands; again after somebody else changed it."""
        case = finding.find(self.agent, reference)
        if case is None:
            raise NotHere
        self.case = case
        roles = (*self.agent.memberships, *self.agent.replaced)
        self.standing = policies.standing(self.agent.user, case, list(case.tasks.all()), roles)
        self.file = CaseFile(self.standing)

    @property
    def queue(self) -> Queue:
        """The queue the agent came from: its filters travel in the address."""
        return Queue(self.agent, Filters.read(self.request.GET))

    def context(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "file": self.file,
            "query": Filters.read(self.request.GET).query(),
        }

    def reason_page(self, form: ReadForm | None = None) -> HttpResponse:
        """Ask why the file is opened, before anything of it is shown."""
        asks = form or self.request.method != "POST"  # or a form that came after the case was lost
        lines = [] if asks else typed.lines(self.request, self.words())
        context = {"form": form or ReadForm(), "lines": lines, **self.context()}
        return self.page("backoffice/reason.html", context, status=422 if form else 200)

    def back(self) -> HttpResponse:
        return redirect("backoffice:case", self.case.reference)

    def way_back(self) -> HttpResponse:
        return self.back()

"""The page of one stage: what it asks of agents, and how it ends."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.backoffice import held, typed
from eservices.backoffice.elsewhere import Elsewhere
from eservices.backoffice.stage_forms import StageForm
from eservices.backoffice.views.base import CaseView
from eservices.cases import services as cases
from eservices.cases.circuit import Stage, StageOutcome
from eservices.cases.models import CaseTask
from eservices.cases.workflow import Action
from eservices.casework import canned
from eservices.casework.models import CannedKind, CannedText
from eservices.catalog import services as catalog
from eservices.formdefs import engine
from portal.core.errors import PortalError


class StageView(CaseView):
    """Fill in a stage, keep it for later, or end it. What was typed is kept when it cannot be."""

    gives_back = True
    stage: Stage
    task: CaseTask

    def too_late(self) -> HttpResponse | None:
        found = self.standing.task_at(self.kwargs["stage"])
        stage = self.standing.circuit.find(self.kwargs["stage"])
        if found is None or stage is None:
            return self._instead(_("This stage is no longer open."))
        self.task, self.stage = found, stage
        if not self.actions & {Action.COMPLETE, Action.FILL, Action.CONSULT, Action.BILL}:
            return self._instead(_("This stage is not yours to fill in now."))
        return None

    def get(self, request: HttpRequest, reference: str, stage: str) -> HttpResponse:
        kept = held.take(request)
        if kept is None:
            return self._stage_page(self._questions(), self._ending())
        return self._stage_page(self._questions(_unjudged(kept)), self._typed(kept))

    def post(self, request: HttpRequest, reference: str, stage: str) -> HttpResponseBase:
        if "_insert" in request.POST:
            return self._insert(request.POST)
        questions, ending = self._questions(request.POST), self._ending(request.POST)
        if questions is not None and questions.wants_more():
            return self._stage_page(questions, self._typed(request.POST))
        is_valid = questions is None or questions.is_valid()
        bills = "_bill" in request.POST and self.asks_payment
        keep_only = bills or "_save" in request.POST or not self.ends_here
        if not is_valid or not (keep_only or ending.is_valid()):
            return self._stage_page(questions, ending, status=422)
        try:
            self._perform(questions.answers() if questions else None, ending, keep_only=keep_only)
            if bills:
                cases.bill(self.case, actor=self.agent.user, stage=self.stage.key)
        except PortalError as exc:
            self.load(reference)
            ending.full_clean()
            ending.add_error(None, str(exc))
            return self._stage_page(questions, ending, status=409)
        done = _("The applicant is asked to pay.") if bills else _("Kept.")
        messages.success(request, done if keep_only else _("This stage is finished."))
        return self._after()

    def _perform(
        self, values: dict[str, Any] | None, ending: StageForm, *, keep_only: bool
    ) -> None:
        actor, key = self.agent.user, self.stage.key
        if keep_only:
            if self.stage.fields:
                cases.fill(self.case, actor=actor, stage=key, values=values or {})
            return
        cases.complete(self.case, actor=actor, stage=key, values=values, **ending.cleaned_data)

    def _after(self) -> HttpResponse:
        """A person of another office has nothing more to do with the case."""
        return redirect("backoffice:queue") if self.standing.is_guest else self.back()

    @cached_property
    def actions(self) -> frozenset[Action]:
        return self.standing.allowed(self.stage.key)

    @property
    def ends_here(self) -> bool:
        """Whether this page ends the stage; one that decides is ended by granting or refusing."""
        return Action.COMPLETE in self.actions

    @property
    def asks_payment(self) -> bool:
        return Action.BILL in self.actions

    @property
    def outcomes(self) -> list[StageOutcome]:
        earlier = self.standing.circuit.earlier(self.stage.key)
        return [one for one in self.stage.outcomes if earlier or one.to != "back"]

    @property
    def title(self) -> str:
        return self.stage.title_in()

    def _questions(self, data: Any = None) -> engine.StepForm | None:
        form = catalog.desk_form(self.case.version)
        if self.stage.step_key not in form.step_by_key:
            return None
        known = {**self.case.answers, **self.case.facts}
        language = get_language() or "fr"
        return engine.form_for(form, self.stage.step_key, known, language=language, data=data)

    def _ending(self, data: Any = None) -> StageForm:
        return StageForm(self.file, self.stage, self.outcomes, data)

    def _typed(self, data: QueryDict) -> StageForm:
        """Return the end of the stage as it stands on the screen, not judged yet."""
        ending = self._ending()
        for name in ending.fields:
            ending.initial[name] = data.get(ending.add_prefix(name), "")
        return ending

    def _insert(self, data: QueryDict) -> HttpResponse:
        """Put a canned text below the remarks; nothing is finished and nothing typed is judged."""
        ending = self._typed(data)
        chosen = canned.chosen(data.get("canned", ""), self._offered(ending))
        before = ending.initial["reason"]
        ending.initial["reason"] = canned.below(before, chosen, self.case, agent=self.agent.user)
        if chosen is not None and chosen.kind == CannedKind.REFUSAL:
            ending.initial["outcome"] = ending.initial["outcome"] or ending.refusing
        return self._stage_page(self._questions(_unjudged(data)), ending)

    def _offered(self, ending: StageForm) -> list[CannedText]:
        if not self.ends_here:
            return []
        return canned.at_a_stage(self.task.office_id, refuses="motive" in ending.fields)

    def _stage_page(
        self, questions: engine.StepForm | None, ending: StageForm, status: int = 200
    ) -> HttpResponse:
        context = self.context() | {
            "questions": questions,
            "form": ending,
            "view": self,
            "stage": self.stage,
            "task": self.task,
            "ends_here": self.ends_here,
            "asks_payment": self.asks_payment,
            "canned": self._offered(ending),
            "elsewhere": Elsewhere(self.file, self.stage, self.task)
            if Action.CONSULT in self.actions
            else None,
            "nav": "queue",
            "stale": status == 409,
        }
        return self.page("backoffice/stage.html", context, status=status)

    def words(self) -> typed.Words:
        place = self.kwargs
        return typed.words_of_stage(self.agent.user, place["reference"], place["stage"])

    def _instead(self, why: str) -> HttpResponse:
        """Lead back to the case; a form that was filled in meanwhile is shown again first."""
        lines = typed.lines(self.request, self.words()) if self.request.method == "POST" else []
        if not lines:
            messages.warning(self.request, why)
            return self.back()
        context = self.context() | {"why": why, "lines": lines, "nav": "queue"}
        return self.page("backoffice/too_late.html", context, status=409)


def _unjudged(data: QueryDict) -> QueryDict:
    """Return answers that are drawn again as they were typed, without their faults."""
    as_typed = data.copy()
    as_typed["_refresh"] = "1"
    return as_typed

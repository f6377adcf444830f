"""The hearings of an office: plan, see the list, decide the cases together, print the minutes."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.backoffice.elsewhere_forms import MoveForm, PlanForm
from eservices.backoffice.views.base import AgentView
from eservices.cases import minutes
from eservices.cases import services as cases
from eservices.cases.circuit import Circuit, StageOutcome
from eservices.cases.models import Hearing, HearingItem, HearingStatus
from eservices.catalog import services as catalog
from eservices.documents import services as documents
from portal.core.errors import PortalError
from portal.core.texts import pick

SHOWN = 50


class HearingsView(AgentView):
    """The hearings to come, then the last ones."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._list_page(PlanForm(self.agent))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PlanForm(self.agent, request.POST)
        if not form.is_valid():
            return self._list_page(form, status=422)
        try:
            hearing = cases.plan_hearing(by=self.agent.user, **form.cleaned_data)
        except PortalError as exc:
            form.add_error(None, str(exc))
            return self._list_page(form, status=422)
        messages.success(request, _("The hearing is planned. Put requests on its list."))
        return redirect("backoffice:hearing", hearing.pk)

    def _list_page(self, form: PlanForm, status: int = 200) -> HttpResponse:
        rows = Hearing.objects.filter(office__in=self.agent.office_ids).select_related("office")
        context = {
            "form": form,
            "planned": list(rows.filter(status=HearingStatus.PLANNED)[:SHOWN]),
            "past": list(rows.exclude(status=HearingStatus.PLANNED).order_by("-starts_at")[:SHOWN]),
            "now": timezone.now(),
            "nav": "hearings",
        }
        return self.page("backoffice/hearings.html", context, status=status)


@dataclass
class Line:
    """One case of the list, with what may be decided and what was just typed."""

    item: HearingItem
    outcomes: tuple[StageOutcome, ...]
    motives: list[tuple[str, str]]
    given: dict[str, str]
    error: str = ""

    @property
    def outcome_text(self) -> str:
        chosen = next((one for one in self.outcomes if one.key == self.item.outcome), None)
        return chosen.text if chosen else self.item.outcome


class HearingView(AgentView):
    """One hearing: its list, then its decisions, a result for each case."""

    hearing: Hearing

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = Hearing.objects.select_related("office").filter(
            pk=kwargs["pk"], office__in=self.agent.office_ids
        )
        hearing = found.first()
        if hearing is None:
            raise Http404
        self.hearing = hearing
        return super().answer(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._hearing_page({}, {})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if "cancel" in request.POST:
            return self._cancel()
        if "move" in request.POST:
            return self._move()
        given = {item.pk: self._given(item.pk) for item in self.hearing.items.all()}
        results = cases.hold_hearing(
            self.hearing,
            by=self.agent.user,
            results=given,
            present=request.POST.get("present", "")[:4000],
            remarks=request.POST.get("remarks", "")[:4000],
        )
        self.hearing.refresh_from_db()
        errors = {result.item.pk: result.error for result in results if result.error}
        decided = len(results) - len(errors)
        if decided:
            messages.success(request, _("Decided: %(n)s.") % {"n": decided})
        if errors:
            return self._hearing_page(given, errors, status=422)
        return redirect("backoffice:hearing", pk)

    def _cancel(self) -> HttpResponse:
        reason = self.request.POST.get("reason", "")
        try:
            cases.cancel_hearing(self.hearing, by=self.agent.user, reason=reason)
            messages.success(self.request, _("The hearing is cancelled; the applicants are told."))
        except PortalError as exc:
            messages.error(self.request, str(exc))
        return redirect("backoffice:hearing", self.hearing.pk)

    def _move(self) -> HttpResponse:
        form = MoveForm(self.request.POST)
        if form.is_valid():
            try:
                cases.move_hearing(self.hearing, by=self.agent.user, **form.cleaned_data)
            except PortalError as exc:
                form.add_error(None, str(exc))
        if not form.is_valid():
            return self._hearing_page({}, {}, status=422, move=form)
        messages.success(self.request, _("The hearing is moved; everybody who was called is told."))
        return redirect("backoffice:hearing", self.hearing.pk)

    def _given(self, pk: int) -> dict[str, str]:
        names = ("outcome", "reason", "motive")
        return {name: self.request.POST.get(f"{name}-{pk}", "")[:2000] for name in names}

    def _hearing_page(
        self,
        given: dict[int, dict[str, str]],
        errors: dict[int, str],
        status: int = 200,
        move: MoveForm | None = None,
    ) -> HttpResponse:
        now_at = {"starts_at": self.hearing.starts_at, "room": self.hearing.room}
        items = self.hearing.items.select_related("task__case__eservice", "task__case__version")
        context = {
            "hearing": self.hearing,
            "lines": [self._line(item, given, errors) for item in items],
            "is_planned": self.hearing.status == HearingStatus.PLANNED,
            "move": move or MoveForm(initial=now_at),
            "nav": "hearings",
        }
        return self.page("backoffice/hearing.html", context, status=status)

    def _line(
        self, item: HearingItem, given: dict[int, dict[str, str]], errors: dict[int, str]
    ) -> Line:
        source = catalog.compiled(item.task.case.version).source
        stage = Circuit.of(source).find(item.task.stage)
        motives = (source.get("refusal") or {}).get("motives") or []
        return Line(
            item,
            stage.outcomes if stage else (),
            [(one["code"], pick(one["label"])) for one in motives],
            given.get(item.pk, {}),
            errors.get(item.pk, ""),
        )


class MinutesView(HearingView):
    """The minutes of a hearing that was held."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        document = documents.for_owner(minutes.owner(self.hearing)).first()
        if document is None:
            raise Http404
        return documents.serve(document, inline=True)  # type: ignore[return-value]

"""What the pages of one draft share: who may open it, and that it follows its service."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View

from eservices.cases.models import Case
from eservices.filing import access, openings, progress, services
from eservices.filing.models import Draft
from eservices.filing.sources import DraftSource
from eservices.formdefs import sources
from eservices.formdefs.engine import CompiledSpec


class DraftView(View):
    """Base of the pages of one draft: it is found only by its account or the browser that holds it."""

    draft: Draft
    is_for_scripts = False
    tells_news = True  # a page: what a new version changed is told before anything else is shown

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        held = Draft.objects.for_holder(
            access.account(request), access.keys(request), access.proven(request)
        )
        draft = held.with_version().filter(pk=kwargs["key"]).first()
        if draft is None:
            return self.gone(request, kwargs["key"])
        self.draft = draft
        try:
            with sources.using(DraftSource(draft, services.attachment_owner(draft))):
                response = self._news() or super().dispatch(request, *args, **kwargs)
        except Draft.DoesNotExist:  # sent or deleted by another window, a moment ago
            response = self.gone(request, draft.pk)
        access.stay(request, response)
        response["Cache-Control"] = "no-store"  # nothing personal stays on a shared computer
        return response

    def gone(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """A draft that was sent leads to its case; any other is not yours, or not there.

        What is said depends on the browser that asks only, never on what exists.
        """
        is_known = key in access.keys(request) or access.account(request) is not None
        case = Case.objects.filter(access_key=key).only("reference", "applicant_id").first()
        if case and (key in access.keys(request) or _owns(request, case)):
            if request.method != "PATCH" and not self.is_for_scripts:
                return redirect("tracking:case", case.reference)
            return JsonResponse({"lost": False}, status=410)  # nothing is left to save
        if self.is_for_scripts or asked_by_script(request):
            return JsonResponse({"lost": not is_known}, status=404)
        response = render(request, "filing/lost.html", {"is_known": is_known}, status=404)
        response["Cache-Control"] = "no-store"
        return response

    @cached_property
    def spec(self) -> CompiledSpec:
        return services.compiled(self.draft)

    def page(
        self, template: str, current: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        shared = {
            "draft": self.draft,
            "eservice": self.draft.eservice,
            "opening": openings.opening(self.draft.eservice, self.draft.version),
            "closes_soon": openings.closes_soon(self.draft.eservice),
            "places": progress.places(self.draft, self.spec, current),
        }
        with timezone.override(self.draft.version.time_zone):
            return render(self.request, template, shared | context, status=status)

    def _news(self) -> HttpResponse | None:
        """Bring the draft to the current version before it is shown; lead to what is new, if any.

        Only when it is shown: what was typed under the old version must first be kept.
        """
        draft = self.draft
        if self.request.method not in {"GET", "HEAD"} or not self.tells_news:
            return None
        if draft.eservice.current_id not in {None, draft.version_id}:
            services.catch_up(draft)
        return redirect("filing:news", draft.pk) if draft.news else None


def asked_by_script(request: HttpRequest) -> bool:
    """Whether one of our scripts asks: it shows a word, not a page."""
    accepted = request.headers.get("Accept", "")
    return request.method in {"PATCH", "HEAD", "DELETE"} or "application/json" in accepted


def _owns(request: HttpRequest, case: Case) -> bool:
    person = access.account(request)
    return person is not None and case.applicant_id == person.pk

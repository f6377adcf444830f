"""What was saved, by whom, and what changed between two of them; edits that met."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from eservices.catalog import drafting, services
from eservices.catalog.builder.access import EServiceView
from eservices.catalog.models import EServiceRevision
from eservices.formdefs.comparing import changes
from eservices.formdefs.groups import UnknownGroup
from eservices.formdefs.merging import merge

PER_PAGE = 50


class HistoryView(EServiceView):
    """Saved revisions, newest first, and the published versions."""

    section = "history"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        revisions = self.eservice.revisions.select_related("saved_by").defer("definition")
        versions = self.eservice.versions.select_related("published_by").defer("spec")
        return self.page(
            "history",
            revisions=revisions.order_by("-number")[:PER_PAGE],
            versions=versions.order_by("-number"),
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        number = request.POST.get("restore", "")
        revision = get_object_or_404(
            self.eservice.revisions, number=int(number) if number.isdecimal() else -1
        )
        if revision.is_aside:
            drafting.take_over(self.eservice, revision, by=self.user)
        else:
            drafting.restore(self.eservice, revision, by=self.user)
        messages.success(request, _("Done. What was there before is still in the history."))
        return redirect(self.url("history"))


class CompareView(EServiceView):
    """Two states side by side, in words. `r3` is a revision, `v2` a published version."""

    section = "history"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        first, second = request.GET.get("from", ""), request.GET.get("to", "")
        before, after = self._state(first), self._state(second)
        if "v" in first[:1] + second[:1]:  # a version is written out: compare like with like
            before, after = (
                state if name.startswith("v") else as_published(state)
                for name, state in ((first, before), (second, after))
            )
        return self.page(
            "compare",
            changes=changes(before, after),
            first=self._name(first),
            second=self._name(second),
        )

    def _state(self, name: str) -> Mapping[str, Any]:
        number = int(name[1:]) if name[1:].isdecimal() else -1
        if name.startswith("v"):
            return get_object_or_404(self.eservice.versions, number=number).spec
        if name == "draft":
            return self.eservice.definition
        return get_object_or_404(self.eservice.revisions, number=number).definition

    def _name(self, name: str) -> str:
        if name == "draft":
            return _("the draft")
        words = _("version %s") if name.startswith("v") else _("revision %s")
        return words % name[1:]


def as_published(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what publishing would keep; the draft itself while it names a group that is unknown."""
    try:
        return services.frozen(definition)
    except UnknownGroup:
        return definition


class ConflictView(EServiceView):
    """Somebody else changed the same place: both changes, and what to keep."""

    section = "overview"

    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        aside = self._aside(number)
        base = self.eservice.revisions.filter(number=aside.base).first()
        before = base.definition if base else {"steps": []}
        latest = (
            self.eservice.revisions.select_related("saved_by")
            .defer("definition")
            .filter(number=self.eservice.revision)
            .first()
        )
        clashes = merge(before, self.eservice.definition, aside.definition, prefer="mine").clashes
        return self.page(
            "conflict",
            neighbour=None,
            aside=aside,
            latest=latest,
            theirs=changes(before, self.eservice.definition),
            mine=changes(before, aside.definition),
            clashes=clashes,
        )

    def post(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        if "_mine" in request.POST:
            drafting.take_over(self.eservice, self._aside(number), by=self.user)
            messages.success(
                request, _("Your change is saved. The other one stays in the history.")
            )
        else:
            messages.info(
                request, _("Nothing was changed. What you had written stays in the history.")
            )
        return redirect(self.url("overview"))

    def _aside(self, number: int) -> EServiceRevision:
        return get_object_or_404(self.eservice.revisions, number=number, is_aside=True)


class StateView(EServiceView):
    """Who saved last: asked now and then by a page that stays open."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        since = request.GET.get("since", "")
        last = (
            self.eservice.revisions.select_related("saved_by")
            .defer("definition")
            .filter(number=self.eservice.revision)
            .first()
        )
        if last is None or not since.isdecimal() or last.number <= int(since):
            return JsonResponse({})
        if last.saved_by_id == self.user.pk:
            return JsonResponse({})
        when = f"{last.saved_at:%H:%M}"
        words = _("%(who)s saved this e-service at %(when)s, after you opened this page.")
        return JsonResponse({"words": words % {"who": last.saved_by or "?", "when": when}})

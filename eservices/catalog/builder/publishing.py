"""Checking, trying, publishing, opening and closing an e-service."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.catalog import opening, services
from eservices.catalog.builder.access import PUBLISH
from eservices.catalog.builder.history import as_published
from eservices.catalog.builder.ready import ReadyView
from eservices.catalog.errors import DefinitionRefused
from eservices.formdefs.comparing import changes
from eservices.formdefs.estimating import minutes

BLOCKERS = 5  # told on the page that publishes; “Check” tells all


class CheckView(ReadyView):
    """What stands against publishing, each with a link to its place."""

    section = "check"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page("check", state=self.state, minutes=minutes(self.definition))


class PublishView(ReadyView):
    """Put the draft before the public, or say why not; open and close."""

    section = "publish"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.user.has_perm(PUBLISH):
            raise Http404
        if "_opening" in request.POST:
            return self._open()
        if self.base != self.eservice.revision:
            messages.error(request, _("The draft changed since you opened this page. Look again."))
            return redirect(self.url("publish"))
        if not self.state.is_ready:
            return self._page(422)
        note = request.POST.get("note", "").strip()[:2000]
        try:
            version = services.publish(self.eservice.definition, by=self.user, note=note)
        except DefinitionRefused:
            return self._page(422)
        messages.success(request, _("Version %d is published.") % version.number)
        return redirect(self.url("publish"))

    def _open(self) -> HttpResponse:
        with timezone.override(self.eservice.time_zone):
            form = OpeningForm(self.request.POST)
            if not form.is_valid():
                return self._page(422, opening_form=form)
        opening.change(self.eservice, by=self.user, **form.values(self.languages))
        messages.success(self.request, _("Saved. People who have a draft are told of it."))
        return redirect(self.url("publish"))

    def _page(self, status: int = 200, **more: Any) -> HttpResponse:
        current = self.eservice.current
        before = current.spec if current else {"steps": []}
        context = {
            "state": self.state,
            "blockers": [one for one in self.state.findings if one.is_error][:BLOCKERS],
            "changes": changes(before, as_published(self.definition)) if current else [],
            "versions": self.eservice.versions.select_related("published_by")
            .defer("spec")
            .order_by("-number")[:20],
            "opening": self.eservice.opening(),
            "opening_form": OpeningForm(initial=_initial(self.eservice)),
            "zone": self.eservice.time_zone,
        }
        with timezone.override(self.eservice.time_zone):  # people there read the clock
            return self.page("publish", status, **(context | more))


class OpeningForm(forms.Form):
    """When requests are accepted, and what people read when they are not."""

    opens_at = forms.DateTimeField(
        label=gettext_lazy("Opens on"),
        required=False,
        widget=forms.DateTimeInput(
            {"type": "datetime-local", "class": "b-input"}, "%Y-%m-%dT%H:%M"
        ),
    )
    closes_at = forms.DateTimeField(
        label=gettext_lazy("Closes on"),
        required=False,
        widget=forms.DateTimeInput(
            {"type": "datetime-local", "class": "b-input"}, "%Y-%m-%dT%H:%M"
        ),
    )
    is_suspended = forms.BooleanField(label=gettext_lazy("Suspend now"), required=False)
    message = forms.CharField(
        label=gettext_lazy("What people read while it is suspended"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2, "class": "b-input"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if isinstance(opens, datetime) and isinstance(closes, datetime) and closes <= opens:
            self.add_error("closes_at", _("It closes before it opens."))
        return cleaned

    def values(self, languages: list[str]) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "opens_at": cleaned["opens_at"],
            "closes_at": cleaned["closes_at"],
            "is_suspended": cleaned["is_suspended"],
            "message": {"fr": cleaned["message"]} if cleaned["message"] else {},
        }


def _initial(eservice: Any) -> dict[str, Any]:
    return {
        "opens_at": eservice.opens_at,
        "closes_at": eservice.closes_at,
        "is_suspended": eservice.is_suspended,
        "message": (eservice.suspended_message or {}).get("fr", ""),
    }

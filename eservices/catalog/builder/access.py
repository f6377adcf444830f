"""The door of the builder: who may come in, what they find, how what they change is saved."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from eservices.catalog import drafting
from eservices.catalog.builder.navigation import sections
from eservices.catalog.errors import EditConflict, NameTaken
from eservices.catalog.lists import with_code_lists
from eservices.catalog.models import EService, EServiceRevision
from portal.accounts.models import User

EDIT, PUBLISH = "catalog.change_eservice", "catalog.publish_eservice"


class BuilderView(View):
    """A screen of the builder. Without the permission to edit e-services there is none."""

    permission = EDIT
    user: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or not user.has_perm(self.permission):
            raise PermissionDenied
        self.user = user
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    def page(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        return render(self.request, f"builder/{template}.html", context, status=status)


class EServiceView(BuilderView):
    """A screen about one e-service. What is posted began from the revision named `base`."""

    section = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.kwargs = kwargs
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def eservice(self) -> EService:
        return get_object_or_404(EService.objects.select_related("current"), pk=self.kwargs["pk"])

    @cached_property
    def base(self) -> int:
        """The number of the revision that the page was opened on."""
        given = self.request.POST.get("base", "")
        return int(given) if given.isdecimal() else self.eservice.revision

    @cached_property
    def definition(self) -> Mapping[str, Any]:
        """What the editor saw: the draft, or the earlier revision that a posted page began from."""
        if self.base != self.eservice.revision:
            older = self.eservice.revisions.filter(number=self.base, is_aside=False).first()
            if older is not None:
                return older.definition
            self.base = self.eservice.revision
        return self.eservice.definition

    @cached_property
    def complete(self) -> Mapping[str, Any]:
        """The same with the shared lists that its questions name: what conditions compare with."""
        return with_code_lists(self.definition)

    @property
    def languages(self) -> list[str]:
        return [str(code) for code in self.definition.get("languages") or ["fr"]]

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"builder:{name}", args=[self.eservice.pk, *args])

    def page(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        shared = {
            "eservice": self.eservice,
            "definition": self.definition,
            "base": self.base,
            "sections": sections(self.eservice, self.section),
            "neighbour": self._neighbour(),
            "may_publish": self.user.has_perm(PUBLISH),
        }
        return super().page(template, status, **(shared | context))

    def save(
        self, definition: Mapping[str, Any], summary: str, then: str, *args: Any, said: str = ""
    ) -> HttpResponse:
        """Save, say so and go to the screen `then`; to the comparison when somebody was faster."""
        try:
            drafting.save(self.eservice, definition, base=self.base, by=self.user, summary=summary)
        except EditConflict as conflict:
            return redirect("builder:conflict", self.eservice.pk, conflict.details["aside"])
        except NameTaken as taken:
            messages.error(self.request, str(taken))
            return redirect(self.request.get_full_path())
        if said:
            messages.success(self.request, said)
        if self.base != self.eservice.revision:
            messages.info(
                self.request, _("Saved, together with what somebody else changed meanwhile.")
            )
        return redirect(self.url(then, *args) if ":" not in then and "/" not in then else then)

    def _neighbour(self) -> EServiceRevision | None:
        """The last revision when somebody else saved it a moment ago."""
        last = self.eservice.revisions.filter(number=self.eservice.revision).first()
        if last is None or last.saved_by_id in (None, self.user.pk):
            return None
        return last if (timezone.now() - last.saved_at).total_seconds() < 900 else None


def existing(value: Any) -> Any:
    """Return `value`. :raises Http404: when it is None."""
    if value is None:
        raise Http404
    return value

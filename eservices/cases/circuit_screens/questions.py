"""One question that a stage asks of agents: the same controls as a question of the form."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from eservices.cases.circuit_screens.editor import CircuitBase
from eservices.catalog.builder.access import existing
from eservices.catalog.builder.controls import field_controls
from eservices.catalog.builder.fields import PANELS
from eservices.catalog.builder.spec_form import SpecForm
from eservices.catalog.builder.type_cards import card
from eservices.catalog.circuits import editing
from eservices.codelists.models import CodeList
from eservices.formdefs.types import FIELD_TYPES
from portal.core.texts import pick


class QuestionView(CircuitBase):
    """Change, move or delete one question of a stage."""

    @cached_property
    def stage(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = existing(editing.find(self.definition, self.kwargs["key"]))[1]
        return found

    @cached_property
    def questions(self) -> list[dict[str, Any]]:
        return [dict(one) for one in self.stage.get("fields") or [] if isinstance(one, Mapping)]

    @cached_property
    def index(self) -> int:
        names = [str(one.get("key")) for one in self.questions]
        if self.kwargs["name"] not in names:
            raise Http404
        return names.index(self.kwargs["name"])

    @property
    def question(self) -> dict[str, Any]:
        return self.questions[self.index]

    def get(self, request: HttpRequest, pk: int, key: str, name: str) -> HttpResponse:
        return self._form_page(self._forms(None))

    def post(self, request: HttpRequest, pk: int, key: str, name: str) -> HttpResponse:
        label = pick(self.question.get("label")) or name
        if "_delete" in request.POST:
            del self.questions[self.index]
            return self._keep(_("Question “%s” deleted") % label)
        if "_move" in request.POST:
            to = self.index + (-1 if request.POST["_move"] == "up" else 1)
            if 0 <= to < len(self.questions):
                moved = self.questions.pop(self.index)
                self.questions.insert(to, moved)
            return self._keep(_("Question “%s” changed") % label)
        forms = self._forms(request.POST)
        if wanted := request.POST.get("_control"):
            return self._control(forms, wanted)
        new = dict(self.question)
        for form in forms.values():
            form.entry = new
            new = form.apply()
        if new.get("key") != name and new.get("key") in self._taken():
            forms["more"]["key"].errors.append(_("Another question has this key."))
        if any(not form.is_valid() for form in forms.values()):
            more = any(form.wants_more for form in forms.values())
            return self._form_page(forms, 200 if more else 422)
        self.questions[self.index] = new
        messages.success(request, _("Question “%s” saved.") % label)
        return self._keep(_("Question “%s” changed") % label)

    def _control(self, forms: Mapping[str, SpecForm], wanted: str) -> HttpResponse:
        """Redraw one condition while it is being written."""
        bound = next((b for form in forms.values() for b in form if b.name == wanted), None)
        if bound is None and wanted == "required_if":
            bound = next((b for form in forms.values() for b in form if b.name == "required"), None)
        return HttpResponse(str(bound.editor) if bound and bound.editor else "")

    def _keep(self, summary: str) -> HttpResponse:
        stage = {**self.stage, "fields": self.questions}
        if not self.questions:
            del stage["fields"]
        changed = editing.replace(self.definition, self.kwargs["key"], stage)
        return self.save(changed, summary, self.at("stage", self.kwargs["key"]))

    def _taken(self) -> set[str]:
        return set(self.known_subjects) | {str(one.get("key")) for one in self.questions}

    def _forms(self, data: Any) -> dict[str, SpecForm]:
        kind = FIELD_TYPES.get(str(self.question.get("type")))
        if kind is None:
            raise Http404
        own = [one for one in self.subjects_before("") if one.path != self.kwargs["name"]]
        lists = [
            *(self.definition.get("lists") or {}),
            *CodeList.objects.values_list("key", flat=True),
        ]
        return {
            panel: SpecForm(
                controls,
                self.question,
                languages=self.languages,
                subjects=own,
                lists=lists,
                data=data,
            )
            for panel, controls in field_controls(kind).items()
            if controls
        }

    def _form_page(self, forms: Mapping[str, SpecForm], status: int = 200) -> HttpResponse:
        return self.page(
            "circuit_question",
            status,
            stage=self.stage,
            question=self.question,
            stage_title=pick(self.stage.get("title")) or self.kwargs["key"],
            card=card(str(self.question["type"])),
            panels=[(name, PANELS[name], form) for name, form in forms.items()],
            errors=[error for form in forms.values() for error in form.errors],
            is_first=self.index == 0,
            is_last=self.index == len(self.questions) - 1,
        )

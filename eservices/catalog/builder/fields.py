"""One question: chosen by its type, edited with the options of its type only."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.catalog.builder.controls import field_controls
from eservices.catalog.builder.listing import group_rows
from eservices.catalog.builder.preview import answers_of, frame
from eservices.catalog.builder.spec_form import SpecForm
from eservices.catalog.builder.steps import StepBase
from eservices.catalog.builder.type_cards import Card, card, families
from eservices.codelists.models import CodeList
from eservices.formdefs import editing
from eservices.formdefs.editing import NoSuchPlace
from eservices.formdefs.groups import library, name_of
from eservices.formdefs.guessing import guess
from eservices.formdefs.references import uses
from eservices.formdefs.subjects import subjects
from eservices.formdefs.types import COMMON_KEYS, FIELD_TYPES
from portal.core.texts import pick

HOLDERS = ("group", "section")
PANELS = {
    "question": gettext_lazy("The question"),
    "config": gettext_lazy("What may be answered"),
    "condition": gettext_lazy("When it is asked"),
    "more": gettext_lazy("Details"),
}


class AddFieldView(StepBase):
    """Choose a type, give the question: the rest comes after."""

    def get(self, request: HttpRequest, pk: int, step: str, group: str) -> HttpResponse:
        return self._page({}, {})

    def post(self, request: HttpRequest, pk: int, step: str, group: str) -> HttpResponse:
        holder = "" if group == "-" else group
        name = request.POST.get("use", "")
        if name in library():
            use = {"use": name}
            changed = editing.add_field(self.definition, step, use, group=holder)
            return self.save(changed, _("Shared group “%s” added") % name_of(name), "step", step)
        kind, label = request.POST.get("type", ""), request.POST.get("label", "").strip()[:500]
        if kind not in FIELD_TYPES or not label:
            typed = {"type": kind, "label": label}
            problem = _("Write the question.") if not label else _("Choose a type of answer.")
            return self._page(typed, {"label" if not label else "type": problem}, 422)
        field = new_field(kind, label, self._taken(holder))
        try:
            changed = editing.add_field(self.definition, step, field, group=holder)
        except NoSuchPlace as error:
            raise Http404 from error
        path = f"{holder}.{field['key']}" if self._repeats(holder) else str(field["key"])
        return self.save(changed, _("Question “%s” added") % label, "field", path)

    def _repeats(self, holder: str) -> bool:
        return bool(holder) and editing.field_at(self.definition, holder).get("type") == "group"

    def _taken(self, group: str) -> set[str]:
        if not self._repeats(group):
            return editing.all_keys(self.definition)
        fields = editing.field_at(self.definition, group).get("fields") or []
        return {str(one.get("key")) for one in fields}

    def _page(self, typed: dict[str, str], problems: dict[str, str], status: int = 200) -> Any:
        group = self.kwargs["group"]
        shared = [
            (name, name_of(name), len(one.get("fields") or [])) for name, one in library().items()
        ]
        return self.page(
            "field_add",
            status,
            families=families(inside_group=group != "-" and self._repeats(group)),
            group=group,
            shared=shared,
            typed=typed,
            problems=problems,
        )


class PasteView(StepBase):
    """Many questions at once, from a list: one on each line, the answers behind hyphens."""

    def get(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        return self.page("paste", text="", found=[])

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        text = request.POST.get("text", "")[:50_000]
        found = guess(text, taken=editing.all_keys(self.definition), language=self.languages[0])
        for number, field in enumerate(found):
            kind = request.POST.get(f"type.{number}", "")
            if kind in FIELD_TYPES and kind != field["type"]:
                found[number] = new_field(kind, pick(field["label"]), set()) | {
                    "key": field["key"],
                    "label": field["label"],
                }
        if "_add" not in request.POST or not found:
            pairs = [(field, card(str(field["type"]))) for field in found]
            return self.page("paste", text=text, found=pairs, types=sorted_types())
        changed: Any = self.definition
        for field in found:
            changed = editing.add_field(changed, step, field)
        summary = _("%d questions added from a list") % len(found)
        return self.save(changed, summary, "step", step, said=summary)


class FieldView(StepBase):
    """Edit one question."""

    @cached_property
    def field(self) -> dict[str, Any]:
        try:
            return editing.field_at(self.definition, self.kwargs["path"])
        except NoSuchPlace as error:
            raise Http404 from error

    @cached_property
    def step(self) -> dict[str, Any]:  # type: ignore[override]
        try:
            return editing.find(self.definition, self.kwargs["path"])[0]
        except NoSuchPlace as error:
            raise Http404 from error

    @property
    def group(self) -> str:
        return self.kwargs["path"].rpartition(".")[0]

    def get(self, request: HttpRequest, pk: int, path: str) -> HttpResponse:
        if "use" in self.field:
            return redirect(self.url("step", self.step["key"]))
        return self._page(self._forms(None))

    def post(self, request: HttpRequest, pk: int, path: str) -> HttpResponse:
        if "use" in self.field:
            raise Http404
        forms = self._forms(request.POST)
        if wanted := request.POST.get("_control"):
            form = next(
                one
                for one in forms.values()
                if any(b.name == wanted for b in one) or wanted == "required_if"
            )
            bound = next((b for b in form if b.name in (wanted, "required") and b.editor), None)
            return HttpResponse(str(bound.editor) if bound else "")
        new = self._applied(forms)
        if "_preview" in request.POST:
            return self._previewed(new)
        if "_retype" in request.POST:
            return self._retyped(new)
        if any(not form.is_valid() for form in forms.values()):
            more = any(form.wants_more for form in forms.values())
            return self._page(forms, 200 if more else 422)
        changed = editing.replace_field(self.definition, path, new)
        label = pick(new.get("label")) or new["key"]
        target = f"{self.group}.{new['key']}" if self.group else new["key"]
        after = ("step", self.step["key"]) if "_back" in request.POST else ("field", target)
        said = _("Question “%s” saved.") % label
        return self.save(changed, _("Question “%s” changed") % label, *after, said=said)

    def _previewed(self, new: dict[str, Any]) -> HttpResponse:
        """Draw the telephone with what is typed, not saved."""
        changed = editing.replace_field(self.definition, self.kwargs["path"], new)
        answers = answers_of(self.request, self.eservice)
        step = str(self.step["key"])
        return HttpResponse(frame(self.request, self.eservice, changed, step, answers))

    def _retyped(self, new: dict[str, Any]) -> HttpResponse:
        """Make it a question of another type, with what was typed just now."""
        wanted = self.request.POST.get("_type", "")
        if wanted not in {one.key for one in self._types}:
            raise Http404
        path, label = self.kwargs["path"], pick(new.get("label")) or str(new["key"])
        new = retyped(new | {"key": self.field["key"]}, wanted)
        changed = editing.replace_field(self.definition, path, new)
        summary = _("Question “%s” has another type of answer") % label
        said = _("The type is changed. Look at what may be answered.")
        return self.save(changed, summary, "field", path, said=said)

    @property
    def _types(self) -> list[Card]:
        """The types that this question may become; what holds questions stays what it is."""
        if self.field.get("type") in HOLDERS:
            return []
        inside = bool(self.group)
        found = [one for _label, cards in families(inside_group=inside) for one in cards]
        return [one for one in found if one.key not in HOLDERS]

    def _applied(self, forms: dict[str, SpecForm]) -> dict[str, Any]:
        new = dict(self.field)
        for form in forms.values():
            form.entry = new
            new = form.apply()
        old = self.field["key"]
        if new.get("key") != old and new.get("key") in self._others():
            forms["more"]["key"].errors.append(_("Another question has this key."))
        return new

    def _others(self) -> set[str]:
        if not self.group:
            return editing.all_keys(self.definition)
        _step, fields, _index = editing.find(self.definition, self.kwargs["path"])
        return {str(one.get("key")) for one in fields}

    def _forms(self, data: Any) -> dict[str, SpecForm]:
        known = subjects(self.complete, before=self.kwargs["path"])
        kind = FIELD_TYPES.get(str(self.field.get("type")))
        if kind is None:
            raise Http404
        return {
            panel: SpecForm(
                controls,
                self.field,
                languages=self.languages,
                subjects=known,
                lists=self._lists,
                data=data,
            )
            for panel, controls in field_controls(kind).items()
            if controls
        }

    @cached_property
    def _lists(self) -> list[str]:
        """The lists of this form, then those that all forms share."""
        shared = CodeList.objects.values_list("key", flat=True)
        return [*(self.definition.get("lists") or {}), *shared]

    def _page(self, forms: dict[str, SpecForm], status: int = 200) -> HttpResponse:
        _step, fields, index = editing.find(self.definition, self.kwargs["path"])
        rows = [one for one in fields if "use" not in one]
        at = rows.index(fields[index])
        return self.page(
            "field",
            status,
            field=self.field,
            path=self.kwargs["path"],
            card=card(str(self.field["type"])),
            types=self._types,
            panels=[(name, PANELS[name], form) for name, form in forms.items()],
            errors=[error for form in forms.values() for error in form.errors],
            columns=group_rows(self.definition, self.field),
            previous_field=editing.path_of(rows[at - 1], self.group) if at else "",
            next_field=editing.path_of(rows[at + 1], self.group) if at + 1 < len(rows) else "",
        )


class DeleteFieldView(FieldView):
    """Delete a question, after saying who reads its answer."""

    def get(self, request: HttpRequest, pk: int, path: str) -> HttpResponse:
        name = str(self.field.get("key") or "")
        readers = uses(self.definition, name, group=self.group) if name else []
        label = pick(self.field.get("label")) or name or self.field.get("use")
        return self.page("field_delete", readers=readers, path=path, label=label)

    def post(self, request: HttpRequest, pk: int, path: str) -> HttpResponse:
        label = pick(self.field.get("label")) or self.field.get("key") or self.field.get("use")
        changed = editing.delete_field(self.definition, path)
        summary = _("Question “%s” deleted") % label
        said = _("Question “%s” deleted. It stays in the history.") % label
        return self.save(changed, summary, "step", self.step["key"], said=said)


def new_field(kind: str, label: str, taken: set[str]) -> dict[str, Any]:
    """Return a question with what its type cannot do without."""
    field: dict[str, Any] = {
        "key": editing.new_key(label, taken),
        "type": kind,
        "label": {"fr": label},
    }
    if kind in ("choice", "multi_choice"):
        field["options"] = [
            {"value": "yes", "label": {"fr": _("First answer")}},
            {"value": "no", "label": {"fr": _("Second answer")}},
        ]
    if kind == "explanation":
        field["text"] = {"fr": label}
    if kind == "pattern":
        field |= {"mask": "999999", "example": "123456"}
    if kind == "group":
        field |= {"min": 1, "max": 10, "fields": []}
    if kind == "computed":
        field["value"] = 0
    if kind == "email":
        field["required"] = False
    return field


def retyped(field: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return the question with another type: what both types know stays."""
    old, new = FIELD_TYPES.get(str(field.get("type"))), FIELD_TYPES[kind]
    allowed = COMMON_KEYS | new.config_keys | new.expression_keys
    if old is None or old.family != new.family:
        allowed -= {"min", "max"}  # a day is no number
    kept = {key: value for key, value in field.items() if key in allowed}
    start = new_field(kind, pick(field.get("label")), set())
    start.pop("required", None)
    if "list" in kept:
        start.pop("options", None)
    return {**start, **kept, "type": kind}


def sorted_types() -> list[Any]:
    return [one for _label, cards in families() for one in cards]

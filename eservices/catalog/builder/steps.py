"""One step: its questions in order, and what the step itself says."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from eservices.catalog.builder.access import EServiceView
from eservices.catalog.builder.controls import RULE, STEP
from eservices.catalog.builder.listing import field_rows
from eservices.catalog.builder.spec_form import SpecForm
from eservices.formdefs import editing
from eservices.formdefs.editing import NoSuchPlace
from eservices.formdefs.subjects import columns, subjects
from eservices.formdefs.wording import condition_words
from portal.core.texts import pick


class StepBase(EServiceView):
    """A screen inside one step."""

    section = "overview"

    @cached_property
    def step(self) -> dict[str, Any]:
        try:
            return editing.step_of(self.definition, self.kwargs["step"])
        except NoSuchPlace as error:
            raise Http404 from error

    @property
    def title(self) -> str:
        return pick(self.step.get("title")) or str(self.step["key"])

    def page(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        keys = [str(one.get("key")) for one in self.definition["steps"]]
        shared = {
            "step": self.step,
            "title": self.title,
            "number": keys.index(self.step["key"]) + 1,
        }
        return super().page(template, status, **(shared | context))


class StepView(StepBase):
    """The questions of a step: order, add, duplicate, move, delete."""

    def get(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        steps = self.definition["steps"]
        at = steps.index(self.step)
        return self.page(
            "step",
            rows=field_rows(self.definition, self.step),
            others=[one for one in steps if one is not self.step],
            previous=steps[at - 1] if at else None,
            following=steps[at + 1] if at + 1 < len(steps) else None,
            rules=rule_rows(self),
        )

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        act, _sep, path = request.POST.get("act", "").partition(":")
        try:
            changed, summary = self._change(act, path)
        except NoSuchPlace as error:
            raise Http404 from error
        if changed is None:
            return redirect(self.url("step", step))
        return self.save(changed, summary, "step", step)

    def _change(self, act: str, path: str) -> tuple[dict[str, Any] | None, str]:
        definition, key = self.definition, str(self.step["key"])
        group = path.rpartition(".")[0]
        if act == "order":
            paths = self.request.POST.getlist("order")
            changed = editing.order_fields(definition, key, paths, group=path)
            return changed, _("Questions put in another order")
        if act in ("up", "down"):
            _step, _fields, index = editing.find(definition, path)
            to = index + (1 if act == "down" else -1)
            return editing.move_field(definition, path, to), _("Questions put in another order")
        if act == "copy":
            changed, _twin = editing.duplicate_field(definition, path)
            return changed, _("Question “%s” duplicated") % path
        if act == "write_out":
            return editing.write_out(definition, path), _("Shared group written out")
        if act == "to" and not group and (target := self.request.POST.get(f"to.{path}")):
            changed = editing.move_to_step(definition, path, target)
            return changed, _("Question “%s” moved to another step") % path
        return None, ""


class StepSettingsView(StepBase):
    """What the step says: its title, its introduction, when it is shown."""

    def get(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        return self._form(self._bound(None))

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        if "_delete" in request.POST:
            changed = editing.delete_step(self.definition, step)
            return self.save(changed, _("Step “%s” deleted") % self.title, "overview")
        form = self._bound(request.POST)
        if "_control" in request.POST:
            return HttpResponse(str(form[request.POST["_control"]].editor))
        new = form.apply()
        keys = {str(one["key"]) for one in self.definition["steps"]} - {step}
        if new.get("key") in keys:
            form["key"].errors.append(_("Another step has this key."))
        if not form.is_valid():
            return self._form(form, 200 if form.wants_more else 422)
        changed = editing.replace_step(self.definition, step, new)
        return self.save(changed, _("Step “%s” changed") % self.title, "step", new["key"])

    def _bound(self, data: Any) -> SpecForm:
        known = subjects(self.complete, before=f"step/{self.step['key']}")
        return SpecForm(STEP, self.step, languages=self.languages, subjects=known, data=data)

    def _form(self, form: SpecForm, status: int = 200) -> HttpResponse:
        return self.page("step_settings", status, form=form)


class RuleView(StepBase):
    """A rule over several answers, with its message. `group` is a repeated group, or “-”."""

    @property
    def holder(self) -> dict[str, Any]:
        group = self.kwargs["group"]
        try:
            return self.step if group == "-" else editing.field_at(self.definition, group)
        except NoSuchPlace as error:
            raise Http404 from error

    @property
    def rules(self) -> list[dict[str, Any]]:
        return list(self.holder.get("rules") or [])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._form(self._bound(None))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rules, index = self.rules, kwargs["index"]
        if "_delete" in request.POST and index < len(rules):
            del rules[index]
            return self._save(rules, _("Rule deleted"))
        form = self._bound(request.POST)
        if "_control" in request.POST:
            return HttpResponse(str(form[request.POST["_control"]].editor))
        if not form.is_valid():
            return self._form(form, 200 if form.wants_more else 422)
        rules[index : index + 1] = [form.apply()]
        return self._save(rules, _("Rule changed"))

    def _save(self, rules: list[dict[str, Any]], summary: str) -> HttpResponse:
        group, step = self.kwargs["group"], str(self.step["key"])
        new = {**self.holder, "rules": rules}
        if not rules:
            del new["rules"]
        if group == "-":
            changed = editing.replace_step(self.definition, step, new)
        else:
            changed = editing.replace_field(self.definition, group, new)
        return self.save(changed, summary, "step", step)

    def _bound(self, data: Any) -> SpecForm:
        group, rules = self.kwargs["group"], self.rules
        index = self.kwargs["index"]
        if index > len(rules):
            raise Http404
        known = subjects_of_rules(self, group)
        entry = rules[index] if index < len(rules) else {}
        return SpecForm(RULE, entry, languages=self.languages, subjects=known, data=data)

    def _form(self, form: SpecForm, status: int = 200) -> HttpResponse:
        is_new = self.kwargs["index"] >= len(self.rules)
        return self.page("rule", status, form=form, is_new=is_new)


def subjects_of_rules(view: StepBase, group: str) -> list[Any]:
    """Return what a rule may read: all that stands up to the end of its step."""
    steps = view.definition["steps"]
    at = steps.index(view.step)
    until = f"step/{steps[at + 1]['key']}" if at + 1 < len(steps) else None
    before = subjects(view.complete, before=until)
    return before if group == "-" else [*columns(view.complete, group), *before]


def rule_rows(view: StepBase) -> list[dict[str, Any]]:
    """Return the rules of a step and of its groups, in words."""
    rows = []
    groups = [one for one in view.step.get("fields") or [] if one.get("type") == "group"]
    for name, holder in [("-", view.step), *((str(one["key"]), one) for one in groups)]:
        known = {one.path: one for one in subjects_of_rules(view, name)}
        for index, rule in enumerate(holder.get("rules") or []):
            rows.append(
                {
                    "group": name,
                    "index": index,
                    "message": pick(rule.get("message")),
                    "require": condition_words(rule.get("require"), known),
                    "when": condition_words(rule["when"], known) if "when" in rule else "",
                }
            )
    return rows

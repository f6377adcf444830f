"""What changed between two definitions, in words for people who never see the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eservices.formdefs.editing import fields_of
from eservices.formdefs.formulas import show
from eservices.formdefs.groups import name_of
from eservices.formdefs.merging import named
from eservices.formdefs.subjects import Subject, subjects
from eservices.formdefs.texts import LANGUAGES
from eservices.formdefs.types import FIELD_TYPES
from eservices.formdefs.wording import condition_words
from portal.core.texts import pick

Definition = Mapping[str, Any]
CONDITIONS = ("show_if", "required_if", "require", "when")
NAMES: dict[str, str | Promise] = {
    "label": gettext_lazy("text"),
    "title": gettext_lazy("title"),
    "summary": gettext_lazy("summary"),
    "help": gettext_lazy("help"),
    "intro": gettext_lazy("introduction"),
    "text": gettext_lazy("text"),
    "show_if": gettext_lazy("condition"),
    "required_if": gettext_lazy("condition of obligation"),
    "required": gettext_lazy("obligation"),
    "options": gettext_lazy("answers to choose from"),
    "type": gettext_lazy("type of answer"),
    "min": gettext_lazy("smallest value"),
    "max": gettext_lazy("greatest value"),
    "max_length": gettext_lazy("greatest length"),
    "value": gettext_lazy("formula"),
    "unit": gettext_lazy("amount"),
    "quantity": gettext_lazy("quantity"),
    "rules": gettext_lazy("rules"),
    "delay": gettext_lazy("delay"),
    "offices": gettext_lazy("offices"),
    "routing": gettext_lazy("choice of the office"),
    "declaration": gettext_lazy("declaration on honour"),
    "languages": gettext_lazy("languages"),
    "retention": gettext_lazy("retention"),
    "circuit": gettext_lazy("circuit"),
    "same_person": gettext_lazy("who examined may sign as well"),
    "contact": gettext_lazy("how the person is reached"),
    "currency": gettext_lazy("currency"),
    "quota": gettext_lazy("number of requests"),
    "tests": gettext_lazy("test answers"),
    "fee_note": gettext_lazy("note below the price"),
    "complement": gettext_lazy("complements"),
    "refusal": gettext_lazy("refusals"),
    "personal": gettext_lazy("personal data"),
}
LISTS: dict[str, tuple[str | Promise, str]] = {
    "pieces": (gettext_lazy("Pieces"), "pieces"),
    "fees": (gettext_lazy("Fee"), "fees"),
    "complement.reasons": (gettext_lazy("Reasons for a complement"), "complement"),
    "refusal.motives": (gettext_lazy("Motives of refusal"), "refusal"),
    "documents": (gettext_lazy("Documents"), "documents"),
    "circuit.stages": (gettext_lazy("Circuit"), "circuit"),
}


@dataclass(frozen=True, slots=True)
class Change:
    kind: Literal["added", "removed", "changed", "moved"]
    place: str
    words: str


def changes(before: Definition, after: Definition) -> list[Change]:
    """Return what a reader would notice, in the order of the form."""
    return list(_Comparison(before, after).all())


class _Comparison:
    def __init__(self, before: Definition, after: Definition) -> None:
        self.before, self.after = before, after
        self.old_names = {one.path: one for one in subjects(before)}
        self.new_names = {one.path: one for one in subjects(after)}

    def all(self) -> Iterator[Change]:
        yield from self.root()
        yield from self.steps()
        yield from self.fields()
        for path, (label, _root) in LISTS.items():
            yield from self.entries(path, str(label))

    def root(self) -> Iterator[Change]:
        listed = {root for _label, root in LISTS.values()} | {"steps"}
        for key in dict.fromkeys([*self.before, *self.after]):
            old, new = self.before.get(key), self.after.get(key)
            if key in listed and key not in ("complement", "refusal", "circuit"):
                continue
            if key in ("complement", "refusal", "circuit"):
                old, new = _without_lists(old), _without_lists(new)
            if old != new:
                yield Change("changed", _("The e-service"), self.words(key, old, new))

    def steps(self) -> Iterator[Change]:
        old, new = named(self.before.get("steps")) or {}, named(self.after.get("steps")) or {}
        for key, step in new.items():
            name = pick(step.get("title")) or key
            if key not in old:
                yield Change("added", _("Steps"), _("Step “%s” added") % name)
                continue
            for entry in dict.fromkeys([*old[key], *step]):
                if entry != "fields" and old[key].get(entry) != step.get(entry):
                    words = self.words(entry, old[key].get(entry), step.get(entry))
                    yield Change("changed", _("Step “%s”") % name, words)
        for key, step in old.items():
            if key not in new:
                name = pick(step.get("title")) or key
                yield Change("removed", _("Steps"), _("Step “%s” removed") % name)
        if [key for key in old if key in new] != [key for key in new if key in old]:
            yield Change("moved", _("Steps"), _("The steps are in another order"))

    def fields(self) -> Iterator[Change]:
        old = {path: (step, field) for step, path, field in fields_of(self.before)}
        new = {path: (step, field) for step, path, field in fields_of(self.after)}
        titles = {
            str(one.get("key")): pick(one.get("title")) for one in self.after.get("steps") or []
        }
        for path, (step, field) in new.items():
            name = _name(field, path)
            if path not in old:
                place = _("Step “%s”") % (titles.get(step) or step)
                yield Change("added", place, _("Question “%s” added") % name)
                continue
            was_in, was = old[path]
            if was_in != step and was_in in titles:
                words = _("Question “%(name)s” moved to the step “%(step)s”")
                yield Change("moved", _("Steps"), words % {"name": name, "step": titles[step]})
            for entry in dict.fromkeys([*was, *field]):
                if entry != "fields" and was.get(entry) != field.get(entry):
                    words = self.words(entry, was.get(entry), field.get(entry))
                    yield Change("changed", _("Question “%s”") % name, words)
        for path, (_step, field) in old.items():
            if path not in new:
                words = _("Question “%s” removed") % _name(field, path)
                yield Change("removed", _("Questions"), words)
        yield from self.order(old, new, titles)

    def order(self, old: Any, new: Any, titles: Mapping[str, str]) -> Iterator[Change]:
        for step, title in titles.items():
            first = [path for path, (where, _f) in old.items() if where == step and path in new]
            second = [path for path, (where, _f) in new.items() if where == step and path in old]
            both = set(first) & set(second)
            if [p for p in first if p in both] != [p for p in second if p in both]:
                yield Change(
                    "moved", _("Step “%s”") % title, _("The questions are in another order")
                )

    def entries(self, path: str, place: str) -> Iterator[Change]:
        old, new = named(_at(self.before, path)) or {}, named(_at(self.after, path)) or {}
        for key, entry in new.items():
            name = _name(entry, key)
            if key not in old:
                yield Change("added", place, _("“%s” added") % name)
                continue
            for part in dict.fromkeys([*old[key], *entry]):
                if old[key].get(part) != entry.get(part):
                    words = self.words(part, old[key].get(part), entry.get(part))
                    yield Change("changed", f"{place}, « {name} »", words)
        for key, entry in old.items():
            if key not in new:
                yield Change("removed", place, _("“%s” removed") % _name(entry, key))

    def words(self, key: str, old: Any, new: Any) -> str:
        name = str(NAMES.get(key, key)).capitalize()
        if key in ("options", "rules", "stages", "tests"):
            return self.list_words(name, old, new)
        before = self.value(key, old, self.old_names)
        after = self.value(key, new, self.new_names)
        if before == after:
            return _("%s changed") % name
        return _("%(name)s: %(before)s → %(after)s") % {
            "name": name,
            "before": before or _("nothing"),
            "after": after or _("nothing"),
        }

    def list_words(self, name: str, old: Any, new: Any) -> str:
        before, after = named(old) or {}, named(new) or {}
        added = [_name(one, key) for key, one in after.items() if key not in before]
        gone = [_name(one, key) for key, one in before.items() if key not in after]
        parts = []
        if added:
            text = ngettext("“%s” added", "%s added", len(added))
            parts.append(text % ", ".join(added))
        if gone:
            text = ngettext("“%s” removed", "%s removed", len(gone))
            parts.append(text % ", ".join(gone))
        return f"{name} : {' ; '.join(parts)}" if parts else _("%s changed") % name

    def value(self, key: str, value: Any, names: Mapping[str, Subject]) -> str:
        if value is None:
            return _("required") if key == "required" else ""
        if key == "type":
            kind = FIELD_TYPES.get(str(value))
            return str(kind.label) if kind else str(value)
        if key == "required":
            return _("required") if value else _("optional")
        if key in CONDITIONS:
            return condition_words(value, names)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, Mapping) and value and set(value) <= LANGUAGES:
            return f"« {_short(pick(value))} »"
        if key in ("min", "max", "value", "unit", "quantity", "routing"):
            return show(value)
        if isinstance(value, Mapping):
            return ", ".join(
                f"{NAMES.get(one, one)}: {self.value(one, text, names)}"
                if isinstance(text, bool)
                else f"{one} {text}"
                for one, text in value.items()
                if not isinstance(text, (Mapping, list))
            )
        if isinstance(value, list):
            return ", ".join(str(one) for one in value if not isinstance(one, (Mapping, list)))
        return _short(str(value))


def _without_lists(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {key: one for key, one in value.items() if not isinstance(one, list)}


def _at(definition: Definition, path: str) -> Any:
    value: Any = definition
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _name(entry: Mapping[str, Any], fallback: str) -> str:
    borrowed = name_of(str(entry["use"])) if "use" in entry else ""
    return _short(pick(entry.get("label")) or pick(entry.get("title")) or borrowed or fallback)


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:87]}…"

"""A step as a Django form: only the fields that are shown, hidden ones never read."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.utils.safestring import SafeString

from eservices.formdefs.rendering import render_fields
from eservices.formdefs.spec import (
    Answers,
    CompiledSpec,
    FieldSpec,
    Question,
    Rule,
    State,
    StepSpec,
)
from eservices.formdefs.types.layout import Group
from eservices.formdefs.walk import check_questions, flat, from_raw, from_stored, kept, walk
from portal.core.texts import pick

ACTIONS = ("_add:", "_remove:", "_refresh")


class QuestionField(forms.Field):
    """What Django's own tools see of a question; reading and checking are the engine's."""

    widget = forms.HiddenInput


class StepForm(forms.Form):
    """The questions of one step (or of one correction), bound or not.

    `wants_more()`: show the step again, nothing is wrong yet (a row came or went, an answer revealed
    new questions). `answers()`: what to merge into the stored answers, null for what is now empty.
    """

    def __init__(
        self,
        spec: CompiledSpec,
        fields: Iterable[FieldSpec],
        rules: Iterable[Rule],
        state: State,
        answers: Answers,
        *,
        language: str,
        step: StepSpec | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data=data)
        self.is_objected = False
        self.spec, self.step, self.language = spec, step, language
        self.specs, self.rules, self.state = tuple(fields), tuple(rules), state
        self.before = {key: state.values.get(key) for key in (step.shipped if step else ())}
        self.action = self._action()
        given = self._posted(answers) if self.is_bound else self._stored(answers)
        reader = from_raw if self.is_bound else from_stored
        self.questions = walk(self.specs, given, state, reader, hidden=True)
        self.shown = [one for one in flat(self.questions) if one.shown]
        if self.is_bound:
            self._mark_new()
            for one in self.shown:
                if one.field.type.from_elsewhere:  # filled in when the step is kept
                    one.errors = []
        del self.__dict__["fields"]

    @cached_property
    def fields(self) -> dict[str, forms.Field]:  # type: ignore[override]
        """What Django's tools ask for, by path; a form that is only drawn is never asked."""
        seen = {id(one.field): one.field for one in self.shown if one.field.type.asks}
        named = {
            key: QuestionField(required=False, label=pick(field.config.get("label"), self.language))
            for key, field in seen.items()
        }
        # The rows of a group share what is said of a column.
        return {one.path: named[id(one.field)] for one in self.shown if id(one.field) in named}

    @property
    def title(self) -> str:
        return pick(self.step.title, self.language) if self.step else ""

    @property
    def intro(self) -> str:
        return pick(self.step.intro, self.language) if self.step else ""

    @property
    def has_new_questions(self) -> bool:
        return any(one.is_new for one in self.shown)

    def wants_more(self) -> bool:
        return bool(self.action) or self.has_new_questions

    def is_valid(self) -> bool:
        return super().is_valid() and not self.wants_more()

    def answers(self) -> dict[str, Any]:
        """Return the answers without fault, null for every question that is empty or hidden."""
        faulty = {path.partition(".")[0] for path in self.errors}
        empty = {one.key: None for one in self.specs if one.type.asks and one.key not in faulty}
        right = kept((one for one in self.questions), computed=False)
        return empty | {key: value for key, value in right.items() if key not in faulty}

    def object_to(self, path: str, texts: list[str]) -> None:
        """Add what only the outside knows against an answer, also to a form that was not sent."""
        question = next((one for one in self.shown if one.path == path), None)
        if path in self.fields and question is not None:
            question.errors += texts
        self.add_error(path if path in self.fields else None, texts)
        self.is_objected = True

    def full_clean(self) -> None:
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}
        if not self.is_bound:
            return
        self.cleaned_data = {one.path: one.value for one in self.shown if one.field.type.asks}
        if self.action:
            self._tell_of_the_searched()
            return
        loose = check_questions(self.questions, self.state, self.rules)
        if loose:
            self._errors["__all__"] = ErrorList(loose, renderer=self.renderer)
        for one in self.shown:
            if one.errors and not one.is_new:
                self._errors[one.path] = ErrorList(one.errors, renderer=self.renderer)

    def _tell_of_the_searched(self) -> None:
        """After "search" only the question searched is held against the person."""
        searched = self.action.removeprefix("_refresh:")
        for one in self.shown:
            if one.path == searched and one.errors:
                self._errors[one.path] = ErrorList(one.errors, renderer=self.renderer)

    def as_fields(self) -> SafeString:
        """Return the HTML of all questions, errors beside them."""
        return render_fields(self)

    # --- What was posted -----------------------------------------------------------------------
    def _action(self) -> str:
        return next((name for name in self.data if name.startswith(ACTIONS)), "")

    def _posted(self, answers: Answers) -> dict[str, Any]:
        raw = {}
        for field in self.specs:
            if field.fields:
                raw[field.key] = self._rows(field)
            elif field.type.from_elsewhere:
                raw[field.key] = field.type.to_raw(answers.get(field.key))
            elif field.type.asks:
                raw[field.key] = field.type.read(self.data, field.key)
        return raw

    def _rows(self, field: FieldSpec) -> list[dict[str, Any]]:
        """Return the rows as typed, one more or one less when a button asked so."""
        assert isinstance(field.type, Group)
        least, most = field.type.least(field), field.type.most(field)
        count = min(self._row_count(field), most + 1)
        rows = [
            {sub.key: sub.type.read(self.data, f"{field.key}.{index}.{sub.key}") for sub in field.fields
             if sub.type.asks}
            for index in range(count)
        ]  # fmt: skip
        if field.is_live and not self._was_on_page(field.key):
            return [{}] * least  # this very post reveals it: it opens with its first entries
        verb, _, rest = self.action.partition(":")
        key, _, index = rest.partition(":")
        if key != field.key:
            return rows if self.action else self._without_blank(field, rows, least)
        if verb == "_add" and count < most:
            return [*rows, {}]
        if verb == "_remove" and index.isdecimal() and int(index) < count and count > least:
            return [row for at, row in enumerate(rows) if at != int(index)]
        return rows

    def _row_count(self, field: FieldSpec) -> int:
        start = f"{field.key}."
        named = (name.split(".")[1] for name in self.data if name.startswith(start))
        indexes = [int(one) + 1 for one in named if one.isdecimal() and len(one) < 5]
        told = self.data.get(f"{field.key}.rows") or ""
        return max([*indexes, int(told) if str(told).isdecimal() and len(told) < 5 else 0])

    def _without_blank(self, field: FieldSpec, rows: list[dict], least: int) -> list[dict]:
        """Drop the rows that were left empty, as long as enough remain."""
        filled = [
            row
            for row in rows
            if any(not sub.type.is_blank(row.get(sub.key)) for sub in field.fields if sub.type.asks)
        ]
        return filled + [{}] * (min(least, len(rows)) - len(filled))

    def _stored(self, answers: Answers) -> Answers:
        """Return the answers, with as many empty rows as a group must have."""
        padded = {}
        for field in self.specs:
            if isinstance(field.type, Group):
                rows = field.type.to_raw(answers.get(field.key))
                padded[field.key] = rows + [{}] * (field.type.least(field) - len(rows))
        return {**answers, **padded} if padded else answers

    def _mark_new(self) -> None:
        """Find the questions that this post revealed: the page it comes from did not hold them."""
        for question in self.questions:
            if "count" in question.field.expressions:
                for index, row in enumerate(question.rows):
                    self._mark_new_row(f"{question.path}.{index}.", row)
        for one in self.shown:
            if one.field.is_live and not self._was_on_page(one.path):
                for each in flat([one]):
                    each.is_new, each.errors = True, []

    def _mark_new_row(self, start: str, row: list[Question]) -> None:
        if not any(name.startswith(start) for name in self.data):
            for one in row:
                one.is_new, one.errors = True, []

    @cached_property
    def _asked(self) -> set[str]:
        """The questions that the page says it asked, answered or not."""
        get_all = getattr(self.data, "getlist", None)
        told = get_all("_asked") if get_all else self.data.get("_asked") or []
        return {told} if isinstance(told, str) else set(told)

    def _was_on_page(self, path: str) -> bool:
        start = f"{path}."
        return (
            path in self._asked
            or path in self.data
            or any(name.startswith(start) for name in self.data)
        )

"""A form over one entry of a definition, made from its controls: read, check, write back."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _

from eservices.catalog.builder.bound import Bound, Refused
from eservices.catalog.builder.condition_editor import ConditionEditor
from eservices.catalog.builder.controls import Control
from eservices.catalog.builder.options_control import read_options, show_options
from eservices.catalog.builder.said_control import SaidControl
from eservices.formdefs import editing, formulas
from eservices.formdefs.formulas import BadFormula
from eservices.formdefs.lint import KEY, RESERVED
from eservices.formdefs.subjects import Subject
from portal.core.expressions import validate
from portal.core.money import EXPONENTS

LANGUAGE_NAMES = dict(settings.LANGUAGES)
DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
MAX_TEXT = 20_000


class SpecForm:
    """The controls of one entry. `apply` returns the entry with what was typed."""

    def __init__(
        self,
        controls: Iterable[Control],
        entry: Mapping[str, Any],
        *,
        languages: Sequence[str],
        subjects: Sequence[Subject] = (),
        lists: Sequence[str] = (),
        data: QueryDict | None = None,
        refresh_url: str = "",
        offices: Sequence[tuple[str, str]] = (),
        is_fixed: bool = False,
    ) -> None:
        self.offices, self.is_fixed = offices, is_fixed
        self.entry, self.languages, self.subjects = entry, list(languages), subjects
        self.lists, self.data, self.refresh_url = lists, data, refresh_url
        self.values: dict[str, Any] = {}
        self.wants_more = False
        self.bound = [self._bind(control) for control in controls]

    def __iter__(self) -> Any:
        return iter(self.bound)

    def __getitem__(self, name: str) -> Bound:
        for one in self.bound:
            if one.name == name:
                return one
        raise KeyError(name)

    def condition(self, name: str) -> ConditionEditor | None:
        """Return the control of that condition, wherever in the form it stands."""
        editors = [one.editor for one in self.bound]
        editors += [getattr(row, "editor", None) for one in self.bound for row in one.rows]
        return next((one for one in editors if one is not None and one.name == name), None)

    @property
    def errors(self) -> list[tuple[str, str]]:
        return [(one.id, error) for one in self.bound for error in one.errors]

    def is_valid(self) -> bool:
        return self.data is not None and not self.wants_more and not self.errors

    def apply(self) -> dict[str, Any]:
        """Return a copy of the entry with the values typed; what is empty is left out."""
        changed = dict(self.entry)
        # What holds others comes before them: `data`, then `data.lines`.
        for name, value in sorted(self.values.items(), key=lambda one: one[0].count(".")):
            changed = editing.put(changed, name, None if value is False else value)
            if value is False:
                changed = {**changed, name: False}
        return changed

    # --- Binding -------------------------------------------------------------------------------
    def _bind(self, control: Control) -> Bound:
        one = Bound(control, choices=control.choices)
        stored = editing.at(self.entry, control.name)
        show, read = KINDS[control.kind]
        show(self, one, stored)
        if self.data is not None:
            try:
                read(self, one, self.data)
            except Refused as error:
                one.errors.append(str(error))
        return one

    def keep(self, one: Bound, value: Any) -> None:
        if one.control.required and value in (None, "", {}, []):
            raise Refused(_("Fill in “%s”.") % one.control.label)
        self.values[one.name] = value

    # --- Texts in several languages ----------------------------------------------------------------
    def show_texts(self, one: Bound, stored: Any) -> None:
        texts = stored if isinstance(stored, Mapping) else {"fr": stored or ""}
        one.texts = [
            (f"{one.name}.{code}", code, str(LANGUAGE_NAMES.get(code, code)), texts.get(code, ""))
            for code in self.languages
        ]

    def read_texts(self, one: Bound, data: QueryDict) -> None:
        typed = {code: data.get(name, "").strip()[:MAX_TEXT] for name, code, _w, _t in one.texts}
        typed = {code: text.replace("\r\n", "\n") for code, text in typed.items()}
        one.texts = [(name, code, words, typed[code]) for name, code, words, _t in one.texts]
        if one.control.required and not typed.get(self.languages[0]):
            raise Refused(_("Write “%s” in the first language.") % one.control.label)
        stored = editing.at(self.entry, one.name)
        others = {
            code: text
            for code, text in (stored.items() if isinstance(stored, Mapping) else ())
            if code not in typed
        }
        self.keep(one, others | {code: text for code, text in typed.items() if text})

    # --- Plain values ------------------------------------------------------------------------------
    def show_plain(self, one: Bound, stored: Any) -> None:
        one.value = "" if stored is None else stored

    def read_line(self, one: Bound, data: QueryDict) -> None:
        one.value = data.get(one.name, "").strip().replace("\r\n", "\n")[:MAX_TEXT]
        if one.control.most and len(one.value) > one.control.most:
            raise Refused(_("At most %d characters.") % one.control.most)
        self.keep(one, one.value)

    def read_key(self, one: Bound, data: QueryDict) -> None:
        one.value = data.get(one.name, "").strip().lower()
        if not one.value and self.entry.get(one.name):
            one.value = self.entry[one.name]
        if one.value and (not KEY.fullmatch(one.value) or one.value in RESERVED):
            raise Refused(
                _("A key begins with a letter and holds small letters, figures and _ only.")
            )
        self.keep(one, one.value)

    def read_whole(self, one: Bound, data: QueryDict) -> None:
        one.value = data.get(one.name, "").strip()
        control = one.control
        if not one.value:
            return self.keep(one, None)
        plain = one.value.replace(" ", "").replace("\u202f", "").replace("\xa0", "")
        number = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 16 else None
        if number is None or not (control.least or 0) <= number <= (control.most or 10**12):
            raise Refused(
                _("“%(label)s” is a whole number from %(least)s to %(most)s.")
                % {"label": control.label, "least": control.least or 0, "most": control.most or "…"}
            )
        return self.keep(one, number)

    def read_bool(self, one: Bound, data: QueryDict) -> None:
        one.value = data.get(one.name) == "1"
        stored = editing.at(self.entry, one.name)
        self.keep(one, True if one.value else False if stored is False else None)

    def read_choice(self, one: Bound, data: QueryDict) -> None:
        one.value = data.get(one.name, "")
        if one.value and one.value not in dict(one.choices):
            raise Refused(_("Choose one of the answers of the list."))
        self.keep(one, one.value)

    def read_many(self, one: Bound, data: QueryDict) -> None:
        known = [value for value, _label in one.choices]
        one.value = [value for value in known if value in data.getlist(one.name)]
        self.keep(one, one.value)

    def show_formats(self, one: Bound, stored: Any) -> None:
        one.value = stored if isinstance(stored, str) else "\n".join(stored or [])

    def read_formats(self, one: Bound, data: QueryDict) -> None:
        self.read_lines(one, data)
        lines = self.values[one.name]
        self.values[one.name] = lines[0] if len(lines) == 1 else lines

    def show_lines(self, one: Bound, stored: Any) -> None:
        one.value = "\n".join(map(str, stored)) if isinstance(stored, list) else ""

    def read_lines(self, one: Bound, data: QueryDict) -> None:
        one.value = data.get(one.name, "")
        self.keep(one, [line.strip() for line in one.value.splitlines() if line.strip()][:500])

    # --- Logic -------------------------------------------------------------------------------------
    def show_condition(self, one: Bound, stored: Any) -> None:
        control = one.control
        one.editor = ConditionEditor(
            control.name,
            stored,
            self.subjects,
            data=self.data,
            label=control.label,
            none_label=control.none_label,
            refresh_url=self.refresh_url,
        )

    def read_condition(self, one: Bound, data: QueryDict) -> None:
        assert one.editor is not None
        self.wants_more = self.wants_more or one.editor.wants_more
        if not one.editor.wants_more:
            one.errors += one.editor.problems
        self.keep(one, one.editor.expression)

    def show_formula(self, one: Bound, stored: Any) -> None:
        one.value = (
            stored
            if isinstance(stored, str)
            else formulas.show(stored)
            if stored is not None
            else ""
        )

    def read_formula(self, one: Bound, data: QueryDict) -> None:
        one.value = data.get(one.name, "").strip()[:2000]
        try:
            value = (
                one.value
                if DATE.fullmatch(one.value) and "-" in one.value
                else formulas.parse(one.value)
            )
        except BadFormula as error:
            raise Refused(str(error)) from error
        if value is not None and (problems := validate(value)):
            raise Refused("; ".join(problems))
        self.values[one.name] = value
        if one.control.required and value is None:
            raise Refused(_("Fill in “%s”.") % one.control.label)

    def show_obligation(self, one: Bound, stored: Any) -> None:
        condition = self.entry.get("required_if")
        one.value = "sometimes" if condition is not None else "no" if stored is False else "yes"
        one.editor = ConditionEditor(
            "required_if",
            condition,
            self.subjects,
            data=self.data,
            none_label=_("Never"),
            refresh_url=self.refresh_url,
        )

    def read_obligation(self, one: Bound, data: QueryDict) -> None:
        assert one.editor is not None
        one.value = data.get(one.name, "yes")
        self.wants_more = self.wants_more or one.editor.wants_more
        condition = one.editor.expression if one.value == "sometimes" else None
        if one.value == "sometimes" and not one.editor.wants_more:
            one.errors += one.editor.problems
            if condition is None and not one.editor.problems:
                one.errors.append(_("Say in which cases an answer is required."))
        self.values["required_if"] = condition
        self.values["required"] = False if one.value == "no" else None

    # --- Choices -----------------------------------------------------------------------------------
    def show_options(self, one: Bound, stored: Any) -> None:
        table = show_options(stored, self.languages)
        one.rows, one.value = table.rows, table.text

    def read_options(self, one: Bound, data: QueryDict) -> None:
        stored = editing.at(self.entry, one.name) or []
        table = read_options(one.name, data, self.languages, stored)
        one.rows, one.value = table.rows, table.text
        self.wants_more = self.wants_more or table.wants_more
        one.errors += table.problems
        self.values[one.name] = table.options

    # --- What a document says ----------------------------------------------------------------------
    def show_said(self, one: Bound, stored: Any) -> None:
        one.rows = self._said(one).show(stored)
        one.choices = [(s.path, s.label) for s in self.subjects if s.columns]

    def read_said(self, one: Bound, data: QueryDict) -> None:
        said = self._said(one).read(data, editing.at(self.entry, one.name))
        one.rows, self.values[one.name] = said.rows, said.stored
        one.errors += [] if said.wants_more else said.problems
        self.wants_more = self.wants_more or said.wants_more

    def _said(self, one: Bound) -> SaidControl:
        def edit(name: str, condition: Any, data: QueryDict | None) -> ConditionEditor:
            return ConditionEditor(
                name, condition, self.subjects, data=data, refresh_url=self.refresh_url
            )

        return SaidControl(one.control.kind, one.name, self.languages, edit)

    def show_list_name(self, one: Bound, stored: Any) -> None:
        one.value = stored or ""
        one.choices = [("", _("None")), *((name, name) for name in self.lists)]
        if stored and stored not in self.lists:
            one.choices = [*one.choices, (stored, stored)]

    def show_subject(self, one: Bound, stored: Any) -> None:
        one.value = stored or ""
        one.choices = [
            ("", _("Above the questions")),
            *((s.path.removeprefix("row."), s.label) for s in self.subjects),
        ]

    def show_keys(self, one: Bound, stored: Any) -> None:
        one.value = list(stored or [])
        one.choices = [(s.path, s.label) for s in self.subjects if s.kind in ("text", "value")]

    def show_currency(self, one: Bound, stored: Any) -> None:
        one.value, one.choices = stored, [(code, code) for code in sorted(EXPONENTS)]

    def read_slug(self, one: Bound, data: QueryDict) -> None:
        typed = data.get(one.name, "").strip()
        one.value = typed or one.value
        if slugify(one.value) != one.value or not one.value:
            raise Refused(_("Small letters, figures and hyphens only."))
        if self.is_fixed and one.value != self.entry.get(one.name):
            raise Refused(_("The address is fixed: people and pages know it."))
        self.keep(one, one.value)

    # --- Offices -----------------------------------------------------------------------------------
    def show_offices(self, one: Bound, stored: Any) -> None:
        one.value = list(stored or [])
        known = dict(self.offices)
        lost = [(code, _("%s (unknown here)") % code) for code in one.value if code not in known]
        one.choices = [*self.offices, *lost]

    def show_routing(self, one: Bound, stored: Any) -> None:
        """One office, or the one that an answer names; any other rule stays as it is."""
        offices = [(json.dumps(code), name) for code, name in self.offices]
        answers = [
            (json.dumps({"var": s.path}), _("The answer to “%s”") % s.label)
            for s in self.subjects
            if s.kind == "choice"
        ]
        one.value = "" if stored is None else json.dumps(stored)
        one.choices = [("", _("The first of the list")), *answers, *offices]
        if one.value and one.value not in dict(one.choices):
            one.choices = [(one.value, _("A rule: %s") % formulas.show(stored)), *one.choices]

    def read_routing(self, one: Bound, data: QueryDict) -> None:
        one.value = data.get(one.name, "")
        if one.value and one.value not in dict(one.choices):
            raise Refused(_("Choose one of the answers of the list."))
        self.keep(one, json.loads(one.value) if one.value else None)

    def show_json(self, one: Bound, stored: Any) -> None:
        one.value = "" if stored is None else json.dumps(stored, ensure_ascii=False, indent=1)

    def read_json(self, one: Bound, data: QueryDict) -> None:
        one.value = data.get(one.name, "").strip()[:MAX_TEXT]
        try:
            self.keep(one, json.loads(one.value) if one.value else None)
        except ValueError as error:
            raise Refused(_("This is not JSON: check the brackets and the quotes.")) from error


Show = Callable[[SpecForm, Bound, Any], None]
Read = Callable[[SpecForm, Bound, QueryDict], None]
KINDS: dict[str, tuple[Show, Read]] = {
    "texts": (SpecForm.show_texts, SpecForm.read_texts),
    "long_texts": (SpecForm.show_texts, SpecForm.read_texts),
    "line": (SpecForm.show_plain, SpecForm.read_line),
    "long": (SpecForm.show_plain, SpecForm.read_line),
    "key": (SpecForm.show_plain, SpecForm.read_key),
    "whole": (SpecForm.show_plain, SpecForm.read_whole),
    "bool": (SpecForm.show_plain, SpecForm.read_bool),
    "choice": (SpecForm.show_plain, SpecForm.read_choice),
    "many": (SpecForm.show_plain, SpecForm.read_many),
    "lines": (SpecForm.show_lines, SpecForm.read_lines),
    "formats": (SpecForm.show_formats, SpecForm.read_formats),
    "condition": (SpecForm.show_condition, SpecForm.read_condition),
    "formula": (SpecForm.show_formula, SpecForm.read_formula),
    "obligation": (SpecForm.show_obligation, SpecForm.read_obligation),
    "options": (SpecForm.show_options, SpecForm.read_options),
    "list_name": (SpecForm.show_list_name, SpecForm.read_choice),
    "subject": (SpecForm.show_subject, SpecForm.read_choice),
    "keys": (SpecForm.show_keys, SpecForm.read_many),
    "currency": (SpecForm.show_currency, SpecForm.read_choice),
    "slug": (SpecForm.show_plain, SpecForm.read_slug),
    "offices": (SpecForm.show_offices, SpecForm.read_many),
    "routing": (SpecForm.show_routing, SpecForm.read_routing),
    "json": (SpecForm.show_json, SpecForm.read_json),
    **dict.fromkeys(("passages", "facts", "values"), (SpecForm.show_said, SpecForm.read_said)),
}

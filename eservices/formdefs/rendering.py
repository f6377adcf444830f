"""HTML of a step: each question with its label, help, error and control, linked together."""

import json
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eservices.formdefs import stencils
from eservices.formdefs.controls import Control, tag
from eservices.formdefs.spec import FieldSpec, Question
from eservices.formdefs.stencils import Stencil
from eservices.formdefs.types.layout import Group
from portal.core.expressions import Expression
from portal.core.texts import pick

if TYPE_CHECKING:
    from eservices.formdefs.forms import StepForm


def render_fields(form: "StepForm") -> SafeString:
    """Return all questions. Without errors and new questions it says nothing more."""
    form.errors  # noqa: B018 - the check of rules puts its messages beside the questions
    parts: list[Any] = []
    if any(one.field.fields for one in form.questions):
        # Enter in a text box presses the first button of the form: it must not be "remove".
        hidden = {"type": "submit", "class": "g-visually-hidden", "tabindex": "-1"}
        parts.append(tag("button", hidden | {"aria-hidden": "true"}, _("Continue")))
    if form.is_bound and form.has_new_questions:
        text = _("Your answers open new questions. Answer them, then continue.")
        parts.append(tag("div", {"class": "g-notice g-notice--info", "role": "status"}, text))
    page = Page(form)
    parts += [page.question(one) for one in form.questions if not one.field.is_server_only]
    return tag("div", page.logic_attributes(), *parts)


class Page:
    """One rendering of one form."""

    def __init__(self, form: "StepForm") -> None:
        self.form, self.language = form, form.language
        self.shows_errors = (form.is_bound and not form.action) or form.is_objected
        self.is_live = any(_is_live(one.field) for one in form.questions)
        self.stencils: dict[Hashable, Stencil] = {}
        self.optional = tag("span", {"class": "g-muted"}, _("(optional)"))

    def logic_attributes(self) -> dict[str, Any]:
        """What form.js needs to evaluate the same expressions: earlier answers, and today."""
        if not self.is_live:
            return {}
        return {
            "data-logic": "",
            "data-answers": _json(self.form.before),
            "data-today": timezone.localdate().isoformat(),
        }

    def question(self, question: Question) -> SafeString:
        kind = question.field.type
        if kind.reader == "computed" and question.field.config.get("hidden"):
            return self.wrapped(question, [])
        if self.waits_to_be_filled(question):
            return self.wrapped(question, [])
        if not kind.asks:
            return self.still(question)
        if kind.reader == "rows" and not question.field.fields:  # only in the preview of a draft
            return self.wrapped(question, [tag("p", {"class": "g-label"}, *self.label(question))])
        if question.field.fields:
            return self.group(question)
        if kind.key in {"consent", "attestation"}:
            return self.consent(question)
        return self.asked(question)

    def waits_to_be_filled(self, question: Question) -> bool:
        """Whether there is nothing to read yet: a register gives it once the step is answered."""
        kind = question.field.type
        if kind.key != "filled":
            return False
        return kind.is_blank(question.value) and not self.errors(question)

    def control(self, question: Question, described_by: str | None) -> Control:
        return Control(
            name=question.path,
            id=question.html_id,
            language=self.language,
            described_by=described_by,
            invalid=bool(self.errors(question)),
            disabled=not question.shown,
            required=question.required,
            hint=question.field.config.get("autocomplete"),
        )

    def errors(self, question: Question) -> list[str]:
        is_searched = self.form.action == f"_refresh:{question.path}"
        return question.errors if (self.shows_errors or is_searched) and not question.is_new else []

    def texts(self, question: Question) -> tuple[list[SafeString], str | None]:
        """Return help and error, and the ids that describe the control."""
        parts, ids = [], []
        config = question.field.config
        if config.get("help"):
            ids.append(f"{question.html_id}-help")
            parts.append(
                tag("p", {"class": "g-help", "id": ids[-1]}, pick(config["help"], self.language))
            )
        if errors := self.errors(question):
            ids.append(f"{question.html_id}-error")
            prefix = tag("span", {"class": "g-visually-hidden"}, _("Error:"), " ")
            parts.append(tag("p", {"class": "g-error", "id": ids[-1]}, prefix, " ".join(errors)))
        return parts, " ".join(ids) or None

    def label(self, question: Question) -> list[Any]:
        field = question.field
        parts: list[Any] = [pick(field.config.get("label"), self.language)]
        is_typed = field.type.asks and field.type.reader != "computed"
        if is_typed and not question.required and question.shown and not field.fields:
            parts += [" ", self.optional]
        return parts

    def asked(self, question: Question) -> SafeString:
        kind = question.field.type
        texts, ids = self.texts(question)
        label = self.label(question)
        if kind.is_fieldset(question.field):
            # The fieldset carries the description: read once, not again at each radio.
            control = kind.control(question, self.control(question, None))
            legend = tag("legend", {"class": "g-legend"}, *label)
            return self.fieldset(question, [legend, *texts, control], ids)
        control = kind.control(question, self.control(question, ids))
        head = tag("label", {"class": "g-label", "for": question.html_id}, *label)
        return self.wrapped(question, [head, *texts, control])

    def still(self, question: Question) -> SafeString:
        """A heading, an explanation, a value worked out: nothing to fill in."""
        kind = question.field.type
        parts: list[Any] = [kind.control(question, self.control(question, None))]
        if kind.reader == "computed":
            label = pick(question.field.config.get("label"), self.language)
            parts = [tag("p", {"class": "g-label"}, label), *self.texts(question)[0], *parts]
        return self.wrapped(question, parts)

    def consent(self, question: Question) -> SafeString:
        texts, ids = self.texts(question)
        control = question.field.type.control(question, self.control(question, ids))
        return self.wrapped(question, [*texts, control])

    def fieldset(self, question: Question, parts: list[Any], ids: str | None) -> SafeString:
        attributes = self.attributes(question)
        attributes["class"] = f"g-fieldset {attributes['class']}"
        attributes["aria-describedby"] = ids
        return tag("fieldset", attributes, *self.marked(question, parts))

    def wrapped(self, question: Question, parts: list[Any]) -> SafeString:
        attributes = self.attributes(question)
        if not parts:
            attributes |= {"hidden": True, "data-silent": True}
        return tag("div", attributes, *self.marked(question, parts))

    def attributes(self, question: Question) -> dict[str, Any]:
        field = question.field
        errors = " g-field--error" if self.errors(question) else ""
        attributes: dict[str, Any] = {"class": f"g-field{errors}", "hidden": not question.shown}
        # What a register filled in has no control to be read from: the browser is told.
        reader = "kept" if field.type.key == "filled" else field.type.reader
        if reader == "kept" and self.is_live and question.value:
            attributes["data-kept"] = _json(question.value)
        if self.is_live:
            attributes |= {"data-field": question.path, "data-reader": reader}
            attributes |= self.logic(field)
        return attributes

    def marked(self, question: Question, parts: list[Any]) -> list[Any]:
        """Tell the server that this page did ask: what a post newly reveals is asked again."""
        if not question.field.is_live:
            return parts
        marker = {"type": "hidden", "name": "_asked", "value": question.path}
        marker_tag = tag("input", marker | {"disabled": not question.shown})
        return [*parts[:1], marker_tag, *parts[1:]]  # a legend must stay first

    def logic(self, field: FieldSpec) -> dict[str, Any]:
        attributes: dict[str, Any] = {}
        if field.is_live and field.show_if:
            attributes["data-show-if"] = _source(field.show_if)
        if "value" in field.expressions:
            attributes["data-value"] = _source(field.expressions["value"])
            if field.config.get("format") == "money" or field.type.key == "payment_line":
                attributes["data-currency"] = field.currency
            elif not field.config.get("format"):
                attributes |= {"data-yes": _("Yes"), "data-no": _("No")}
        if field.is_live and "parent" in field.expressions:
            attributes["data-parent-of"] = _source(field.expressions["parent"])
        conditions = {o.value: o.show_if.source for o in field.options if o.show_if}
        if conditions:
            attributes["data-options-if"] = _json(conditions)
        return attributes

    def group(self, question: Question) -> SafeString:
        field, key = question.field, question.path
        assert isinstance(field.type, Group)
        texts, ids = self.texts(question)
        count, disabled = len(question.rows), not question.shown
        parts: list[Any] = [
            tag("legend", {"class": "g-legend", "id": question.html_id}, *self.label(question))
        ]
        parts += texts
        counter = {"type": "hidden", "name": f"{key}.rows", "value": count, "disabled": disabled}
        parts.append(tag("input", counter))
        parts += [self.row(question, index) for index in range(count)]
        if count < field.type.most(field) and "count" not in field.expressions:
            label = pick(field.config.get("add_label"), self.language) or _("Add another")
            attributes = _button(f"_add:{key}") | {"disabled": disabled}
            parts.append(tag("button", attributes, label))
        return self.fieldset(question, parts, ids)

    def row(self, question: Question, index: int) -> SafeString:
        """Return one row: everything around its questions is drawn once and filled in."""
        key = (question.path, None)
        if key not in self.stencils:
            self.stencils[key] = Stencil(self.frame(question))
        place = {stencils.ROW: str(index), stencils.NUMBER: str(index + 1)}
        body = "".join(self.cell(question, one, place) for one in question.rows[index])
        return self.stencils[key].fill(place | {stencils.BODY: body})

    def frame(self, question: Question) -> SafeString:
        """Return a row with marks instead of its place and its questions."""
        field = question.field
        assert isinstance(field.type, Group)
        name = pick(field.config.get("row_title"), self.language) or _("Entry")
        title = f"{name} {stencils.NUMBER}"
        title_id = f"{question.html_id}-{stencils.ROW}-title"
        parts: list[Any] = [tag("h3", {"class": "g-card__title", "id": title_id}, title)]
        parts.append(stencils.BODY)
        if len(question.rows) > field.type.least(field) and "count" not in field.expressions:
            hidden = tag("span", {"class": "g-visually-hidden"}, title)
            attributes = _button(f"_remove:{field.key}:{stencils.ROW}")
            parts.append(tag("button", attributes, _("Remove"), " ", hidden))
        return tag("div", {"class": "g-card", "role": "group", "aria-labelledby": title_id}, *parts)

    def cell(self, group: Question, question: Question, place: dict[str, str]) -> SafeString:
        """Return a question of a row: by its stencil when another row's looks the same."""
        look = stencils.look(question)
        if look is None:
            return self.question(question)
        if look not in self.stencils:
            self.stencils[look] = Stencil(self.question(stencils.sketch(question, group.path)))
        return self.stencils[look].fill(place | stencils.texts_of(question))


def _button(name: str) -> dict[str, Any]:
    return {"type": "submit", "class": "g-button g-button--secondary", "name": name, "value": "1"}


def _is_live(field: FieldSpec) -> bool:
    """Whether the browser has something to work out for this field."""
    return (
        field.is_live
        or ("value" in field.expressions and not field.is_server_only)
        or any(option.show_if for option in field.options)
        or any(_is_live(column) for column in field.fields)
    )


def _source(expression: Expression) -> str:
    return _json(expression.source)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)

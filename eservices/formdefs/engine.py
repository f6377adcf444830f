"""The form engine's door: everything other apps may ask about a form. Pure, no database.

Build a `CompiledSpec` once per published version with `compile` and hand it to every function.
Answers are a JSON dictionary by field key; a group is a list of such dictionaries.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from eservices.formdefs.carrying import carry, keep
from eservices.formdefs.compiler import compile_spec
from eservices.formdefs.expansion import expand
from eservices.formdefs.forms import StepForm
from eservices.formdefs.lint import lint
from eservices.formdefs.partial import PartialForm
from eservices.formdefs.reading import fold
from eservices.formdefs.spec import (
    Answers,
    CompiledSpec,
    FeeRule,
    PieceRule,
    Question,
    State,
    StepSpec,
)
from eservices.formdefs.types.media import GUIDANCE, own_file
from eservices.formdefs.walk import (
    check_questions,
    flat,
    from_answers,
    from_untrusted,
    kept,
    state_before,
    walk,
    walk_all,
)
from portal.core.texts import pick

__all__ = [
    "CompiledSpec",
    "FeeLine",
    "PartialForm",
    "PieceSpec",
    "StepForm",
    "StepView",
    "SummaryRow",
    "SummarySection",
    "all_pieces",
    "carry",
    "check",
    "compile",
    "computed",
    "expand",
    "fee_lines",
    "form_for",
    "form_for_fields",
    "keep",
    "label_of",
    "lint",
    "next_step",
    "pieces",
    "prune",
    "search_text",
    "step_of",
    "steps",
    "summary",
]  # fmt: skip

MAX_CACHED = 64
MAX_QUANTITY = 10_000
MAX_AMOUNT = 10**12

_compiled: dict[Hashable, CompiledSpec] = {}


def compile(source: Mapping[str, Any], *, key: Hashable = None) -> CompiledSpec:
    """Return the spec ready to use; with a `key` (of an immutable version) it is kept in memory.

    :raises BadConfiguration: when `source` makes no form.
    """
    if key is None:
        return compile_spec(source)
    if key not in _compiled:
        if len(_compiled) >= MAX_CACHED:
            _compiled.pop(next(iter(_compiled)), None)
        _compiled[key] = compile_spec(source)
    return _compiled[key]


# --- Asking ------------------------------------------------------------------------------------
def form_for(
    spec: CompiledSpec,
    step_key: str,
    answers: Answers,
    *,
    language: str,
    data: Mapping[str, Any] | None = None,
    files: Any = None,
) -> StepForm:
    """Return the form of a step, bound when `data` is given. :raises KeyError: for no such step."""
    step = spec.step_by_key[step_key]
    state = state_before(step, answers)
    return StepForm(
        spec, step.fields, step.rules, state, answers, language=language, step=step, data=data
    )


def form_for_fields(
    spec: CompiledSpec,
    keys: Collection[str],
    answers: Answers,
    *,
    language: str,
    data: Mapping[str, Any] | None = None,
) -> StepForm:
    """Return a form with only the fields `keys` (of any step), all other answers as they stand.

    Paths into a group (`documents.0.title`) open the whole group.
    """
    wanted = {key.partition(".")[0] for key in keys}
    fields = [field for field in spec.fields if field.key in wanted]
    fixed = [field for field in spec.fields if field.key not in wanted]
    state = State()
    walk(fixed, answers, state, from_answers)
    return StepForm(spec, fields, (), state, answers, language=language, data=data)


@dataclass(slots=True)
class StepView:
    """A step that is shown. `is_complete` is worked out when asked: it reads the step's answers."""

    spec: CompiledSpec
    step: StepSpec
    answers: Answers

    @property
    def key(self) -> str:
        return self.step.key

    @property
    def title(self) -> str:
        return pick(self.step.title)

    @property
    def is_complete(self) -> bool:
        state = state_before(self.step, self.answers)
        questions = walk(self.step.fields, self.answers, state, from_untrusted)
        loose = check_questions(questions, state, self.step.rules)
        return not loose and not any(one.errors for one in flat(questions))


def steps(spec: CompiledSpec, answers: Answers) -> list[StepView]:
    """Return the steps that these answers show, in order."""
    return [StepView(spec, step, answers) for step in spec.steps if _shows(step, answers)]


def next_step(spec: CompiledSpec, step_key: str, answers: Answers) -> str | None:
    """Return the key of the step after `step_key`; None after the last."""
    keys = [step.key for step in spec.steps]
    following = spec.steps[keys.index(step_key) + 1 :]
    return next((step.key for step in following if _shows(step, answers)), None)


def step_of(spec: CompiledSpec, path: str) -> str | None:
    """Return the key of the step that asks `path`."""
    field = spec.field_by_key.get(path.partition(".")[0])
    return field.step.key if field else None


def label_of(spec: CompiledSpec, path: str, language: str | None = None) -> str:
    """Return the label of a field by its path (`documents.0.title`); the path itself if unknown."""
    key, *rest = path.split(".")
    field = spec.field_by_key.get(key)
    for column in field.fields if field and rest else ():
        if column.key == rest[-1]:
            field = column
    return pick(field.config.get("label"), language) if field else path


def _shows(step: StepSpec, answers: Answers) -> bool:
    return step.show_if is None or state_before(step, answers).shows_step(step)


# --- Checking ----------------------------------------------------------------------------------
def check(spec: CompiledSpec, answers: Answers) -> dict[str, list[str]]:
    """Return what is wrong with the whole set of answers, by path; nothing when it may be sent.

    The key "" holds what no field is to blame for (a price that cannot be worked out).
    """
    state, questions = walk_all(spec, answers, from_untrusted)
    faults: dict[str, list[str]] = {}
    for step in spec.steps:
        asked = [one for one in questions if one.field.step is step]
        loose = check_questions(asked, state, step.rules) if asked else []
        if loose:
            faults.setdefault(asked[0].path, []).extend(loose)
    for one in flat(questions):
        if one.errors:
            faults.setdefault(one.path, []).extend(one.errors)
    lines = [_line(spec, rule, state) for rule in spec.fees if state.holds(rule.show_if)]
    if None in lines and not faults:
        faults.setdefault("", []).append(_("The price cannot be worked out from these answers."))
    return faults


def prune(spec: CompiledSpec, answers: Answers) -> dict[str, Any]:
    """Return the answers to the questions that are shown; hidden, unknown and computed ones go."""
    return kept(walk_all(spec, answers)[1], computed=False)


def computed(spec: CompiledSpec, answers: Answers) -> dict[str, Any]:
    """Return the pruned answers together with the values that the service works out."""
    return kept(walk_all(spec, answers)[1], computed=True)


# --- Telling -----------------------------------------------------------------------------------
@dataclass(slots=True)
class SummaryRow:
    """A question with its answer in words, empty when there is none; a group has rows of cells."""

    key: str
    label: str
    text: str
    picture: str | None = None  # the answer as a drawing (safe HTML), when it is one
    rows: list[list["SummaryRow"]] = field(default_factory=list)


@dataclass(slots=True)
class SummarySection:
    step_key: str
    title: str
    rows: list[SummaryRow]


def summary(spec: CompiledSpec, answers: Answers, language: str) -> list[SummarySection]:
    """Return all questions that are shown with their answers, in words. Never raises."""
    with translation.override(language):
        _state, questions = walk_all(spec, answers)
        sections = []
        for step in spec.steps:
            rows = _rows((one for one in questions if one.field.step is step), language)
            if rows:
                sections.append(SummarySection(step.key, pick(step.title, language), rows))
        return sections


def _rows(questions: Iterable[Question], language: str) -> list[SummaryRow]:
    rows = []
    for one in questions:
        config, kind = one.field.config, one.field.type
        if not kind.asks and (kind.reader != "computed" or config.get("hidden")):
            continue
        row = SummaryRow(one.path, pick(config.get("label"), language), "")
        if one.field.fields:
            row.rows = [_rows(cells, language) for cells in one.rows]
        else:
            row.text = kind.to_text(one.field, one.value, language)
            row.picture = kind.picture(one.field, one.value)
        rows.append(row)
    return rows


def search_text(spec: CompiledSpec, answers: Answers) -> str:
    """Return the words an agent may search a case by: small letters, no accents."""
    _state, questions = walk_all(spec, answers)
    texts = (
        one.field.type.to_search(one.field, one.value)
        for one in flat(questions)
        if one.value is not None and one.field.type.asks and not one.field.fields
    )
    return fold(" ".join(filter(None, texts)))


CONTENT_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}


@dataclass(frozen=True, slots=True)
class PieceSpec:
    key: str
    label: str
    help: str
    required: bool
    accept: list[str]
    max_files: int
    max_mb: int
    is_conditional: bool = False  # asked in some cases only
    template: str = ""  # the address of a form to download and fill in
    guidance: str = ""  # advice for the photo
    min_files: int = 1  # of a piece that is required

    @property
    def takes_photos(self) -> bool:
        return self.accept != ["pdf"]

    @property
    def content_types(self) -> str:
        """What a browser's dialog may offer, as the attribute `accept` wants it."""
        return ",".join(CONTENT_TYPES[kind] for kind in CONTENT_TYPES if kind in self.accept)


def pieces(spec: CompiledSpec, answers: Answers, language: str | None = None) -> list[PieceSpec]:
    """Return the pieces that these answers call for, in the words of the active language."""
    state, _questions = walk_all(spec, answers)
    return [
        _piece(
            rule,
            language,
            required=bool(
                state.holds(rule.required_if)
                if rule.required_if
                else rule.config.get("required", True)
            ),
        )
        for rule in spec.pieces
        if state.holds(rule.show_if)
    ]


def all_pieces(spec: CompiledSpec, language: str | None = None) -> list[PieceSpec]:
    """Return every piece the form may call for; a conditional one is not `required`."""
    return [
        _piece(
            rule,
            language,
            required=rule.show_if is None
            and rule.required_if is None
            and bool(rule.config.get("required", True)),
        )
        for rule in spec.pieces
    ]


def _piece(rule: PieceRule, language: str | None, *, required: bool) -> PieceSpec:
    return PieceSpec(
        key=rule.key,
        label=pick(rule.config.get("label"), language),
        help=pick(rule.config.get("help"), language),
        required=required,
        accept=list(rule.config.get("accept") or ["pdf", "jpeg", "png"]),
        max_files=rule.config.get("max_files") or 1,
        max_mb=rule.config.get("max_mb") or 5,
        is_conditional=rule.show_if is not None,
        template=own_file(rule.config.get("template")),
        guidance=str(GUIDANCE.get(rule.config.get("guidance", ""), "")),
        min_files=rule.config.get("min_files") or 1,
    )


@dataclass(frozen=True, slots=True)
class FeeLine:
    """`quantity` × `unit` = `amount`, in the minor unit of the spec's currency."""

    code: str
    label: Any
    quantity: int
    unit: int
    amount: int

    @property
    def label_text(self) -> str:
        """The label in the words of the active language."""
        return pick(self.label)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def fee_lines(spec: CompiledSpec, answers: Answers) -> list[FeeLine]:
    """Return what these answers cost. A line that cannot be worked out yet is left out: `check`
    refuses to send such answers, so that nobody files for nothing by leaving a question open.
    """
    state, _questions = walk_all(spec, answers)
    lines = (_line(spec, rule, state) for rule in spec.fees if state.holds(rule.show_if))
    return [line for line in lines if line is not None and line.quantity]


def _line(spec: CompiledSpec, rule: FeeRule, state: State) -> FeeLine | None:
    unit, quantity = state.value(rule.unit), state.value(rule.quantity)
    if type(unit) is not int or type(quantity) is not int:
        return None
    if not (0 <= quantity <= MAX_QUANTITY and 0 <= unit <= MAX_AMOUNT):
        return None
    return FeeLine(rule.code, rule.label, quantity, unit, quantity * unit)

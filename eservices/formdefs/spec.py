"""What an e-service asks, compiled: the shapes that every other module of the engine reads."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from portal.core.expressions import Expression
from portal.core.texts import pick

if TYPE_CHECKING:
    from eservices.formdefs.types.base import FieldType

MAX_FIELDS = 500
MAX_STEPS = 60
MAX_ROWS = 200
MAX_EXPRESSIONS = 2000

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    value: str
    label: Any
    help: Any
    show_if: Expression | None
    parent: str | None = None
    start: str | None = None  # first and last day on which it may be chosen
    end: str | None = None

    def is_valid_on(self, day: str) -> bool:
        return (self.start or "") <= day and (self.end is None or day <= self.end)


@dataclass(slots=True, eq=False)
class FieldSpec:
    """One field: its type, its texts, its expressions."""

    key: str
    type: "FieldType"
    config: Mapping[str, Any]
    step: "StepSpec"
    currency: str
    country: str
    group: "FieldSpec | None" = None
    show_if: Expression | None = None
    required_if: Expression | None = None
    required: bool = True
    expressions: dict[str, Expression] = dataclasses.field(
        default_factory=dict
    )  # min, max, value, parent
    options: tuple[Option, ...] = ()
    fields: tuple["FieldSpec", ...] = ()
    rules: tuple["Rule", ...] = ()
    is_server_only: bool = False  # a hidden value that nothing in the browser reads
    is_live: bool = False  # its visibility may change while its own step is being filled

    @property
    def path(self) -> str:
        return f"{self.group.key}.{self.key}" if self.group else self.key


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition over several answers, told beside `field` when it does not hold."""

    require: Expression
    when: Expression | None
    message: Any
    field: str


@dataclass(slots=True, eq=False)
class StepSpec:
    key: str
    title: Any
    intro: Any
    show_if: Expression | None
    fields: tuple[FieldSpec, ...] = ()
    rules: tuple[Rule, ...] = ()
    before: tuple[FieldSpec, ...] = ()  # fields of earlier steps that this step's logic needs
    is_eligibility: bool = False  # asked before a request is begun
    shipped: tuple[str, ...] = ()  # keys among them that the browser needs too


@dataclass(frozen=True, slots=True)
class PieceRule:
    key: str
    config: Mapping[str, Any]
    show_if: Expression | None
    required_if: Expression | None


@dataclass(frozen=True, slots=True)
class FeeRule:
    code: str
    label: Any
    unit: Expression
    quantity: Expression
    show_if: Expression | None


@dataclass(slots=True, eq=False)
class CompiledSpec:
    """A published version, ready to ask, check and tell. Immutable, shared between requests."""

    source: Mapping[str, Any]
    currency: str
    country: str
    steps: tuple[StepSpec, ...]
    pieces: tuple[PieceRule, ...]
    fees: tuple[FeeRule, ...]
    fields: tuple[FieldSpec, ...]  # of all steps, in order, groups not opened
    step_by_key: dict[str, StepSpec]
    field_by_key: dict[str, FieldSpec]

    def text(self, key: str, language: str | None = None) -> str:
        """Return a text of the service (its title, its declaration) in the active language."""
        return pick(self.source.get(key), language)


@dataclass(slots=True)
class State:
    """What the conditions see while the fields are gone through in order."""

    values: dict[str, Any] = dataclasses.field(default_factory=dict)
    today: date | None = None
    row: dict[str, Any] | None = None
    step_shown: dict[str, bool] = dataclasses.field(default_factory=dict)

    def holds(self, condition: Expression | None) -> bool:
        return condition is None or condition.truthy(self.values, row=self.row, today=self.today)

    def value(self, expression: Expression) -> Any:
        return expression.value(self.values, row=self.row, today=self.today)

    def shows_step(self, step: StepSpec) -> bool:
        if step.show_if is None:
            return True
        if step.key not in self.step_shown:
            self.step_shown[step.key] = self.holds(step.show_if)
        return self.step_shown[step.key]


@dataclass(slots=True)
class Question:
    """One field as it stands in one form: what was typed, what it means, what is wrong."""

    field: FieldSpec
    path: str
    raw: Any = None
    value: Any = None
    errors: list[str] = dataclasses.field(default_factory=list)
    required: bool = False
    shown: bool = True
    rows: list[list["Question"]] = dataclasses.field(default_factory=list)
    options: tuple[Option, ...] = ()
    is_new: bool = False  # revealed by this very post, not asked yet
    resource: str = ""  # of an appointment: where, as the answers before it tell

    @property
    def html_id(self) -> str:
        return "id_" + self.path.replace(".", "-")

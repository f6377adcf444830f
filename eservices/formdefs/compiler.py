"""From the JSON of a published version to a CompiledSpec: expressions compiled, keys indexed, once."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from eservices.formdefs.branches import options_of
from eservices.formdefs.expansion import expand
from eservices.formdefs.spec import (
    MAX_EXPRESSIONS,
    MAX_FIELDS,
    MAX_STEPS,
    CompiledSpec,
    FeeRule,
    FieldSpec,
    Option,
    PieceRule,
    Rule,
    StepSpec,
)
from eservices.formdefs.types import FIELD_TYPES
from portal.core.errors import BadConfiguration
from portal.core.expressions import Expression, compile_expression

ALWAYS_ONE = compile_expression(1)


def compile_spec(source: Mapping[str, Any]) -> CompiledSpec:
    """Return `source` ready to use. :raises BadConfiguration: when its shape makes no form."""
    try:
        return _Compiler(expand(source)).spec()
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        fault = f"{type(error).__name__}: {error}"
        raise BadConfiguration("The form cannot be read.", errors=[fault]) from error


class _Compiler:
    def __init__(self, source: Mapping[str, Any]) -> None:
        self.source = source
        self.currency = source.get("currency") or "XOF"
        self.country = source.get("country") or ""
        self.lists = source.get("lists") or {}
        self.expressions = 0
        self.fields = 0

    def spec(self) -> CompiledSpec:
        steps = tuple(self.step(step) for step in self.source.get("steps") or [])
        if len(steps) > MAX_STEPS:
            raise ValueError(f"a form has at most {MAX_STEPS} steps")
        fields = tuple(field for step in steps for field in step.fields)
        spec = CompiledSpec(
            source=self.source,
            currency=self.currency,
            country=self.country,
            steps=steps,
            pieces=tuple(self.piece(piece) for piece in self.source.get("pieces") or []),
            fees=tuple(self.fee(fee) for fee in self.source.get("fees") or []),
            fields=fields,
            step_by_key={step.key: step for step in steps},
            field_by_key={field.key: field for field in fields},
        )
        _plan(spec)
        return spec

    def expression(self, source: Any) -> Expression | None:
        if source is None:
            return None
        self.expressions += 1
        if self.expressions > MAX_EXPRESSIONS:
            raise ValueError(f"a form has at most {MAX_EXPRESSIONS} expressions")
        return compile_expression(source)

    def step(self, source: Mapping[str, Any]) -> StepSpec:
        step = StepSpec(
            key=str(source["key"]),
            title=source.get("title"),
            intro=source.get("intro"),
            show_if=self.expression(source.get("show_if")),
            is_eligibility=source.get("eligibility") is True,
        )
        step.fields = tuple(self.field(field, step, None) for field in source.get("fields") or [])
        step.rules = self.rules(source)
        return step

    def rules(self, source: Mapping[str, Any]) -> tuple[Rule, ...]:
        return tuple(
            Rule(
                require=self.expression(rule["require"]) or compile_expression(True),
                when=self.expression(rule.get("when")),
                message=rule.get("message"),
                field=str(rule.get("field") or ""),
            )
            for rule in source.get("rules") or []
        )

    def field(
        self, source: Mapping[str, Any], step: StepSpec, group: FieldSpec | None
    ) -> FieldSpec:
        self.fields += 1
        if self.fields > MAX_FIELDS:
            raise ValueError(f"a form has at most {MAX_FIELDS} fields")
        kind = FIELD_TYPES[source["type"]]
        field = FieldSpec(
            key=str(source["key"]),
            type=kind,
            config=source,
            step=step,
            group=group,
            currency=source.get("currency") or self.currency,
            country=self.country,
            show_if=self.expression(source.get("show_if")),
            required_if=self.expression(source.get("required_if")),
            required=bool(source.get("required", source.get("required_if") is None)),
            options=self.options(source),
        )
        for name in kind.expression_keys:
            if (compiled := self.expression(source.get(name))) is not None:
                field.expressions[name] = compiled
        if source["type"] == "payment_line":
            price = [source["unit"], source.get("quantity", 1)]
            field.expressions["value"] = compile_expression({"mul": price})
        if group is None and source["type"] == "group":
            field.fields = tuple(self.field(sub, step, field) for sub in source.get("fields") or [])
            field.rules = self.rules(source)
        return field

    def options(self, source: Mapping[str, Any]) -> tuple[Option, ...]:
        return tuple(
            Option(
                value=str(option["value"]),
                label=option.get("label"),
                help=option.get("help"),
                show_if=self.expression(option.get("show_if")),
                parent=option.get("parent"),
                start=option.get("from"),
                end=option.get("until"),
            )
            for option in options_of(source, self.lists)
        )

    def piece(self, source: Mapping[str, Any]) -> PieceRule:
        return PieceRule(
            key=str(source["key"]),
            config=source,
            show_if=self.expression(source.get("show_if")),
            required_if=self.expression(source.get("required_if")),
        )

    def fee(self, source: Mapping[str, Any]) -> FeeRule:
        return FeeRule(
            code=str(source["code"]),
            label=source.get("label"),
            unit=self.expression(source["unit"]) or compile_expression(None),
            quantity=self.expression(source.get("quantity")) or ALWAYS_ONE,
            show_if=self.expression(source.get("show_if")),
        )


# --- What depends on what ----------------------------------------------------------------------
def field_expressions(field: FieldSpec) -> Iterator[Expression]:
    """Every expression of a field, of its options and of its columns."""
    yield from filter(None, (field.show_if, field.required_if))
    yield from field.expressions.values()
    yield from (option.show_if for option in field.options if option.show_if)
    yield from rule_expressions(field.rules)
    for column in field.fields:
        yield from field_expressions(column)


def rule_expressions(rules: Iterable[Rule]) -> Iterator[Expression]:
    for rule in rules:
        yield rule.require
        if rule.when:
            yield rule.when


def roots(expressions: Iterable[Expression | None]) -> set[str]:
    """Return the keys of the fields that the expressions read, `row` left out."""
    names = {path.partition(".")[0] for one in expressions if one for path in one.variables}
    return names - {"row"}


def _plan(spec: CompiledSpec) -> None:
    """Note for each step which earlier fields its logic reads, directly or not."""
    position = {field.key: index for index, field in enumerate(spec.fields)}
    needs: list[set[int]] = []  # for each field, the positions it needs, transitively
    for index, field in enumerate(spec.fields):
        read = roots([*field_expressions(field), field.step.show_if])
        direct = {position[name] for name in read if position.get(name, index) < index}
        needs.append(direct.union(*(needs[one] for one in direct)))
    start = 0
    for step in spec.steps:
        own = range(start, start + len(step.fields))
        names = roots([step.show_if, *rule_expressions(step.rules)])
        direct = {position[name] for name in names if name in position}
        wanted = direct.union(*(needs[one] for one in [*direct, *own]))
        step.before = tuple(spec.fields[one] for one in sorted(wanted) if one < start)
        client = _client_roots(step)
        step.shipped = tuple(field.key for field in step.before if field.key in client)
        _mark_live(step)
        start += len(step.fields)


def _client_roots(step: StepSpec) -> set[str]:
    """Return what the browser must know, and mark the values it has no use for."""
    asked = [field for field in step.fields if not field.config.get("hidden")]
    known = roots(one for field in asked for one in _client_expressions(field))
    for field in reversed(step.fields):
        if field.config.get("hidden"):
            field.is_server_only = field.key not in known
            if not field.is_server_only:
                known |= roots(_client_expressions(field))
    return known


def _client_expressions(field: FieldSpec) -> list[Expression]:
    shown = [*_visibility(field), *(option.show_if for option in field.options if option.show_if)]
    if "value" in field.expressions:
        shown.append(field.expressions["value"])
    return shown + [one for column in field.fields for one in _client_expressions(column)]


def _mark_live(step: StepSpec) -> None:
    """Mark the fields that may come or go while their own step is on the screen."""
    keys = {field.key for field in step.fields}
    for field in step.fields:
        field.is_live = bool(roots(_visibility(field)) & keys)
        for column in field.fields:
            inside = any(
                path.startswith("row.") for one in _visibility(column) for path in one.variables
            )
            column.is_live = inside or bool(roots(_visibility(column)) & keys)


def _visibility(field: FieldSpec) -> list[Expression]:
    return [one for one in (field.show_if, field.expressions.get("parent")) if one]

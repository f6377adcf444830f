"""What is wrong with the parts of an e-service's definition that concern registers."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from eservices.registers.models import Register
from portal.core.expressions import validate

WANTED = {
    "lookups": ("fill",),
    "reservations": ("key", "register", "entry"),
    "register_entries": ("register", "values"),
}
KNOWN = {
    "lookups": {"register", "entry", "each", "fill", "if", "field", "required", "message", "account", "absent", "note"},
    "reservations": {
        "key", "register", "entry", "each", "if", "field", "from", "to", "amount", "spent", "hold",
        "consume", "free", "may_exceed", "at_entry", "optional", "create", "message", "note",
    },
    "register_entries": {"register", "when", "each", "if", "values", "note", "open"},
}  # fmt: skip
EXPRESSIONS = ("entry", "if", "open", "from", "to", "amount", "spent")
MOMENTS = frozenset(
    {"submit", "granted", "refused", "withdrawn", "lapsed", "handed_over", "revoked"}
)
PREFIXES = ("stage:", "duty:", "missing:")
BEFORE_SECTION = frozenset({"reference", "today"})


def plan_faults(definition: Mapping[str, Any]) -> list[str]:
    """Return every fault of `lookups`, `reservations` and `register_entries`, each with its place."""
    fields = _fields(definition)
    named = {rule.get("register") for _place, _section, rule in _rules(definition)}
    registers = {one.code: one for one in Register.objects.filter(code__in=named - {None})}
    found = [
        f"{section}: a list is expected"
        for section in WANTED
        if not isinstance(definition.get(section) or [], list)
    ]
    for place, section, rule in _rules(definition):
        wanted = ("register", "entry") if rule.get("absent") else WANTED[section]
        missing = [name for name in wanted if not rule.get(name)]
        found += [f"{place}.{name}: missing" for name in missing]
        found += [f"{place}: unknown key {name!r}" for name in set(rule) - KNOWN[section]]
        if not missing:
            found += [f"{place}{fault}" for fault in _rule(section, rule, fields, registers)]
    return found


def _rules(definition: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for section in WANTED:
        rules = definition.get(section)
        for number, rule in enumerate(rules if isinstance(rules, list) else []):
            if isinstance(rule, Mapping):
                yield f"{section}[{number}]", section, rule


def _rule(
    section: str,
    rule: Mapping[str, Any],
    fields: Mapping[str, Collection[str]],
    registers: Mapping[str, Register],
) -> Iterator[str]:
    register = registers.get(rule.get("register", ""))
    if register is None and not rule.get("account"):
        yield f".register: there is no register {rule.get('register')!r}"
    group = rule.get("each")
    if group is not None and not fields.get(group):
        yield f".each: there is no group {group!r}"
    for name in EXPRESSIONS:
        if name in rule:
            for fault in validate(rule[name], variables=[*fields, *BEFORE_SECTION]):
                yield f".{name}: {fault}"
    if rule.get("field") and rule["field"] not in fields:
        yield f".field: there is no field {rule['field']!r}"
    if section == "lookups":
        targets = fields.get(group, ()) if group else fields
        yield from (
            f".fill: there is no field {one!r}"
            for one in rule.get("fill") or ()
            if one not in targets
        )
    elif section == "reservations":
        yield from _reservation(rule, register)
    elif register is not None:
        columns = {column["key"] for column in register.definition["columns"]}
        for name, expression in rule["values"].items():
            if name not in columns:
                yield f".values: the register has no column {name!r}"
            for fault in validate(expression, variables=[*fields, *BEFORE_SECTION]):
                yield f".values.{name}: {fault}"


def _reservation(rule: Mapping[str, Any], register: Register | None) -> Iterator[str]:
    by_amount = "amount" in rule
    if by_amount == ("from" in rule and "to" in rule):
        yield ": give either an amount, or from and to"
    if register is not None and by_amount and not register.has_balance:
        yield ".register: it has no balance"
    if register is not None and not by_amount and not register.has_periods:
        yield ".register: its lines cannot be taken for a period"
    if rule.get("create") and register is not None and not register.definition.get("key"):
        yield ".create: the lines of the register have no key to be found by"
    moments = [rule.get("hold", "submit"), *rule.get("free", [])]
    if rule.get("consume"):
        moments.append(rule["consume"])
    for moment in moments:
        if moment not in MOMENTS and not str(moment).startswith(PREFIXES):
            yield f": unknown moment {moment!r}"


def _fields(definition: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the keys of all fields, of the form and of the stages, each with its group's columns."""
    found: dict[str, set[str]] = {}
    for step in [*(definition.get("steps") or []), *_stages(definition)]:
        for field in step.get("fields") or [] if isinstance(step, Mapping) else []:
            if isinstance(field, Mapping) and field.get("key"):
                columns = field.get("fields") or []
                found[field["key"]] = {one["key"] for one in columns if one.get("key")}
    return found


def _stages(definition: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the stages of the circuit, those of branches too: what agents find is known later."""
    waiting = [(definition.get("circuit") or {}).get("stages")]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, Mapping):
            yield node
            waiting.append(node.get("branches"))

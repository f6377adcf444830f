"""What keeps a circuit from working, in words for whoever draws it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from eservices.catalog.circuits.model import (
    KINDS,
    NEXT,
    REFUSE,
    SAME,
    SILENCES,
    TIMER_ACTIONS,
    WAYS,
    Block,
    Circuit,
    entries,
)
from portal.core.expressions import validate

ROLES = ("agent", "chief", "cashier")
STAGE_KEYS = frozenset(
    [
        "key", "kind", "title", "role", "office", "actor", "show_if", "fields", "rules", "outcomes",
        "deadline", "timers", "amount", "registry", "outside", "hearing", "sees",
    ]
)  # fmt: skip
BLOCK_KEYS = frozenset(["key", "title", "branches", "join", "again"])
OUTCOME_KEYS = frozenset(["key", "label", "to", "reason", "proposal", "require", "message"])
KNOWN = ("stages", "registry", "is_appeal", "office")  # what conditions read besides answers
ACTORS = ("superior", "applicant")
RELATIVES = ("parent", "top", "kind")


def shape(circuit: Any) -> list[str]:
    """Return what is missing or of the wrong kind; the rest is looked at only when nothing is."""
    nodes = circuit.get("stages") if isinstance(circuit, Mapping) else None
    if not isinstance(nodes, list) or not nodes:
        return ["circuit.stages: at least one stage is needed"]
    found: list[str] = []
    for number, node in enumerate(nodes):
        place = f"circuit.stages[{number}]"
        if isinstance(node, Mapping) and "branches" in node:
            found += _block(place, node)
        else:
            found += _stage(place, node)
    keys = [str(node.get("key")) for node in nodes if isinstance(node, Mapping)]
    keys += [str(stage.get("key")) for stage in entries(circuit) if stage not in nodes]
    found += [f"circuit: {key!r} stands twice" for key in sorted(set(keys)) if keys.count(key) > 1]
    return found


def faults(definition: Mapping[str, Any], fields: Collection[str]) -> list[str]:
    """Return why cases could get stuck in this circuit. `fields` are the questions of the form."""
    circuit = Circuit.of(definition)
    return [
        *_decision(circuit),
        *_separation(circuit, definition["circuit"]),
        *_outcomes(circuit, _motives(definition)),
        *_joins(circuit),
        *_conditions(circuit, fields),
        *_timers(circuit),
        *_deadlines(circuit),
        *_payments(circuit, fields),
    ]


def office_codes(definition: Mapping[str, Any]) -> set[str]:
    """Return the offices that stages name outright."""
    return {
        stage.office for stage in Circuit.of(definition).stages if isinstance(stage.office, str)
    }


# --- Shape ---------------------------------------------------------------------------------------
def _block(place: str, node: Mapping[str, Any]) -> list[str]:
    found = _unknown(place, node, BLOCK_KEYS)
    if not node.get("key"):
        found.append(f"{place}: a key is missing")
    branches = node["branches"]
    if not isinstance(branches, list) or len(branches) < 2:
        return [*found, f"{place}: at least two branches work at the same time"]
    join = node.get("join", "all")
    if join not in ("all", "any") and (type(join) is not int or join < 1):
        found.append(f"{place}.join: all, any or a number is expected")
    if node.get("again", "unfinished") not in ("unfinished", "all"):
        found.append(f"{place}.again: unfinished or all is expected")
    for number, branch in enumerate(branches):
        stages = branch if isinstance(branch, list) else [branch]
        if not stages:
            found.append(f"{place}.branches[{number}]: at least one stage is needed")
        for stage in stages:
            found += _stage(f"{place}.branches[{number}]", stage)
            if isinstance(stage, Mapping) and stage.get("kind") in ("signature", "delivery"):
                found.append(f"{place}.branches[{number}]: a {stage['kind']} stands alone")
    return found


def _stage(place: str, stage: Any) -> list[str]:
    if not isinstance(stage, Mapping) or not stage.get("key"):
        return [f"{place}: a key is missing"]
    place = f"{place} {stage['key']!r}"
    found = _unknown(place, stage, STAGE_KEYS)
    if len(str(stage["key"])) > 40:
        found.append(f"{place}: the key is longer than 40 signs")
    if stage.get("kind") not in KINDS:
        found.append(f"{place}.kind: one of {', '.join(KINDS)} is expected")
    if stage.get("role", "agent" if stage.get("actor") else None) not in ROLES:
        found.append(f"{place}.role: one of {', '.join(ROLES)} is expected")
    for name in ("fields", "outcomes", "timers", "sees", "rules"):
        if not isinstance(stage.get(name, []), list):
            found.append(f"{place}.{name}: a list is expected")
    for name in ("deadline", "registry", "outside", "hearing"):
        if not isinstance(stage.get(name, {}), Mapping):
            found.append(f"{place}.{name}: named entries are expected")
    if found:
        return found
    for number, question in enumerate(stage.get("fields", [])):
        if not isinstance(question, Mapping) or not question.get("key"):
            found.append(f"{place}.fields[{number}]: a question with a key is expected")
    for number, outcome in enumerate(stage.get("outcomes", [])):
        found += _outcome(f"{place}.outcomes[{number}]", outcome)
    for number, timer in enumerate(stage.get("timers", [])):
        if not isinstance(timer, Mapping) or set(timer) - {"day"} != {"after", "do"}:
            found.append(f"{place}.timers[{number}]: `after` and `do` are expected")
        else:
            found += _span(f"{place}.timers[{number}].after", timer["after"])
    if stage.get("deadline"):
        found += _span(f"{place}.deadline", stage["deadline"])
    return found


def _outcome(place: str, outcome: Any) -> list[str]:
    if not isinstance(outcome, Mapping) or not outcome.get("key") or not outcome.get("label"):
        return [f"{place}: a key and a label are expected"]
    found = _unknown(place, outcome, OUTCOME_KEYS)
    if outcome.get("proposal", "") not in ("", "granted", "refused"):
        found.append(f"{place}.proposal: granted or refused is expected")
    return found


def _span(place: str, span: Any) -> list[str]:
    if not isinstance(span, Mapping) or set(span) not in ({"working_days"}, {"hours"}):
        return [f"{place}: give either working_days or hours"]
    value = next(iter(span.values()))
    good = type(value) is int and 0 < value < 10_000
    return [] if good else [f"{place}: not a positive number"]


def _unknown(place: str, entry: Mapping[str, Any], known: Collection[str]) -> list[str]:
    return [f"{place}: unknown key {str(key)!r}" for key in entry if key not in known]


# --- Meaning -------------------------------------------------------------------------------------
def _decision(circuit: Circuit) -> Iterator[str]:
    """Somebody decides at the end, and it is not who examined."""
    if all(stage.kind == "delivery" for stage in circuit.stages):
        yield "circuit: nobody decides; a hand-over comes after a decision"
        return
    decider, last = circuit.decider, circuit.nodes[-1]
    if isinstance(last, Block) or decider.block:
        yield "circuit: it ends with several offices at once; add the stage that decides after them"
    elif decider.kind not in ("signature", "review"):
        yield f"stage {decider.key!r}: the last stage decides, so it is a signature or a review"
    if decider.show_if is not None:
        yield f"stage {decider.key!r}: it decides, so it cannot be skipped"
    for stage in circuit.stages:
        if stage.kind == "delivery" and stage is not circuit.stages[-1]:
            yield f"stage {stage.key!r}: the hand-over is the last stage"
        if stage.kind == "signature" and stage is not decider:
            yield f"stage {stage.key!r}: only the stage that decides signs; make it a visa"


def _separation(circuit: Circuit, source: Mapping[str, Any]) -> Iterator[str]:
    """Nobody signs what he or she examined (SEC-4), and nothing is signed that nobody examined."""
    if source.get("same_person"):
        yield (
            "circuit.same_person: who examined never signs; take this key away, and where one "
            "person works alone sign at another office, or above: office: {relative: parent}"
        )
    before = [one for one in circuit.stages if one is not circuit.decider and one.is_seen]
    if all(one.show_if is not None for one in before):
        yield "circuit: one person alone would examine and decide; add a review before, without a condition"


def _outcomes(circuit: Circuit, motives: bool) -> Iterator[str]:
    for stage in circuit.stages:
        earlier = {one.key for one in circuit.earlier(stage.key)}
        place = f"stage {stage.key!r}"
        if stage is circuit.decider or stage.kind == "delivery":
            if stage.has_own_outcomes:
                yield f"{place}: it grants, refuses or hands over; it has no outcomes of its own"
            continue
        keys = [one.key for one in stage.outcomes]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield f"{place}: the outcome {key!r} stands twice"
        for one in stage.outcomes:
            if one.to not in WAYS and one.to not in earlier:
                yield f"{place}: the outcome {one.key!r} leads to {one.to!r}, which does not come before"
            if stage.has_own_outcomes and one.to == "back" and not earlier:
                yield f"{place}: nothing comes before it to go back to"
            if one.to not in (NEXT,) and not one.needs_reason:
                yield f"{place}: the outcome {one.key!r} goes back; it needs a reason"
            if one.needs_motive and not motives and (stage.has_own_outcomes or one.to == REFUSE):
                yield f"{place}: the outcome {one.key!r} needs a list of motives of refusal"
        if all(one.to == SAME or one.to in earlier or one.to == "back" for one in stage.outcomes):
            yield f"{place}: no outcome leads on; cases could never leave it"


def _joins(circuit: Circuit) -> Iterator[str]:
    for node in circuit.nodes:
        wanted = node.join if isinstance(node, Block) else 0
        if isinstance(node, Block) and isinstance(wanted, int) and wanted > len(node.branches):
            count = len(node.branches)
            yield f"block {node.key!r}: it waits for {wanted} branches and has only {count}"


def _conditions(circuit: Circuit, fields: Collection[str]) -> Iterator[str]:
    """What a condition reads must be known when the case gets there."""
    known = {*fields, *KNOWN}
    for node in circuit.nodes:
        for stage in node.stages:
            place = f"stage {stage.key!r}"
            if stage.show_if is False:
                yield f"{place}: its condition is never true; no case gets there"
            yield from _expression(f"{place}, show_if", stage.show_if, known)
            yield from _office(f"{place}, office", stage.office, known)
            if isinstance(stage.actor, Mapping):
                yield from _expression(f"{place}, actor", stage.actor, known)
            elif stage.actor is not None and stage.actor not in ACTORS:
                yield f"{place}, actor: superior, applicant or an expression is expected"
            for name in ("name", "phone"):
                yield from _expression(
                    f"{place}, outside.{name}", (stage.outside or {}).get(name), known
                )
            for timer in stage.timers:
                yield from _expression(f"{place}, timer {timer.do!r}, day", timer.day, known)
            own = known | {str(one.get("key")) for one in stage.fields if isinstance(one, Mapping)}
            for one in stage.outcomes:
                at = f"{place}, outcome {one.key!r}"
                yield from _expression(f"{at}, require", one.require, own)
                if one.require is not None and not one.message:
                    yield f"{at}: say in a message why it may not be chosen"
            sent = (stage.registry or {}).get("send") or {}
            for name, source in sent.items() if isinstance(sent, Mapping) else ():
                yield from _expression(f"{place}, registry.send.{name}", source, known)
        known |= {
            str(one.get("key"))
            for stage in node.stages
            for one in stage.fields
            if isinstance(one, Mapping)
        }


def _expression(place: str, source: Any, known: Collection[str]) -> Iterator[str]:
    if source is not None:
        yield from (f"{place}: {problem}" for problem in validate(source, variables=known))


def _office(place: str, office: Any, known: Collection[str]) -> Iterator[str]:
    if isinstance(office, Mapping) and "relative" in office:
        relative = office["relative"]
        if not isinstance(relative, str) or relative.partition(":")[0] not in RELATIVES:
            yield f"{place}: parent, top or kind:… is expected"
    elif office is not None:
        yield from _expression(place, office, known)


def _timers(circuit: Circuit) -> Iterator[str]:
    for stage in circuit.stages:
        place = f"stage {stage.key!r}"
        seen: list[Any] = []
        for timer in stage.timers:
            if timer.do not in TIMER_ACTIONS:
                yield f"{place}: a timer does one of {', '.join(TIMER_ACTIONS)}"
            if timer.do in SILENCES and (stage is circuit.decider or stage.kind == "delivery"):
                yield f"{place}: silence decides nothing here; use remind or escalate"
            if timer.do == "refuse" and not any(one.needs_motive for one in stage.outcomes):
                yield f"{place}: silence cannot refuse, no outcome of this stage does"
            if any(one in SILENCES for one in seen):
                yield f"{place}: a timer after the one that ends the stage has no effect"
            if (timer.do, dict(timer.after)) in [
                (one.do, dict(one.after)) for one in stage.timers[: len(seen)]
            ]:
                yield f"{place}: the same timer stands twice, one has no effect"
            if timer.do == "escalate" and stage.role == "chief":
                yield f"{place}: the chief has it already; escalating has no effect"
            seen.append(timer.do)


def _deadlines(circuit: Circuit) -> Iterator[str]:
    for stage in circuit.stages:
        if stage.deadline and stage.kind == "delivery":
            yield f"stage {stage.key!r}: the decision is taken; a deadline has no effect"


def _payments(circuit: Circuit, fields: Collection[str]) -> Iterator[str]:
    """A payment is a debt of the applicant: how much, and nobody but the settlement ends it."""
    known = {*fields, *KNOWN}
    for stage in circuit.stages:
        known |= {str(one.get("key")) for one in stage.fields}
        place = f"stage {stage.key!r}"
        if stage.kind != "payment":
            if "amount" in stage.source:
                yield f"{place}: only a payment has an amount"
            continue
        if stage.amount is None:
            yield f"{place}: say the amount to pay, such as {{var: tax}}, an answer of this or an earlier stage"
        yield from _expression(f"{place}, amount", stage.amount, known)
        if stage.has_own_outcomes:
            yield f"{place}: it ends when it is paid; it has no outcomes of its own"
        if any(timer.do in SILENCES for timer in stage.timers):
            yield f"{place}: silence does not pay; the request closes when the last day has passed"


def _motives(definition: Mapping[str, Any]) -> bool:
    refusal = definition.get("refusal")
    return bool(isinstance(refusal, Mapping) and refusal.get("motives"))

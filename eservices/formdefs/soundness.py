"""What is well formed and yet cannot be meant: questions nobody reaches, prices below nothing.

`lint` says whether a definition can run; this says whether it makes sense. Conditions are followed
through the questions they read: what is asked only of minors cannot read what is asked of adults.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.utils.translation import gettext as _

from eservices.formdefs.expansion import expand
from eservices.formdefs.groups import UnknownGroup
from eservices.formdefs.subjects import Subject, subjects
from portal.core.texts import pick

MAX_WAYS = 128
PERSONAL_TYPES = frozenset(
    [
        "phone",
        "email",
        "person",
        "national_id",
        "address",
        "bank_account",
        "mobile_money",
        "signature",
    ]
)
INFINITE = float("inf")
ARITHMETIC = frozenset({"add", "sub", "mul", "div", "round", "floor", "ceil", "min", "max", "abs"})
Fact = tuple[str, str, Any]  # a question, a comparison, a literal


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that cannot be meant; `target` is where an editor changes it (see references.Use)."""

    words: str
    target: str
    is_error: bool = True


def doubts(definition: Mapping[str, Any]) -> list[Doubt]:
    """Return what makes no sense in a definition that is well formed."""
    try:
        full = expand(definition)
    except UnknownGroup:
        return []
    return list(_Reader(full).all())


class _Reader:
    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.definition = definition
        self.subjects = {one.path: one for one in subjects(definition)}
        self.conditions: dict[str, Any] = {}
        self.fields: dict[str, Mapping[str, Any]] = {}
        self.floors: dict[str, float] = {}  # what the condition of a fee says of its questions
        for step in definition.get("steps") or []:
            for field in step.get("fields") or []:
                key = str(field.get("key"))
                self.fields[key] = field
                parts = [one["show_if"] for one in (step, field) if one.get("show_if") is not None]
                self.conditions[key] = {"and": parts} if parts else None

    def all(self) -> Iterable[Doubt]:
        for step in self.definition.get("steps") or []:
            name, key = pick(step.get("title")), step.get("key")
            if self.never(step.get("show_if")):
                yield Doubt(
                    _(
                        "The step “%s” is never shown: its condition cannot hold. Change it, or delete the step."
                    )
                    % name,
                    f"step:{key}",
                )
                continue
            for field in step.get("fields") or []:
                if self.never(self.conditions[str(field.get("key"))]):
                    name = pick(field.get("label")) or str(field.get("key"))
                    words = (
                        _(
                            "The question “%s” is never asked: its condition cannot hold. Change it, or delete the question."
                        )
                        % name
                    )
                    yield Doubt(words, f"field:{field.get('key')}")
        for index, piece in enumerate(self.definition.get("pieces") or []):
            if self.never(piece.get("show_if")):
                words = _(
                    "The piece “%s” is never asked: its condition cannot hold. Change it, or delete the piece."
                ) % pick(piece.get("label"))
                yield Doubt(words, f"entry:pieces/pieces/{index}")
        yield from self.fees()
        yield from self.personal()
        yield from self.contact()

    # --- Prices ----------------------------------------------------------------------------------
    def fees(self) -> Iterable[Doubt]:
        for index, fee in enumerate(self.definition.get("fees") or []):
            name, target = pick(fee.get("label")), f"entry:fees/fees/{index}"
            if self.never(fee.get("show_if")):
                yield Doubt(
                    _(
                        "The line “%s” is never due: its condition cannot hold. Change it, or delete the line."
                    )
                    % name,
                    target,
                )
            if self._may_be_negative(fee):
                words = _("The fee “%s” may be negative: give its questions a smallest value.")
                yield Doubt(words % name, target)

            for key in self._no_numbers(fee):
                words = _(
                    "The fee “%(fee)s” is worked out from “%(question)s”, which is no number."
                )
                question = pick(self.fields[key].get("label")) or key
                yield Doubt(words % {"fee": name, "question": question}, target)

    def _no_numbers(self, fee: Mapping[str, Any]) -> list[str]:
        """Return the questions that a price multiplies or adds although their answer is no number."""
        found, waiting = [], [fee.get("unit"), fee.get("quantity")]
        while waiting:
            value = waiting.pop()
            if not isinstance(value, Mapping) or len(value) != 1:
                continue
            name, given = next(iter(value.items()))
            if name == "var":
                subject = self.subjects.get(str(given))
                if subject is not None and subject.kind not in ("number", "value"):
                    found.append(subject.path)
            elif name in ARITHMETIC and isinstance(given, list):
                waiting += given
        return [key for key in found if key in self.fields]

    def _may_be_negative(self, fee: Mapping[str, Any]) -> bool:
        """Whether it may, in one of the ways in which it is due."""
        condition = fee.get("show_if")
        for way in (None if condition is None else _ways(condition)) or [[]]:
            self.floors = {
                key: value
                for key, name, value in way
                if name in ("gt", "ge", "eq") and isinstance(value, (int, float))
            }
            if any(self.bounds(fee.get(part, 1))[0] < 0 for part in ("unit", "quantity")):
                return True
        return False

    def bounds(self, value: Any) -> tuple[float, float]:
        """Return the smallest and the greatest number that an expression may give."""
        if isinstance(value, bool) or value is None or isinstance(value, (str, list)):
            return 0, 0
        if isinstance(value, (int, float)):
            return value, value
        name, given = next(iter(value.items()))
        listed = given if isinstance(given, list) else [given]
        if name == "var":
            return self.answer_bounds(str(given).partition(".")[0])
        if name in ("count", "length", "age_on", "year", "month"):
            return 0, INFINITE
        parts = [self.bounds(one) for one in listed]
        return _combined(name, parts)

    def answer_bounds(self, key: str) -> tuple[float, float]:
        field = self.fields.get(key)
        if field is None:
            return -INFINITE, INFINITE
        if "value" in field:
            return self.bounds(field["value"])
        least = 0 if field.get("type") == "money" else -INFINITE
        low = max(self._limit(field.get("min"), least), self.floors.get(key, -INFINITE))
        return low, self._limit(field.get("max"), INFINITE)

    def _limit(self, value: Any, default: float) -> float:
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else default

    # --- Personal data ---------------------------------------------------------------------------
    def personal(self) -> Iterable[Doubt]:
        if (self.definition.get("retention") or {}).get("months"):
            return
        found = [
            pick(one.get("label"))
            for one in self.fields.values()
            if one.get("personal") or one.get("type") in PERSONAL_TYPES
        ]
        if found:
            words = _(
                "Personal data are asked (%s) and nothing says how long they are kept: give a number of months."
            )
            yield Doubt(words % ", ".join(found[:3]), "section:data")

    def contact(self) -> Iterable[Doubt]:
        """Whoever files must hear of the answer; agents of the house have an account."""
        named = self.definition.get("contact") or {}
        keys = {str(named.get("phone", "phone")), str(named.get("email", "email"))}
        if self.definition.get("audience") == "agents" or keys & set(self.fields):
            return
        words = _(
            "No question is named as the telephone or the e-mail of the applicant: people without an account will hear nothing of their request."
        )
        yield Doubt(words, "section:data", is_error=False)

    # --- Conditions that cannot hold -------------------------------------------------------------
    def never(self, condition: Any, seen: frozenset[str] = frozenset()) -> bool:
        """Whether no answers make the condition hold; False when that is not sure."""
        if condition is None:
            return False
        ways = _ways(condition)
        return ways is not None and all(self.impossible(way, seen) for way in ways)

    def impossible(self, facts: list[Fact], seen: frozenset[str]) -> bool:
        by_question: dict[str, list[Fact]] = {}
        for fact in facts:
            by_question.setdefault(fact[0], []).append(fact)
        for key, own in by_question.items():
            if key in self.subjects and _contradict(own, self.subjects[key]):
                return True
            # A comparison that only an answer fulfils: its question must be asked.
            needed = any(name not in ("ne", "empty") for _k, name, _v in own)
            inner = self.conditions.get(key)
            if needed and key not in seen and inner is not None:
                rest = [_all_of(facts), inner]
                if self.never({"and": rest}, seen | {key}):
                    return True
        return False


def _all_of(facts: list[Fact]) -> Any:
    made: list[Any] = [
        {"eq": [{"var": key}, value]} if name == "eq" else {name: [{"var": key}, value]}
        for key, name, value in facts
        if name != "unknown"
    ]
    return {"and": made or [True]}


def _ways(condition: Any) -> list[list[Fact]] | None:
    """Return the ways in which it may hold, each a list of facts; None when there are too many."""
    if condition is False:
        return []
    if not isinstance(condition, Mapping) or len(condition) != 1:
        return [[]]
    name, given = next(iter(condition.items()))
    listed = given if isinstance(given, list) else [given]
    if name == "or":
        found = [_ways(one) for one in listed]
        if None in found:
            return None
        joined = [way for ways in found if ways is not None for way in ways]
        return joined if len(joined) <= MAX_WAYS else None
    if name == "and":
        found = [_ways(one) for one in listed]
        sizes = 1
        for ways in found:
            sizes *= len(ways) if ways is not None else MAX_WAYS + 1
        if None in found or sizes > MAX_WAYS:
            return None
        parts = [ways for ways in found if ways is not None]
        return [[fact for way in combo for fact in way] for combo in product(*parts)]
    return [[_fact(name, listed)]]


def _fact(name: str, given: list[Any]) -> Fact:
    subject = given[0] if given else None
    if not (isinstance(subject, Mapping) and set(subject) == {"var"}) or "." in str(subject["var"]):
        return ("", "unknown", None)
    value = given[1] if len(given) > 1 else None
    if isinstance(value, Mapping):
        return (str(subject["var"]), "filled", None)
    return (str(subject["var"]), name, value)


def _contradict(facts: list[Fact], subject: Subject) -> bool:
    """Whether no single answer fulfils all the facts about one question."""
    options = (
        [value for value, _label in subject.options] if subject.kind in ("choice", "list") else []
    )
    if subject.kind in ("choice", "bool") or any(name == "eq" for _k, name, _v in facts):
        candidates: list[Any] = [value for _k, name, value in facts if name == "eq"] or list(
            options
        )
        candidates = candidates or ([True, False] if subject.kind == "bool" else [])
        if options:
            candidates = [one for one in candidates if one in options]
        elif not candidates:
            return False
        return not any(all(_fulfils(one, fact) for fact in facts) for one in [*candidates, None])
    low, high = -INFINITE, INFINITE
    for _key, name, value in facts:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            low = max(low, value) if name in ("gt", "ge") else low
            high = min(high, value) if name in ("lt", "le") else high
    names = {name for _k, name, _v in facts}
    return (
        low > high or {"empty", "filled"} <= names or (low == high and bool(names & {"gt", "lt"}))
    )


def _fulfils(answer: Any, fact: Fact) -> bool:
    _key, name, value = fact
    if name == "eq":
        return answer == value and type(answer) is type(value)
    if name == "ne":
        return answer != value
    if name == "in":
        return isinstance(value, list) and answer in value
    if name == "empty":
        return answer is None
    if name in ("lt", "le", "gt", "ge"):
        numbers = isinstance(answer, (int, float)) and isinstance(value, (int, float))
        if not numbers:
            return answer is not None
        return {
            "lt": answer < value,
            "le": answer <= value,
            "gt": answer > value,
            "ge": answer >= value,
        }[name]
    return answer is not None


def _combined(name: str, parts: list[tuple[float, float]]) -> tuple[float, float]:
    lows, highs = [low for low, _h in parts], [high for _l, high in parts]
    if name == "add":
        return sum(lows), sum(highs)
    if name == "sub" and len(parts) == 2:
        return lows[0] - highs[1], highs[0] - lows[1]
    if name == "sub":
        return -highs[0], -lows[0]
    if name == "mul" and all(low >= 0 for low in lows):
        return 0, INFINITE
    if name in ("div", "round", "floor", "ceil", "coalesce", "abs", "sum"):
        first = parts[:1] if name in ("div", "round", "sum") else parts
        return min(0 if name == "abs" else low for low, _h in first), INFINITE
    if name == "max":
        return max(lows), max(highs)
    if name == "min":
        return min(lows), min(highs)
    if name == "if":
        chosen = [part for at, part in enumerate(parts) if at % 2 or at == len(parts) - 1]
        return min(low for low, _h in chosen), max(high for _l, high in chosen)
    return (-INFINITE, INFINITE) if name == "mul" else (0, INFINITE)

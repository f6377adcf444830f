"""Test answers saved with a form: what they must give, and what they give now.

`tests:` of a definition is a list of `{name, today, answers, wrong, steps, pieces, fee, computed}`. Only
what a test names is compared; `today` holds the clock at the day the answers were saved. A test that is
`like` an earlier one has its answers and its day, but for what it changes (`set`) and leaves out (`drop`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec
from portal.core.expressions import on_day
from portal.core.money import Money
from portal.core.texts import pick

CHANGES = frozenset({"like", "set", "drop"})


@dataclass(slots=True)
class Outcome:
    """What answers give: the faulty questions with the words told, the steps, the pieces, the fee."""

    wrong: dict[str, list[str]]
    steps: list[str]
    pieces: list[str]
    fee: int
    computed: dict[str, Any]

    def as_expected(self) -> dict[str, Any]:
        """Return it as a test writes what its answers must give."""
        return {
            "wrong": sorted(self.wrong),
            "steps": self.steps,
            "pieces": self.pieces,
            "fee": self.fee,
        }


@dataclass(slots=True)
class Trial:
    name: str
    outcome: Outcome
    differences: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not self.differences


def outcome(spec: CompiledSpec, answers: Mapping[str, Any]) -> Outcome:
    """Return what the whole form makes of `answers`, as when they are sent: hidden ones are dropped."""
    answers = engine.prune(spec, answers)
    return Outcome(
        wrong=engine.check(spec, answers),
        steps=[step.key for step in engine.steps(spec, answers)],
        pieces=[piece.key for piece in engine.pieces(spec, answers)],
        fee=sum(line.amount for line in engine.fee_lines(spec, answers)),
        computed=engine.computed(spec, answers),
    )


def from_answers(spec: CompiledSpec, answers: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a test that expects what `answers` give today."""
    return {
        "name": name,
        "today": timezone.localdate().isoformat(),
        "answers": dict(answers),
        **outcome(spec, answers).as_expected(),
    }


def written_out(tests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the tests with all their answers and their day, whatever earlier one they are like."""
    known: dict[str, dict[str, Any]] = {}
    made = []
    for test in tests:
        former = known.get(str(test.get("like"))) if "like" in test else None
        base = former or test
        answers = base["answers"] if isinstance(base.get("answers"), Mapping) else {}
        changes, left_out = test.get("set"), test.get("drop")
        changes = changes if isinstance(changes, Mapping) else {}
        left_out = left_out if isinstance(left_out, list) else []
        whole = {**test, "answers": {**answers, **changes}}
        whole["answers"] = {k: v for k, v in whole["answers"].items() if k not in left_out}
        if day := test.get("today") or base.get("today"):
            whole["today"] = day
        if former is not None:
            whole = {key: one for key, one in whole.items() if key not in CHANGES}
        made.append(whole)
        known[str(test.get("name"))] = whole
    return made


def without(tests: Sequence[Mapping[str, Any]], index: int) -> list[dict[str, Any]]:
    """Return the tests but one; those that are like it keep its answers as their own."""
    return [test for number, test in enumerate(_apart(tests, index)) if number != index]


def renamed(tests: Sequence[Mapping[str, Any]], index: int, name: str) -> list[dict[str, Any]]:
    """Return the tests with one called otherwise; those that are like it follow."""
    old, made = tests[index].get("name"), [dict(test) for test in tests]
    made[index]["name"] = name
    for test in made:
        if "like" in test and test["like"] == old:
            test["like"] = name
    return made


def replaced(
    tests: Sequence[Mapping[str, Any]], index: int, new: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the tests with one replaced; those that were like it keep its former answers."""
    made = _apart(tests, index)
    made[index] = dict(new)
    return made


def _apart(tests: Sequence[Mapping[str, Any]], index: int) -> list[dict[str, Any]]:
    """Return the tests, those that are like one of them with its answers as their own."""
    name, whole = tests[index].get("name"), written_out(tests)
    return [
        whole[number] if test.get("like") == name and "like" in test else dict(test)
        for number, test in enumerate(tests)
    ]


def replay(spec: CompiledSpec, tests: Sequence[Mapping[str, Any]]) -> list[Trial]:
    """Try every saved test again; each tells how what it gives differs from what it expects."""
    return [_replayed(spec, one) for one in written_out(tests)]


def _replayed(spec: CompiledSpec, test: Mapping[str, Any]) -> Trial:
    with on_day(day_of(test)):
        found = outcome(spec, test["answers"])
    trial = Trial(str(test.get("name") or ""), found)
    if "like" in test:
        trial.differences.append(_("no earlier test is called “%s”") % test["like"])
    trial.differences += [
        *_faults_differ(spec, test.get("wrong"), found.wrong),
        *_steps_differ(spec, test.get("steps"), found.steps),
        *_pieces_differ(spec, test.get("pieces"), found.pieces),
        *_values_differ(spec, test, found),
    ]
    return trial


# --- How a test differs, in words --------------------------------------------------------------
def _faults_differ(
    spec: CompiledSpec, expected: Any, found: Mapping[str, list[str]]
) -> Iterator[str]:
    if not isinstance(expected, list):
        return
    for path in expected:
        if str(path) not in found:
            yield _("“%s” should be refused: it is accepted.") % _name(spec, str(path))
    for path, told in found.items():
        if path not in expected:
            words = _("“%(question)s” should be accepted: it is refused (%(words)s)")
            yield words % {"question": _name(spec, path), "words": " ".join(told)}


def _steps_differ(spec: CompiledSpec, expected: Any, found: list[str]) -> Iterator[str]:
    if not isinstance(expected, list):
        return
    titles = {one.key: pick(one.title) for one in spec.steps}
    wanted = [str(one) for one in expected]
    for key in wanted:
        if key not in found:
            yield _("The step “%s” should be shown: it is not.") % titles.get(key, key)
    for key in found:
        if key not in wanted:
            yield _("The step “%s” is shown: it should not be.") % titles.get(key, key)
    if wanted != found and sorted(wanted) == sorted(found):
        yield _("The steps come in another order.")


def _pieces_differ(spec: CompiledSpec, expected: Any, found: list[str]) -> Iterator[str]:
    if not isinstance(expected, list):
        return
    labels = {one.key: pick(one.config.get("label")) for one in spec.pieces}
    for key in map(str, expected):
        if key not in found:
            yield _("The piece “%s” should be asked: it is not.") % labels.get(key, key)
    for key in found:
        if key not in expected:
            yield _("The piece “%s” is asked: it should not be.") % labels.get(key, key)


def _values_differ(spec: CompiledSpec, test: Mapping[str, Any], found: Outcome) -> Iterator[str]:
    if "fee" in test and test["fee"] != found.fee:
        words = _("The price is %(given)s instead of %(expected)s.")
        yield words % {"given": _amount(spec, found.fee), "expected": _amount(spec, test["fee"])}
    computed = test.get("computed")
    for key, value in (computed if isinstance(computed, Mapping) else {}).items():
        if (given := found.computed.get(key)) != value:
            words = _("“%(question)s” gives “%(given)s” instead of “%(expected)s”.")
            nothing = _("nothing")
            yield words % {
                "question": _name(spec, str(key)),
                "given": nothing if given is None else given,
                "expected": nothing if value is None else value,
            }


def _amount(spec: CompiledSpec, amount: Any) -> str:
    return str(Money(amount, spec.currency)) if type(amount) is int else str(amount)


def _name(spec: CompiledSpec, path: str) -> str:
    return engine.label_of(spec, path) or path if path else _("The price")


def day_of(test: Mapping[str, Any]) -> date | None:
    """Return the day on which a test stops the clock; None leaves it today."""
    try:
        return date.fromisoformat(str(test.get("today")))
    except ValueError:
        return None

"""Test answers saved with a form: what they must give, and what they give now.

`tests:` of a definition is a list of `{name, today, answers, wrong, steps, pieces, fee, computed}`. Only
what a test names is compared; `today` holds the clock at the day the answers were saved. A test that is
`like` an earlier one has its answers and its day, but for what it changes (`set`) and leaves out (`drop`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec
from portal.core.expressions import on_day

CHANGES = frozenset({"like", "set", "drop"})


@dataclass(slots=True)
class Outcome:
    """What answers give: the faulty questions with the words told, the steps, the pieces, the fee."""

    wrong: dict[str, list[str]]
    steps: list[str]
    pieces: list[str]
    fee: int
    computed: dict[str, Any]


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
    found = outcome(spec, answers)
    return {
        "name": name,
        "today": timezone.localdate().isoformat(),
        "answers": dict(answers),
        "wrong": sorted(found.wrong),
        "steps": found.steps,
        "pieces": found.pieces,
        "fee": found.fee,
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
    name, whole = tests[index].get("name"), written_out(tests)
    return [
        whole[number] if test.get("like") == name and "like" in test else dict(test)
        for number, test in enumerate(tests)
        if number != index
    ]


def replay(spec: CompiledSpec, tests: Sequence[Mapping[str, Any]]) -> list[Trial]:
    """Try every saved test again; each tells how what it gives differs from what it expects."""
    return [_replayed(spec, one) for one in written_out(tests)]


def _replayed(spec: CompiledSpec, test: Mapping[str, Any]) -> Trial:
    with on_day(_day(test.get("today"))):
        found = outcome(spec, test["answers"])
    trial = Trial(str(test.get("name") or ""), found)
    if "like" in test:
        trial.differences.append(_("no earlier test is called “%s”") % test["like"])
    lists = {
        "wrong": (_("questions at fault"), sorted(found.wrong)),
        "steps": (_("steps shown"), found.steps),
        "pieces": (_("pieces asked"), sorted(found.pieces)),
    }
    for key, (words, given) in lists.items():
        expected = test.get(key)
        if not isinstance(expected, list):
            continue
        wanted = list(map(str, expected)) if key == "steps" else sorted(map(str, expected))
        if wanted != given:
            trial.differences.append(_differ(words, ", ".join(wanted), ", ".join(given)))
    if "fee" in test and test["fee"] != found.fee:
        trial.differences.append(_differ(_("fee"), str(test["fee"]), str(found.fee)))
    expected = test.get("computed")
    for key, value in (expected if isinstance(expected, Mapping) else {}).items():
        if found.computed.get(key) != value:
            trial.differences.append(_differ(key, str(value), str(found.computed.get(key))))
    return trial


def _differ(what: str, expected: str, given: str) -> str:
    return _("%(what)s: expected “%(expected)s”, found “%(given)s”") % {
        "what": what,
        "expected": expected or _("none"),
        "given": given or _("none"),
    }


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None

"""Test answers saved with a form: what they must give, and what they give now.

`tests:` of a definition is a list of `{name, today, answers, wrong, steps, pieces, fee}`. Only what a
test names is compared; `today` holds the clock at the day the answers were saved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec
from portal.core.expressions import on_day


@dataclass(slots=True)
class Outcome:
    """What answers give: the faulty questions with the words told, the steps, the pieces, the fee."""

    wrong: dict[str, list[str]]
    steps: list[str]
    pieces: list[str]
    fee: int


@dataclass(slots=True)
class Trial:
    name: str
    outcome: Outcome
    differences: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not self.differences


def outcome(spec: CompiledSpec, answers: Mapping[str, Any]) -> Outcome:
    """Return what the whole form makes of `answers`."""
    return Outcome(
        wrong=engine.check(spec, answers),
        steps=[step.key for step in engine.steps(spec, answers)],
        pieces=[piece.key for piece in engine.pieces(spec, answers)],
        fee=sum(line.amount for line in engine.fee_lines(spec, answers)),
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


def replay(spec: CompiledSpec, tests: list[Mapping[str, Any]]) -> list[Trial]:
    """Try every saved test again; each tells how what it gives differs from what it expects."""
    return [_replayed(spec, one) for one in tests]


def _replayed(spec: CompiledSpec, test: Mapping[str, Any]) -> Trial:
    answers = test.get("answers")
    with on_day(_day(test.get("today"))):
        found = outcome(spec, answers if isinstance(answers, Mapping) else {})
    trial = Trial(str(test.get("name") or ""), found)
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

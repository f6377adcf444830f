"""The procedures of DOMAIN, replayed: saved answers, awkward ones first, and what they must give.

A file of `cases/` has `base` (a whole request) and `cases`: what each changes (`set`, `drop`), and
either the fields that are `wrong`, or nothing wrong; then, where told, `pieces` (all of them) and
`fee` (the sum). `today` holds the clock at a day, for a campaign. Dates like `today-6m`, `today-3d` and `today-17y` move with the calendar.
"""

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import timezone

from eservices.formdefs import engine
from portal.core.expressions import evaluate
from tests.formdefs.builders import sample

FOLDER = Path(__file__).parent / "cases"
MOVING = re.compile(r"today([+-][0-9]+)([dmy])")
FILES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def spec(name: str) -> engine.CompiledSpec:
    return engine.compile(sample(name))


def moved(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: moved(one) for key, one in value.items()}
    if isinstance(value, list):
        return [moved(one) for one in value]
    match = MOVING.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    count, unit = int(match[1]), match[2]
    today = date.today().isoformat()  # noqa: DTZ011 - the day the engine sees
    if unit == "d":
        return evaluate({"add_days": [today, count]}, {})
    return evaluate({"add_months": [today, count * (12 if unit == "y" else 1)]}, {})


CASES = [
    pytest.param(name, file["base"], case, id=f"{name}: {case['name']}")
    for name in FILES
    for file in [read(name)]
    for case in file["cases"]
]


@pytest.mark.parametrize(("name", "base", "case"), CASES)
def test_saved_answers(name: str, base: dict, case: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    if day := case.get("today") or read(name).get("today"):
        monkeypatch.setattr(timezone, "localdate", lambda: date.fromisoformat(day))
    answers = moved({**base, **case.get("set", {})})
    answers = {key: value for key, value in answers.items() if key not in case.get("drop", [])}
    answers = engine.prune(spec(name), answers)
    faults = engine.check(spec(name), answers)
    assert set(faults) == set(case.get("wrong", [])), faults
    if "pieces" in case:
        asked = {one.key for one in engine.pieces(spec(name), answers)}
        assert asked == set(case["pieces"])
    if "fee" in case:
        assert sum(line.amount for line in engine.fee_lines(spec(name), answers)) == case["fee"]
    for key, value in case.get("computed", {}).items():
        assert engine.computed(spec(name), answers)[key] == value


@pytest.mark.parametrize("name", FILES)
def test_it_may_be_published_and_is_drawn_in_three_languages(name: str) -> None:
    assert engine.lint(sample(name)) == []
    assert len(read(name)["cases"]) >= 10
    for language in ("fr", "ar", "en"):
        for step in spec(name).steps:
            assert len(engine.form_for(spec(name), step.key, {}, language=language).as_fields())

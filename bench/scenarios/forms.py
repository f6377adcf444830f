"""One step of a long form: its cost follows the step, not the form around it."""

import time
from typing import Any

from bench.context import Context
from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec

STEP = 10  # fields on the page that is measured
ROUNDS = 30


def definition(fields: int) -> dict[str, Any]:
    """Return a form of `fields` questions, ten to a step, with a condition and a rule for each."""
    steps = []
    for number in range(fields // STEP):
        questions: list[dict[str, Any]] = []
        for place in range(STEP):
            key = f"f{number}_{place}"
            question: dict[str, Any] = {
                "key": key,
                "label": {"fr": f"Question {key}"},
                "required": False,
            }
            if place % 3 == 0:
                options = [{"value": v, "label": {"fr": v.upper()}} for v in ("a", "b", "c")]
                question |= {"type": "choice", "options": options}
            else:
                question |= {"type": ("text", "integer")[place % 2], "help": {"fr": "Une aide."}}
            if place:
                question["show_if"] = {"ne": [{"var": f"f{number}_0"}, "c"]}
            questions.append(question)
        rule = {"require": {"ne": [{"var": f"f{number}_3"}, "b"]}, "message": {"fr": "Non."}}
        step: dict[str, Any] = {"key": f"s{number}", "title": {"fr": f"Étape {number}"}}
        step |= {"fields": questions, "rules": [rule]}
        if number:
            step["show_if"] = {"ne": [{"var": "f0_0"}, "c"]}
        steps.append(step)
    return {
        "title": {"fr": "Long"}, "country": "BJ", "currency": "XOF", "languages": ["fr"], "steps": steps,
    }  # fmt: skip


COLUMNS = (
    ("name", "text"), ("shares", "integer"), ("town", "text"), ("born", "date"), ("phone", "phone"),
    ("present", "yes_no"),
)  # fmt: skip


def rows(columns: int) -> dict[str, Any]:
    """Return a form of one group, of two hundred rows at most."""
    asked = [{"key": key, "type": kind, "label": {"fr": key}} for key, kind in COLUMNS[:columns]]
    group = {"key": "g", "type": "group", "label": {"fr": "Groupe"}, "max": 200, "fields": asked}
    return {**definition(0), "steps": [{"key": "s0", "title": {"fr": "Un"}, "fields": [group]}]}


def run(context: Context) -> None:
    for columns in (3, 6):
        name = f"form step, 200 rows of {columns}"
        _note(context, name, 200, engine.compile(rows(columns)), "s0", {"g": _filled()})
    for fields in (10, 100, 500):
        spec = engine.compile(definition(fields))
        answers = {
            f"f{number}_{place}": "a" if place % 3 == 0 else ("x" if place % 2 == 0 else 5)
            for number in range(fields // STEP)
            for place in range(STEP)
        }
        last = spec.steps[-1].key
        _note(context, f"form step, {fields} fields", fields, spec, last, answers)


def _filled() -> list[dict[str, Any]]:
    """Return two hundred rows, no two the same."""
    return [
        {"name": f"Awa {n}", "shares": n, "town": f"Lomé {n}", "born": f"19{n % 100:02}-03-05",
         "phone": f"+229{97000000 + n}", "present": n % 2 == 0}
        for n in range(200)
    ]  # fmt: skip


def _note(
    context: Context, name: str, size: int, spec: CompiledSpec, step: str, answers: dict[str, Any]
) -> None:
    milliseconds = _median(spec, step, answers)
    weight = len(engine.form_for(spec, step, answers, language="fr").as_fields())
    context.results.append(
        {
            "name": name, "database": context.database, "size": size, "requests": 0, "queries": 0,
            "cpu_ms": milliseconds, "cpu_helpers_ms": 0, "db_ms": 0, "bytes": 0,
            "bytes_plain": weight, "bytes_assets": 0, "cost_ms": milliseconds,
        }
    )  # fmt: skip


def _median(spec: CompiledSpec, step: str, answers: dict[str, Any]) -> float:
    """Draw the step, check a post of it, and list the steps around it, as a page does."""
    data = {key: str(value) for key, value in answers.items() if key.startswith(f"f{step[1:]}_")}
    taken = []
    for _round in range(ROUNDS):
        begin = time.thread_time()
        engine.form_for(spec, step, answers, language="fr").as_fields()
        engine.form_for(spec, step, answers, language="fr", data=data).is_valid()
        engine.steps(spec, answers)
        taken.append((time.thread_time() - begin) * 1000)
    return round(sorted(taken)[ROUNDS // 2], 2)

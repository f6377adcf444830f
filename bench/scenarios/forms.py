"""One step of a long form: its cost follows the step, not the form around it."""

import time
from collections.abc import Callable
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


def flat() -> dict[str, Any]:
    """Return the five hundred questions with their conditions, all in one single step."""
    steps = definition(500)["steps"]
    step = {"key": "s0", "title": {"fr": "Un"}}
    for name in ("fields", "rules"):
        step[name] = [one for each in steps for one in each[name]]
    return {**definition(0), "steps": [step]}


def full() -> dict[str, Any]:
    """Return a form at its limits: 60 steps, 500 questions, two thousand expressions."""
    form = definition(500)
    for number in range(50, 60):  # the last questions of the last steps, in steps of their own
        moved = form["steps"][number - 10]["fields"].pop()
        step = {"key": f"s{number}", "title": {"fr": "Fin"}, "fields": [moved]}
        form["steps"].insert(number - 9 + number - 50, step)
    for step in form["steps"]:
        first = {"var": "f0_0"}
        for question in step["fields"]:
            question["required_if"] = {"eq": [first, "b"]}
        step["rules"] = step.get("rules", []) * 20
    return form


def run(context: Context) -> None:
    whole = {f"f{n}_{p}": "a" if p % 3 == 0 else ("x" if p % 2 == 0 else 5)
             for n in range(50) for p in range(10)}  # fmt: skip
    _note(context, "form step, 500 questions in one", 500, engine.compile(flat()), "s0", whole)
    limits = engine.compile(full())
    _note(context, "form step, 60 steps, 2,000 expressions", 500, limits, "s49", whole)
    for name, work in {
        "form of 500 questions sent: checked and pruned": lambda: (
            engine.check(limits, whole), engine.prune(limits, whole)),
        "form of 500 questions: page to check before sending": lambda: (
            engine.check(limits, whole), engine.summary(limits, whole, "fr")),
    }.items():  # fmt: skip
        _add(context, name, 500, _timed(work), 0)
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
    weight = len(engine.form_for(spec, step, answers, language="fr").as_fields())
    data = {key: str(value) for key, value in answers.items() if key.startswith(f"f{step[1:]}_")}

    def page() -> None:
        """Draw the step, check a post of it, and list the steps around it, as a page does."""
        engine.form_for(spec, step, answers, language="fr").as_fields()
        engine.form_for(spec, step, answers, language="fr", data=data).is_valid()
        engine.steps(spec, answers)

    _add(context, name, size, _timed(page), weight)
    drawn = _timed(lambda: engine.form_for(spec, step, answers, language="fr").as_fields())
    _add(context, f"{name}: drawn only", size, drawn, weight)


def _add(context: Context, name: str, size: int, milliseconds: float, weight: int) -> None:
    context.results.append(
        {
            "name": name, "database": context.database, "size": size, "requests": 0, "queries": 0,
            "cpu_ms": milliseconds, "cpu_helpers_ms": 0, "db_ms": 0, "bytes": 0,
            "bytes_plain": weight, "bytes_assets": 0, "cost_ms": milliseconds,
        }
    )  # fmt: skip


def _timed(work: Callable[[], Any]) -> float:
    taken = []
    for _round in range(ROUNDS):
        begin = time.thread_time()
        work()
        taken.append((time.thread_time() - begin) * 1000)
    return round(sorted(taken)[ROUNDS // 2], 2)

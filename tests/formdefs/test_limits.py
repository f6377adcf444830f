"""Large forms are possible, hostile ones are refused at publication or stopped by a limit."""

from typing import Any

import pytest
import yaml
from django.http import QueryDict

from bench.scenarios.forms import definition as long_form
from eservices.catalog import schema
from eservices.formdefs import engine
from eservices.formdefs.masks import matches, regex_atoms
from portal.core.errors import BadConfiguration
from tests.formdefs.builders import choice, compiled, definition, field, post


def steps_of(count: int, size: int) -> dict[str, Any]:
    steps = [
        {"key": f"s{s}", "title": "S", "fields": [field(f"f{s}_{f}") for f in range(size)]}
        for s in range(count)
    ]
    return {**definition(), "steps": steps}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (steps_of(50, 10), ""),
        (steps_of(60, 8), ""),
        (steps_of(61, 1), "at most 60 steps and 500 fields"),
        (steps_of(1, 501), "at most 60 steps and 500 fields"),
    ],
)
def test_five_hundred_fields_and_sixty_steps(source: dict, told: str) -> None:
    assert told in "".join(engine.lint(source))
    assert bool(engine.lint(source)) == bool(told)


def test_two_thousand_expressions() -> None:
    options = [
        {"value": f"v{n}", "label": "V", "show_if": {"filled": [{"var": "a"}]}} for n in range(999)
    ]
    many = [
        field("a"),
        field("b", "choice", options=options),
        field("c", "choice", options=options),
        field("d", "choice", options=options[:4]),
    ]
    assert "at most 2000 expressions" in "".join(engine.lint(definition(*many)))
    assert engine.lint(definition(*many[:3])) == []


def test_the_step_reads_what_it_needs_and_nothing_else() -> None:
    spec = engine.compile(long_form(500))
    assert {len(step.before) for step in spec.steps[1:]} == {1}
    assert len(spec.steps[-1].fields) == 10


def nested(depth: int) -> dict[str, Any]:
    section: dict[str, Any] = field("x")
    for number in range(depth):
        section = {"key": f"s{number}", "type": "section", "label": "S", "fields": [section]}
    return section


def deep(depth: int) -> Any:
    expression: Any = True
    for _ in range(depth):
        expression = {"not": [expression]}
    return expression


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ([nested(5)], "nested too deeply"),
        ([nested(5000)], "nested too deeply"),
        ([field("a", show_if=deep(40))], "too deep"),
        ([field("a", show_if=deep(5000))], "nested too deeply"),
        ([field("a", show_if={"and": [True] * 101})], "arguments"),
        ([field("a", label={"fr": "x" * 30_000})], "at most 20000 signs"),
        ([field("a", "group", max=10**6, fields=[field("b")])], "from 1 to 200"),
        ([field("a", "pattern", regex="(a|aa)+$", example="a")], "no groups"),
        ([field("a", "pattern", regex="a{1,100000}", example="a")], "at most 100 times"),
        ([field("a", "pattern", mask="9" * 300, example="9")], "does not fit"),
        ([field("a", "image", src="javascript:alert(1)", alt="x")], "a file of this site"),
    ],
)
def test_hostile_definitions_are_refused_in_words(fields: list[Any], told: str) -> None:
    source = definition(*fields)
    assert told in "\n".join(engine.lint(source))
    if "arguments" not in told and "nested" in told:
        with pytest.raises(BadConfiguration):
            engine.compile(source)


def test_a_few_lines_of_yaml_cannot_fill_the_memory() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    bomb = yaml.safe_load("\n".join([*lines, "slug: x", "steps: *a11"]))
    assert schema.faults(bomb) == ["the definition is too large"]
    endless = yaml.safe_load("a: &a [*a]\nsteps: *a")
    assert "nested too deeply" in schema.faults(endless)[0]


def test_a_regular_expression_takes_the_time_of_its_text() -> None:
    atoms = regex_atoms("a*" * 30 + "b")
    assert not matches(atoms, "a" * 100)
    assert matches(atoms, "a" * 99 + "b")


def test_a_post_of_thousands_of_rows_is_cut() -> None:
    spec = compiled(field("g", "group", max=5, fields=[field("n", "integer")]))
    data = QueryDict(mutable=True)
    for row in range(3000):
        data[f"g.{row}.n"] = "1"
    form = engine.form_for(spec, "one", {}, language="fr", data=data)
    assert len(form.questions[0].rows) <= 6
    assert "g" in form.errors


def test_rules_over_rows_stop_at_the_limit() -> None:
    rows = {"var": "g"}
    inner: Any = {"eq": [{"var": "row.n"}, 1]}
    for _ in range(4):
        inner = {"some": [rows, inner]}
    group = field("g", "group", max=200, fields=[field("n", "integer")])
    spec = compiled(group, field("z", show_if=inner))
    answers = {"g": [{"n": 2}] * 200}
    assert "z" not in engine.check(spec, answers)


def test_a_million_signs_typed_are_refused_and_not_sent_back() -> None:
    spec = compiled(choice("c", "a"), field("s", "signature"), field("k", "link", of="case"))
    big = "M1 1" + "L2 2" * 250_000
    form = post(spec, f"c={big}&s.path={big}&k=_other&k.number={big}")
    assert set(form.errors) == {"c", "s", "k"}
    assert len(form.as_fields()) < 20_000

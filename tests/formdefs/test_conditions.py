"""Conditions as lines: what is written is read back, and told in words."""

from pathlib import Path

import pytest
import yaml

from eservices.formdefs import formulas
from eservices.formdefs.conditions import Group, Line, operators_for, read, write
from eservices.formdefs.subjects import columns, subjects
from eservices.formdefs.wording import condition_words

SAMPLES = sorted(Path("sample_content/eservices").glob("*.yaml"))
LOGIC = ("show_if", "required_if", "when", "require", "unit", "quantity", "value")


def definition():
    return {
        "steps": [
            {
                "key": "person",
                "title": {"fr": "Personne"},
                "fields": [
                    {"key": "nationality", "type": "choice", "label": {"fr": "Nationalité"},
                     "options": [{"value": "bj", "label": {"fr": "Béninoise"}}, {"value": "tg", "label": {"fr": "Togolaise"}}]},
                    {"key": "born", "type": "date", "birth": True, "label": {"fr": "Date de naissance"}},
                    {"key": "married", "type": "yes_no", "label": {"fr": "Marié(e) ?"}},
                    {"key": "children", "type": "group", "label": {"fr": "Enfants"},
                     "fields": [{"key": "age", "type": "integer", "label": {"fr": "Âge"}},
                                {"key": "school", "type": "yes_no", "label": {"fr": "Va à l'école ?"}}]},
                ],
            },
            {"key": "rest", "title": {"fr": "Reste"}, "fields": [{"key": "copies", "type": "integer", "label": {"fr": "Copies"}}]},
        ]
    }  # fmt: skip


def known():
    return {one.path: one for one in subjects(definition())}


def logic_of(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in LOGIC and isinstance(value, dict):
                yield value
            yield from logic_of(value)
    elif isinstance(node, list):
        for one in node:
            yield from logic_of(one)


def test_lines_make_an_expression_and_come_back():
    lines = Group(
        "and",
        [
            Line("nationality", "eq", "bj"),
            Group("or", [Line("born", "age_lt", 18), Line("married", "yes")]),
            Line("children", "count_ge", 2),
        ],
    )
    expression = write(lines, known())
    assert expression == {
        "and": [
            {"eq": [{"var": "nationality"}, "bj"]},
            {
                "or": [
                    {"lt": [{"age_on": [{"var": "born"}, {"today": []}]}, 18]},
                    {"eq": [{"var": "married"}, True]},
                ]
            },
            {"ge": [{"count": [{"var": "children"}]}, 2]},
        ]
    }
    assert read(expression, known()) == lines


OF_AGE = {"and": [{"lt": [{"var": "row.age"}, 6]}, {"eq": [{"var": "row.school"}, True]}]}
CHILDREN = {"var": "children"}


@pytest.mark.parametrize(
    ("expression", "operator", "number"),
    [
        ({"some": [CHILDREN, OF_AGE]}, "some", None),
        ({"every": [CHILDREN, OF_AGE]}, "every", None),
        ({"not": [{"some": [CHILDREN, OF_AGE]}]}, "none", None),
        ({"ge": [{"count": [CHILDREN, OF_AGE]}, 2]}, "such_ge", 2),
    ],
)
def test_the_rows_of_a_group_are_told_by_lines(expression, operator, number):
    inner = [Line("row.age", "lt", 6), Line("row.school", "yes")]
    rows = Group("and", inner, "children", operator, number)
    assert read(expression, known()) == Group("and", [rows])
    assert write(Group("and", [rows]), known()) == expression
    words = condition_words({"or": [expression, {"eq": [{"var": "married"}, True]}]}, known())
    assert all(part in words for part in ("« Enfants »", "« Âge » < 6", "« Marié(e) »"))


def test_rows_within_rows_stay_an_expression():
    inside = {"some": [CHILDREN, {"some": [CHILDREN, OF_AGE]}]}
    assert read(inside, known()) is None


def test_words():
    expression = {
        "and": [
            {"eq": [{"var": "nationality"}, "bj"]},
            {"lt": [{"age_on": [{"var": "born"}, {"today": []}]}, 18]},
        ]
    }
    words = condition_words(expression, known())
    assert all(part in words for part in ("« Nationalité »", "« Béninoise »", "18"))


def test_only_operators_that_suit_the_question_are_offered():
    offered = {path: {one.code for one in operators_for(one)} for path, one in known().items()}
    assert [path for path, codes in offered.items() if "age_lt" in codes] == ["born"]
    assert [path for path, codes in offered.items() if "yes" in codes] == ["married"]


def test_a_condition_sees_only_what_stands_before_it():
    assert [one.path for one in subjects(definition(), before="married")] == ["nationality", "born"]
    assert [one.path for one in columns(definition(), "children")] == ["row.age", "row.school"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_expression_of_the_samples_survives_the_lines_and_the_formula(path):
    spec = yaml.safe_load(path.read_text())
    here = {one.path: one for one in subjects(spec)}
    for expression in logic_of(spec):
        if (lines := read(expression, here)) is not None:
            assert write(lines, here) == expression
        assert formulas.parse(formulas.show(expression)) == expression


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("copies * 500 + 100", {"add": [{"mul": [{"var": "copies"}, 500]}, 100]}),
        ("somme(partners.shares)", {"sum": [{"var": "partners"}, "shares"]}),
        ("10 - (a - 2)", {"sub": [10, {"sub": [{"var": "a"}, 2]}]}),
    ],
)
def test_formulas(text, meaning):
    assert formulas.parse(text) == meaning
    assert formulas.parse(formulas.show(meaning)) == meaning


@pytest.mark.parametrize("text", ["copies *", "(1", "eval(1)", "1 2", "a.b(", "“x”"])
def test_a_formula_that_cannot_be_read_says_so(text):
    with pytest.raises(formulas.BadFormula):
        formulas.parse(text)

"""Conditions over the rows of a repeated group, written in the editor without any syntax."""

from django.http import QueryDict

from eservices.catalog.builder.condition_editor import ConditionEditor
from eservices.formdefs.subjects import subjects

DEFINITION = {
    "steps": [
        {
            "key": "family",
            "title": {"fr": "Famille"},
            "fields": [
                {"key": "income", "type": "integer", "label": {"fr": "Revenu"}},
                {"key": "children", "type": "group", "label": {"fr": "Enfants"},
                 "fields": [{"key": "age", "type": "integer", "label": {"fr": "Âge"}},
                            {"key": "school", "type": "yes_no", "label": {"fr": "Va à l'école ?"}}]},
            ],
        }
    ]
}  # fmt: skip


def editor(expression=None, **posted):
    data = QueryDict(mutable=True)
    for name, value in posted.items():
        data.setlist("c." + name.replace("__", "."), value if isinstance(value, list) else [value])
    return ConditionEditor("c", expression, subjects(DEFINITION), data=data if posted else None)


def test_choosing_to_look_into_the_entries_opens_a_line_of_their_questions():
    drawn = editor(mode="lines", node=["0", "0.0"], **{"0.0.subject": "children", "0.0.op": "some"})
    assert drawn.wants_more
    html = str(drawn)
    assert 'name="c.0.0.0.subject"' in html
    inner = html.partition('name="c.0.0.0.subject"')[2]
    assert "row.age" in inner
    assert "row.age" not in html.partition('name="c.0.0.0.subject"')[0]


ROWS = {
    "mode": "lines",
    "node": ["0", "0.0", "0.0.0", "0.0.1", "0.1"],
    "0.0.subject": "children",
    "0.0.op": "such_ge",
    "0.0.number": "2",
    "0.0.join": "or",
    "0.0.0.subject": "row.age",
    "0.0.0.op": "lt",
    "0.0.0.value": "6",
    "0.0.1.subject": "row.school",
    "0.0.1.op": "yes",
    "0.1.subject": "income",
    "0.1.op": "lt",
    "0.1.value": "1000",
}
MEANING = {
    "and": [
        {
            "ge": [
                {
                    "count": [
                        {"var": "children"},
                        {"or": [{"lt": [{"var": "row.age"}, 6]}, {"eq": [{"var": "row.school"}, True]}]},
                    ]
                },
                2,
            ]
        },
        {"lt": [{"var": "income"}, 1000]},
    ]
}  # fmt: skip


def test_lines_over_entries_are_an_expression_and_are_drawn_again():
    given = editor(**ROWS)
    assert (given.problems, given.wants_more) == ([], False)
    assert given.expression == MEANING
    drawn = str(editor(MEANING))
    for control in ("c.0.0.number", "c.0.0.0.value", "c.0.0.1.op", "c.0.1.value"):
        assert f'name="{control}"' in drawn


def test_what_lacks_is_said():
    assert editor(**ROWS | {"0.0.number": ""}).problems
    assert editor(**ROWS | {"node": ["0", "0.0"]}).problems
    outside = editor(**ROWS | {"0.1.subject": "row.age"})
    assert outside.problems, "a column has no meaning outside its rows"


def test_a_line_taken_back_from_the_entries_is_a_plain_line():
    again = editor(**ROWS | {"0.0.op": "filled"})
    assert again.expression == {
        "and": [{"filled": [{"var": "children"}]}, {"lt": [{"var": "income"}, 1000]}]
    }

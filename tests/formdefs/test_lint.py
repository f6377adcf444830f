"""A faulty definition is refused in words, and never raises."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eservices.formdefs import engine
from tests.formdefs.builders import choice, definition, field


def faults(*fields: Any, **more: Any) -> str:
    return "\n".join(engine.lint(definition(*fields, **more)))


LATER = {"eq": [{"var": "b"}, "x"]}


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (faults(field("a", colour="red")), "unknown key 'colour'"),
        (faults(field("a"), field("a")), "the key stands twice"),
        (faults(field("Á")), "is not a key"),
        (faults(field("a", "nope")), "unknown type 'nope'"),
        (faults(field("a", show_if=LATER), field("b")), "'b' is no question, or comes later"),
        (faults(field("a", show_if={"nope": [1]})), "unknown operation 'nope'"),
        (faults(choice("a")), "the list of options is empty"),
        (faults(choice("a", "x", "x")), "'x' stands twice"),
        (faults(field("a", "choice", options=[{"value": True, "label": "Y"}])), "between quotes"),
        (faults(field("a", "choice", list="none")), "there is no list 'none'"),
        (faults(field("a", label={"en": "A"})), "missing in 'fr'"),
        (faults(field("a", label=None)), "the text is missing"),
        (faults(field("a", "group")), "a group needs fields"),
        (
            faults(field("a", "group", fields=[field("b", "group", fields=[])])),
            "cannot stand in a group",
        ),
        (faults(field("a", "group", min=3, max=2, fields=[field("b")])), "min is greater"),
        (faults(field("a", "group", max=10**6, fields=[field("b")])), "from 1 to 200"),
        (faults(field("a", "pattern", regex="(a+)+$", example="A")), "no groups"),
        (faults(field("a", "pattern", mask="999", example="12")), "does not fit"),
        (faults(field("a", "computed")), "value is missing"),
        (faults(field("a"), fees=[{"code": "f", "label": "F", "unit": -5}]), "never negative"),
        (faults(field("a"), fees=[{"code": "f", "label": "F"}]), "unit is missing"),
        (faults(field("a"), pieces=[{"key": "p", "label": "P", "accept": ["exe"]}]), "accept is"),
        (faults(field("a"), pieces=[{"key": "p", "label": "P", "max_mb": 5000}]), "from 1 to 50"),
        (
            faults(field("a"), pieces=[{"key": "p", "label": "P", "show_if": LATER}]),
            "'b' is no question",
        ),
        (faults(field("a"), currency="ABC"), "is not known"),
    ],
)
def test_each_fault_is_named(found: str, told: str) -> None:
    assert told in found


def test_rows_are_known_by_their_columns() -> None:
    rows = field(
        "rows", "group", fields=[field("n"), field("m", show_if={"filled": {"var": "row.n"}})]
    )
    good = field("z", show_if={"some": [{"var": "rows"}, {"eq": [{"var": "row.n"}, "x"]}]})
    bad = field("z", show_if={"some": [{"var": "rows"}, {"eq": [{"var": "row.q"}, "x"]}]})
    assert faults(rows, good) == ""
    assert "'row.q' is no column" in faults(rows, bad)
    other = field("other", "group", fields=[field("q")])
    assert "'row.q' is no column of 'rows'" in faults(rows, other, bad)
    lost = field("z", show_if={"eq": [{"var": "row.n"}, "x"]})
    assert "'row.n' is read outside of a group" in faults(rows, lost)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(
            ["key", "type", "label", "options", "fields", "show_if", "steps", "value", "min", "max", "rules", "require", "text", "group", "choice", "integer", "pieces", "fees", "code", "unit", "lists", "list", "title", "var", "eq"]
        ),
        inner, max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(steps=json_like, pieces=json_like, fees=json_like, lists=json_like)
def test_lint_never_raises(steps: Any, pieces: Any, fees: Any, lists: Any) -> None:
    found = engine.lint({"steps": steps, "pieces": pieces, "fees": fees, "lists": lists})
    assert all(isinstance(fault, str) for fault in found)
    engine.lint({"steps": [{"key": "a", "title": "A", "fields": steps}], "lists": {"l": lists}})

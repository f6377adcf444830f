"""Checking, telling, pieces and fees, from the answers alone."""

import pytest

from eservices.formdefs import engine
from portal.core.errors import BadConfiguration
from tests.formdefs.builders import choice, compiled, definition, field


def test_check_refuses_what_no_form_would_have_kept() -> None:
    spec = compiled(field("n", "integer"), choice("kind", "a", "b"), field("born", "date"))
    assert engine.check(spec, {"n": 3, "kind": "a", "born": "1987-03-05"}) == {}
    faults = engine.check(spec, {"n": "3", "kind": "z", "born": "1987-02-30"})
    assert set(faults) == {"n", "kind", "born"}
    assert set(engine.check(spec, {})) == {"n", "kind", "born"}


def test_check_names_the_cell_of_a_group() -> None:
    spec = compiled(field("rows", "group", min=1, fields=[field("title"), field("n", "integer")]))
    assert set(engine.check(spec, {"rows": [{"title": "A", "n": 1}, {"title": "B"}]})) == {
        "rows.1.n"
    }
    assert set(engine.check(spec, {"rows": []})) == {"rows"}
    assert engine.label_of(spec, "rows.1.n", "fr") == "N"


def test_required_if() -> None:
    married = {"eq": [{"var": "status"}, "married"]}
    spec = compiled(choice("status", "single", "married"), field("name", required_if=married))
    assert engine.check(spec, {"status": "single"}) == {}
    assert set(engine.check(spec, {"status": "married"})) == {"name"}


def test_fees_are_whole_and_never_silently_free() -> None:
    fees = [{"code": "copies", "label": {"fr": "Copies"}, "unit": 500, "quantity": {"var": "n"}}]
    spec = compiled(field("n", "integer", required=False), fees=fees)
    assert engine.fee_lines(spec, {"n": 3})[0].as_dict() == {
        "code": "copies", "label": {"fr": "Copies"}, "quantity": 3, "unit": 500, "amount": 1500,
    }  # fmt: skip
    assert engine.fee_lines(spec, {"n": 0}) == []
    for unknown in ({}, {"n": -1}):
        assert engine.fee_lines(spec, unknown) == []
        assert "" in engine.check(spec, unknown)
    assert engine.fee_lines(spec, {"n": 1.5}) == []
    assert list(engine.check(spec, {"n": 1.5})) == ["n"]


def test_pieces_follow_the_answers() -> None:
    needed = {"eq": [{"var": "kind"}, "b"]}
    pieces = [
        {"key": "id", "label": {"fr": "Pièce"}, "max_files": 2},
        {"key": "proof", "label": {"fr": "Preuve"}, "show_if": needed, "accept": ["pdf"]},
        {"key": "extra", "label": {"fr": "Autre"}, "required_if": needed},
    ]
    spec = compiled(choice("kind", "a", "b"), pieces=pieces)
    asked = {piece.key: piece for piece in engine.pieces(spec, {"kind": "a"})}
    assert list(asked) == ["id", "extra"]
    assert (asked["id"].required, asked["id"].max_files, asked["extra"].required) == (
        True,
        2,
        False,
    )
    asked = {piece.key: piece for piece in engine.pieces(spec, {"kind": "b"})}
    assert (asked["proof"].accept, asked["extra"].required) == (["pdf"], True)
    assert [piece.key for piece in engine.all_pieces(spec)] == ["id", "proof", "extra"]


def test_the_summary_hides_what_is_hidden() -> None:
    spec = compiled(
        choice("kind", "a", "b"),
        field("why", show_if={"eq": [{"var": "kind"}, "b"]}),
        field("secret", "computed", hidden=True, value=5),
        field("rows", "group", fields=[field("title")]),
    )
    rows = engine.summary(spec, {"kind": "a", "why": "x", "rows": [{"title": "T"}]}, "fr")[0].rows
    assert [(row.key, row.text) for row in rows] == [("kind", "A"), ("rows", "")]
    assert rows[1].rows[0][0].text == "T"
    assert rows[1].rows[0][0].key == "rows.0.title"


def test_search_text_is_small_letters_without_accents() -> None:
    spec = compiled(field("name"), field("born", "date"))
    text = engine.search_text(spec, {"name": "Élie NGÜYEN", "born": "1987-03-05"})
    assert text == "elie nguyen 1987-03-05"


def test_a_published_version_is_compiled_once() -> None:
    source = definition(field("a"))
    assert engine.compile(source, key=("v", 1)) is engine.compile({}, key=("v", 1))


@pytest.mark.parametrize(
    "source",
    [
        {"steps": [{}]},
        {"steps": [{"key": "a", "fields": [{"type": "nope", "key": "x"}]}]},
        {"steps": 5},
        {"steps": [{"key": "a", "fields": [field("x")] * 501}]},
        {"steps": [{"key": str(n)} for n in range(61)]},
    ],
)
def test_what_makes_no_form_is_refused(source: dict) -> None:
    with pytest.raises(BadConfiguration):
        engine.compile(source)
    assert engine.lint(source) != []

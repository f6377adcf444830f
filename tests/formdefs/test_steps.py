"""A step: conditions, groups and buttons without JavaScript; what the client may not decide."""

from django.http import QueryDict

from eservices.formdefs import engine
from tests.formdefs.builders import choice, compiled, definition, field, post

WHY = field("why", show_if={"eq": [{"var": "kind"}, "b"]})
ROWS = field(
    "rows", "group", min=1, max=3,
    fields=[
        field("title"),
        field("pages", "integer", min=1, required=False),
        field("note", show_if={"gt": [{"var": "row.pages"}, 10]}),
        field("twice", "computed", value={"mul": [{"var": "row.pages"}, 2]}),
    ],
)  # fmt: skip


def test_a_revealed_question_is_asked_before_it_is_demanded() -> None:
    spec = compiled(choice("kind", "a", "b"), WHY)
    form = post(spec, "kind=b")
    assert form.wants_more()
    assert not form.is_valid()
    assert form.errors == {}
    assert "new questions" in form.as_fields() or "nouvelles questions" in form.as_fields()
    again = post(spec, "kind=b&_asked=why&why=")
    assert not again.wants_more()
    assert list(again.errors) == ["why"]
    assert post(spec, "kind=b&_asked=why&why=because").answers() == {"kind": "b", "why": "because"}


def test_an_answer_to_a_hidden_question_is_never_taken() -> None:
    spec = compiled(choice("kind", "a", "b"), WHY)
    form = post(spec, "kind=a&why=sneaky&_asked=why", {"why": "old"})
    assert form.is_valid()
    assert form.answers() == {"kind": "a", "why": None}
    assert "sneaky" not in form.as_fields()


def test_a_computed_value_is_never_taken() -> None:
    total = field("total", "computed", value={"mul": [{"var": "n"}, 500]})
    spec = compiled(field("n", "integer"), total)
    form = post(spec, "n=3&total=1")
    assert form.answers() == {"n": 3}
    assert engine.computed(spec, {"n": 3, "total": 1}) == {"n": 3, "total": 1500}
    assert engine.prune(spec, {"n": 3, "total": 1}) == {"n": 3}


def test_rows_come_and_go_by_buttons() -> None:
    spec = compiled(ROWS)
    first = engine.form_for(spec, "one", {}, language="fr").as_fields()
    assert first.count('name="rows.0.title"') == 1
    assert "_remove:rows" not in first
    added = post(spec, "rows.rows=1&rows.0.title=A&_add:rows=1")
    assert added.wants_more()
    assert added.errors == {}
    html = added.as_fields()
    assert 'name="rows.1.title"' in html
    assert 'value="A"' in html
    removed = post(spec, "rows.rows=2&rows.0.title=A&rows.1.title=B&_remove:rows:0=1")
    assert removed.wants_more()
    assert removed.answers() == {"rows": [{"title": "B"}]}


def test_rows_stay_between_their_limits() -> None:
    spec = compiled(ROWS)
    data = "&".join(f"rows.{index}.title=T" for index in range(9))
    form = post(spec, data)
    assert "rows" in form.errors
    assert len(form.answers().get("rows") or []) <= 3
    assert len(post(spec, data + "&_add:rows=1").answers()["rows"]) == 3
    assert post(spec, "rows.0.title=T&_remove:rows:0=1").answers() == {"rows": [{"title": "T"}]}
    assert post(spec, "rows.rows=99999999&rows.0.title=T").is_valid()


def test_an_empty_last_row_is_left_out() -> None:
    form = post(
        compiled(ROWS), "rows.rows=2&rows.0.title=A&rows.0.pages=1&rows.1.title=&rows.1.pages="
    )
    assert form.is_valid()
    assert form.answers() == {"rows": [{"title": "A", "pages": 1}]}


def test_a_question_of_a_row_sees_its_row() -> None:
    spec = compiled(ROWS)
    form = post(spec, "rows.0.title=A&rows.0.pages=5&rows.0.note=no&rows.1.title=B&rows.1.pages=50")
    assert form.has_new_questions
    assert form.answers()["rows"] == [{"title": "A", "pages": 5}, {"title": "B", "pages": 50}]
    assert list(post(spec, "rows.0.title=A&rows.0.pages=50&_asked=rows.0.note").errors) == [
        "rows.0.note"
    ]
    rows = engine.computed(spec, {"rows": [{"title": "A", "pages": 5}]})["rows"]
    assert rows == [{"title": "A", "pages": 5, "twice": 10}]


def test_a_rule_speaks_beside_its_field_and_once() -> None:
    rule = {
        "require": {"ge": [{"var": "end"}, {"var": "start"}]},
        "message": {"fr": "La fin vient après."},
        "field": "end",
    }
    source = definition(field("start", "integer"), field("end", "integer"))
    source["steps"][0]["rules"] = [rule]
    spec = engine.compile(source)
    assert dict(post(spec, "start=5&end=3").errors) == {"end": ["La fin vient après."]}
    assert list(post(spec, "start=x&end=3").errors) == ["start"]
    assert post(spec, "start=3&end=5").is_valid()
    assert engine.check(spec, {"start": 5, "end": 3}) == {"end": ["La fin vient après."]}


def test_a_dependent_list_is_asked_once_there_is_something_to_choose() -> None:
    towns = [
        {"value": "t1", "label": "T1", "parent": "a"},
        {"value": "t2", "label": "T2", "parent": "b"},
    ]
    town = field("town", "choice", list="towns", parent={"var": "region"})
    spec = compiled(choice("region", "a", "b", "c"), town, lists={"towns": towns})
    assert post(spec, "region=c").is_valid()
    assert post(spec, "region=a").wants_more()
    assert post(spec, "region=a&town=t1").answers() == {"region": "a", "town": "t1"}
    assert "town" in post(spec, "region=a&town=t2").errors


def test_an_option_that_is_closed_is_refused() -> None:
    options = [
        {"value": "x", "label": "X"},
        {"value": "y", "label": "Y", "show_if": {"eq": [{"var": "kind"}, "b"]}},
    ]
    spec = compiled(choice("kind", "a", "b"), field("what", "choice", options=options))
    assert "what" in post(spec, "kind=a&what=y").errors
    assert post(spec, "kind=b&what=y").is_valid()


def test_steps_follow_the_answers() -> None:
    source = definition(choice("kind", "a", "b"))
    source["steps"] += [
        {"key": "two", "title": {"fr": "Deux"}, "show_if": {"eq": [{"var": "kind"}, "b"]},
         "fields": [field("more")]},
        {"key": "three", "title": {"fr": "Trois"}, "fields": [field("end", required=False)]},
    ]  # fmt: skip
    spec = engine.compile(source)
    assert [step.key for step in engine.steps(spec, {"kind": "a"})] == ["one", "three"]
    assert engine.next_step(spec, "one", {"kind": "b"}) == "two"
    assert engine.next_step(spec, "one", {"kind": "a"}) == "three"
    assert engine.next_step(spec, "three", {}) is None
    assert [step.is_complete for step in engine.steps(spec, {"kind": "b"})] == [True, False, True]
    assert engine.prune(spec, {"kind": "a", "more": "hidden", "end": "x"}) == {
        "kind": "a",
        "end": "x",
    }
    assert engine.step_of(spec, "more") == "two"


def test_a_correction_opens_its_fields_only() -> None:
    spec = compiled(field("a"), field("b"), field("c"))
    answers = {"a": "1", "b": "2", "c": "3"}
    data = QueryDict("a=hacked&b=better")
    form = engine.form_for_fields(spec, ["b"], answers, language="fr", data=data)
    assert form.is_valid()
    assert form.answers() == {"b": "better"}
    assert 'name="a"' not in form.as_fields()


def test_a_step_reads_only_what_its_logic_needs() -> None:
    source = definition(*[field(f"f{number}") for number in range(100)])
    last = field("last", show_if={"filled": {"var": "f7"}})
    source["steps"].append({"key": "two", "title": {"fr": "Deux"}, "fields": [last]})
    spec = engine.compile(source)
    assert [one.key for one in spec.steps[1].before] == ["f7"]

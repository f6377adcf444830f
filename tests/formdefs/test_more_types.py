"""Signatures, searches, links, sections, totals, lines to pay: what they accept, keep and tell."""

from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
from django.core.cache import cache
from django.http import QueryDict

from eservices.formdefs import engine, sources
from eservices.formdefs.types import FIELD_TYPES
from tests.formdefs.builders import choice, compiled, definition, field, post

COMMUNES = [
    {"value": "bf-ouaga", "label": {"fr": "Ouagadougou", "ar": "واغادوغو"}, "parent": "BF"},
    {"value": "bf-bobo", "label": {"fr": "Bobo-Dioulasso", "ar": "بوبو"}, "parent": "BF"},
    {"value": "dj-tadjourah", "label": {"fr": "Tadjourah", "ar": "تاجورة"}, "parent": "DJ"},
]
TOWN = {"options": COMMUNES, "widget": "autocomplete"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ouagadougou", "bf-ouaga"),
        ("  ouagadougou ", "bf-ouaga"),
        ("TADJOURAH", "dj-tadjourah"),
        ("تاجورة", "dj-tadjourah"),
        ("bf-bobo", "bf-bobo"),
        ("bobo", "bf-bobo"),
        ("Ouagadogou", None),
        ("Paris", None),
    ],
)
def test_a_long_list_is_answered_by_typing(typed: str, kept: str | None) -> None:
    form = post(compiled(field("x", "choice", **TOWN)), urlencode({"x": typed}))
    assert form.answers().get("x") == kept
    html = form.as_fields()
    assert '<datalist id="id_x-list">' in html
    if typed == "Ouagadogou":
        assert "Ouagadougou" in form.errors["x"][0]


def test_dependent_lists_are_asked_one_after_the_other_without_javascript() -> None:
    spec = compiled(
        choice("country", "BF", "DJ"), field("town", "choice", parent={"var": "country"}, **TOWN)
    )
    first = post(spec, "country=DJ")
    assert first.wants_more()
    second = post(spec, "country=DJ&_asked=town&town=ouagadougou")
    assert list(second.errors) == ["town"]
    assert post(spec, "country=DJ&_asked=town&town=tadjourah").is_valid()


PATH = "M10 10L20 30L30 20L40 60L50 20L60 70"


@pytest.mark.parametrize(
    ("config", "posted", "kept"),
    [
        ({}, {"x.name": "Hodan Ali"}, {"name": "Hodan Ali"}),
        ({}, {"x.path": PATH}, {"path": PATH}),
        ({}, {"x.name": "Hodan", "x.path": PATH}, {"name": "Hodan", "path": PATH}),
        ({"kind": "typed"}, {"x.name": "Hodan", "x.path": PATH}, {"name": "Hodan"}),
        ({"kind": "drawn"}, {"x.name": "Hodan"}, None),
        ({}, {"x.path": 'M0 0"/><script>alert(1)</script>'}, None),
        ({}, {"x.path": "M1 1L2 2"}, None),
        ({}, {"x.path": "M10 10" + "L20 30" * 10_000}, None),
        ({}, {"x.name": " "}, None),
    ],
)
def test_signature(config: dict, posted: dict, kept: Any) -> None:
    spec = compiled(field("x", "signature", **config))
    form = post(spec, urlencode(posted))
    assert form.answers().get("x") == kept
    assert "<script>" not in form.as_fields()
    if kept:
        row = engine.summary(spec, form.answers(), "fr")[0].rows[0]
        assert bool(row.picture) == ("path" in kept)
        assert engine.check(spec, form.answers()) == {}


def test_a_declaration_must_be_ticked() -> None:
    spec = compiled(field("x", "attestation", text={"fr": "Je certifie.\n\nJe sais."}))
    assert "x" in post(spec, "").errors
    assert post(spec, "x=yes").answers() == {"x": True}
    assert "<p>Je certifie.</p><p>Je sais.</p>" in post(spec, "").as_fields()
    assert (
        "always required" in engine.lint(definition(field("x", "attestation", required=False)))[0]
    )


# --- The register ------------------------------------------------------------------------------
@pytest.fixture
def register_spec() -> Any:
    cache.clear()
    return compiled(
        field("last_name"),
        field("npi", "lookup", registry="demo_civil", last_name={"var": "last_name"}),
        field("found", "computed", value={"var": "npi.record.first_names"}),
    )


@pytest.mark.parametrize(
    ("name", "number", "state", "found"),
    [
        ("Hounsou", "1234567890", "found", "Reine"),
        ("Dupont", "1234567890", "not_found", None),
        ("Hounsou", "9999999999", "not_found", None),
        ("Hounsou", "0000000000", "unreachable", None),
    ],
)
def test_a_register_answers_or_not_and_nobody_is_stopped(
    register_spec: Any, name: str, number: str, state: str, found: str | None
) -> None:
    form = post(register_spec, urlencode({"last_name": name, "npi": number}))
    assert form.is_valid()
    answers = form.answers()
    assert answers["npi"]["state"] == state
    assert answers["npi"]["at"]
    assert engine.computed(register_spec, answers).get("found") == found
    assert engine.check(register_spec, answers) == {}
    assert number in engine.summary(register_spec, answers, "fr")[0].rows[1].text
    searched = post(
        register_spec, urlencode({"last_name": name, "npi": number, "_refresh:npi": "1"})
    )
    assert searched.wants_more()
    assert 'role="status"' in searched.as_fields()


def test_a_register_that_failed_is_left_alone_for_a_while(register_spec: Any) -> None:
    post(register_spec, "last_name=Hounsou&npi=0000000000")
    asked = post(register_spec, "last_name=Hounsou&npi=1234567890").answers()
    assert asked["npi"]["state"] == "unreachable"


def test_a_strict_search_refuses_what_is_not_there() -> None:
    cache.clear()
    config = {"registry": "demo_civil", "last_name": "X", "strict": True}
    assert "x" in post(compiled(field("x", "lookup", **config)), "x=1234567890").errors


# --- The world of one person -------------------------------------------------------------------
class World(sources._Nobody):
    def earlier(self, field: Any) -> list[sources.Earlier]:
        return [sources.Earlier("BJ26-AAAA-0001", "Bulletin n°3", "2026-10-01")]

    def place(self, resource: str) -> sources.Place | None:
        slots = [sources.Slot("2026-11-24T08:30", 2), sources.Slot("2026-11-25T09:00", 9)]
        return sources.Place("Guichet du Plateau", slots) if resource == "plateau" else None

    def hold(self, resource: str, starts_at: str, person: str) -> None:
        if starts_at != "2026-11-24T08:30":
            raise sources.NotAvailable("pris")


def test_what_the_person_has_is_offered_and_anything_else_is_marked() -> None:
    spec = compiled(field("x", "link", of="document"))
    with sources.using(World()):
        own = post(spec, "x=BJ26-AAAA-0001")
        assert own.answers()["x"]["own"] is True
        assert "1 octobre 2026" in own.as_fields()
        typed = post(spec, "x=_other&x.number=bj25-zzzz-0009").answers()["x"]
    assert typed == {"reference": "BJ25-ZZZZ-0009", "own": False}
    assert post(spec, "x=BJ26-AAAA-0001").answers()["x"]["own"] is False
    assert "à vérifier" in engine.summary(spec, {"x": typed}, "fr")[0].rows[0].text


def test_a_slot_is_chosen_among_the_free_ones() -> None:
    slot = field("x", "appointment", resource={"var": "site"})
    source = definition(choice("site", "plateau", "elsewhere"))
    source["steps"].append({"key": "two", "title": "Deux", "fields": [slot]})
    spec = engine.compile(source)
    assert engine.lint(source) == []

    def chosen(site: str, moment: str) -> engine.StepForm:
        data = QueryDict(urlencode({"x": moment}))
        return engine.form_for(spec, "two", {"site": site}, language="fr", data=data)

    with sources.using(World()):
        assert "x" in chosen("elsewhere", "2026-11-24T08:30").errors
        assert "pris" in chosen("plateau", "2026-11-25T09:00").errors["x"][0]
        good = chosen("plateau", "2026-11-24T08:30")
        assert good.is_valid()
        assert '<optgroup label="mardi 24 novembre 2026">' in good.as_fields()
        answers = {"site": "plateau", **good.answers()}
        assert engine.check(spec, answers) == {}
    text = engine.summary(spec, answers, "fr")[1].rows[0].text
    assert text == "mardi 24 novembre 2026, 08:30 – Guichet du Plateau"
    same_page = definition(choice("site", "plateau"), slot)
    assert "after the question of its place" in engine.lint(same_page)[0]


# --- Written out at publication ----------------------------------------------------------------
def test_sections_come_and_go_whole() -> None:
    inner = [
        field("b"),
        {"key": "deep", "type": "section", "label": {"fr": "D"}, "fields": [field("c")]},
    ]
    section = {
        "key": "s", "type": "section", "label": {"fr": "S"}, "fields": inner,
        "show_if": {"eq": [{"var": "a"}, "x"]},
    }  # fmt: skip
    spec = compiled(choice("a", "x", "y"), section)
    assert [one.key for one in spec.fields] == ["a", "s", "b", "deep", "c"]
    assert engine.prune(spec, {"a": "x", "b": "1", "c": "2"}) == {"a": "x", "b": "1", "c": "2"}
    assert engine.prune(spec, {"a": "y", "b": "1", "c": "2"}) == {"a": "y"}
    assert engine.expand(spec.source) == spec.source


def test_rows_are_as_many_as_an_answer_says_and_have_totals() -> None:
    children = field(
        "children", "group", count={"var": "n"}, fields=[field("name"), field("aid", "money")],
        totals=[{"column": "aid", "label": {"fr": "Total"}, "format": "money"}],
    )  # fmt: skip
    spec = compiled(field("n", "integer", min=0), children)
    revealed = post(spec, "n=2")
    assert revealed.wants_more()
    assert "children.1.name" in revealed.as_fields()
    assert "_add:children" not in revealed.as_fields()
    rows = [{"name": "A", "aid": 100}, {"name": "B", "aid": 250}, {"name": "C", "aid": 1}]
    answers = {"n": 2, "children": rows}
    assert engine.computed(spec, answers)["children_aid_total"] == 350
    assert engine.prune(spec, answers)["children"] == rows[:2]
    assert "children" not in engine.prune(spec, {"n": 0, "children": rows})
    assert "children" in engine.check(spec, {"n": 10**6, "children": rows})


def test_a_line_to_pay_is_due_when_it_is_shown() -> None:
    line = field(
        "express", "payment_line", unit=500, quantity={"var": "n"}, show_if={"var": "quick"}
    )
    spec = compiled(field("quick", "yes_no"), field("n", "integer"), line)
    lines = engine.fee_lines(spec, {"quick": True, "n": 3})
    assert [(one.code, one.amount) for one in lines] == [("express", 1500)]
    assert engine.fee_lines(spec, {"quick": False, "n": 3}) == []
    assert engine.computed(spec, {"quick": True, "n": 3})["express"] == 1500
    assert "never negative" in engine.lint(definition(field("x", "payment_line", unit=-1)))[0]


def test_a_piece_is_asked_where_its_question_stands() -> None:
    piece = field(
        "diploma", "file", max_files=3, template="/media/modele.pdf", guidance="document",
        show_if={"var": "graduate"},
    )  # fmt: skip
    spec = compiled(field("graduate", "yes_no"), piece)
    (asked,) = engine.pieces(spec, {"graduate": True})
    assert (asked.key, asked.max_files, asked.template) == ("diploma", 3, "/media/modele.pdf")
    assert asked.guidance
    assert engine.pieces(spec, {"graduate": False}) == []
    elsewhere = definition(field("x", "file", template="https://evil.example/a.pdf"))
    assert "a file of this site" in engine.lint(elsewhere)[0]


def test_a_picture_says_what_it_shows_and_comes_from_here() -> None:
    picture = {"src": "static:img/x.png", "alt": {"fr": "La carte"}}
    html = engine.form_for(
        compiled(field("x", "image", **picture)), "one", {}, language="fr"
    ).as_fields()
    assert 'alt="La carte"' in html
    for src in ("//evil.example/x.png", "/media/../secret", "data:image/png;base64,x"):
        assert engine.lint(definition(field("x", "image", **{**picture, "src": src})))


# --- Every type, every aspect ------------------------------------------------------------------
@pytest.mark.parametrize("key", sorted(FIELD_TYPES))
def test_every_type_is_told_to_editors(key: str) -> None:
    kind = FIELD_TYPES[key]
    assert str(kind.label)
    assert kind.family
    assert all(str(setting.label) for setting in kind.settings)
    assert kind.config_keys | kind.expression_keys == {one.key for one in kind.settings}


@pytest.mark.parametrize(
    ("kind", "config", "posted"),
    [
        ("text", {}, "x=Ali"),
        ("integer", {}, "x=12"),
        ("decimal", {}, "x=1,5"),
        ("money", {}, "x=1 000"),
        ("date", {}, "x.d=1&x.m=2&x.y=2020"),
        ("partial_date", {}, "x.y=1964"),
        ("multi_choice", {"options": COMMUNES}, "x=bf-bobo&x=bf-ouaga"),
        ("yes_no", {}, "x=no"),
        ("choice", {"options": COMMUNES}, "x=bf-bobo"),
        ("time", {}, "x=8h05"),
        ("address", {}, "x.commune=Arta"),
        ("map_point", {}, "x.lat=12.5&x.lon=-1"),
        ("signature", {}, "x.name=Hodan Ali"),
        ("group", {"fields": [field("n", "integer")]}, "x.0.n=5"),
    ],
)
def test_answers_fit_the_schema_of_their_type(kind: str, config: dict, posted: str) -> None:
    spec = compiled(field("x", kind, **config))
    form = post(spec, posted.replace(" ", "%20"))
    assert form.errors == {}
    schema = FIELD_TYPES[kind].schema(spec.fields[0])
    jsonschema.validate(form.answers()["x"], schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"other": object()} if kind == "text" else "no such", schema)

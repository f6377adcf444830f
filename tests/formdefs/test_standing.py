"""Who may file, and for whom: one short entry of a definition, written out and enforced."""

from typing import Any

import pytest

from eservices.catalog import schema
from eservices.formdefs import engine, standing
from eservices.formdefs.soundness import doubts
from tests.formdefs.builders import definition, field
from tests.sample_spec import sample_definition

BIRTH = field("birth_date", "partial_date", birth=True)
NAMES = {"applicant_last_name": "FARAH", "applicant_first_names": "Ali"}


def form(who: Any, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return definition(field("last_name"), BIRTH, *fields, who=who, **more)


def faults(who: Any, answers: dict[str, Any]) -> set[str]:
    base = {"last_name": "ABDI", "birth_date": "1990-05-01"}
    return set(engine.check(engine.compile(form(who)), {**base, **answers}))


def test_it_is_asked_first_before_anything_is_begun() -> None:
    spec = engine.compile(form({"ways": ["self", "proxy"]}))
    assert [step.key for step in spec.steps] == ["who", "yourself", "one"]
    assert spec.steps[0].is_eligibility
    assert [one.key for one in engine.steps(spec, {"quality": "self"})] == ["who", "one"]


def test_the_eligibility_test_of_the_form_takes_it_in() -> None:
    own = {"key": "before", "title": {"fr": "Avant"}, "eligibility": True, "fields": [field("x")]}
    made = form({"ways": ["self", "proxy"]})
    made["steps"] = [own, *made["steps"]]
    spec = engine.compile(made)
    assert [step.key for step in spec.steps] == ["before", "yourself", "one"]
    assert [one.key for one in spec.steps[0].fields] == ["quality", "x"]


def test_writing_out_twice_changes_nothing() -> None:
    once = engine.expand(
        form({"ways": ["self", "minor_child", "proxy"], "refused": {"other": "Non"}})
    )
    assert engine.expand(once) == once


@pytest.mark.parametrize("who", [None, "self", {"ways": ["self"]}])
def test_the_person_alone_is_asked_nothing_more(who: Any) -> None:
    assert [step.key for step in engine.compile(form(who)).steps] == ["one"]


@pytest.mark.parametrize(
    ("who", "answers", "wrong"),
    [
        (["self", "proxy"], {}, {"quality"}),
        (["self", "proxy"], {"quality": "self"}, set()),
        (["self", "proxy"], {"quality": "proxy"}, {*NAMES, "applicant_id_number"}),
        (["self", "proxy"], {"quality": "proxy", **NAMES, "applicant_id_number": "A1"}, set()),
        (["self", "proxy"], {"quality": "minor_child", **NAMES}, {"quality"}),
        (["self", "minor_child"], {"quality": "minor_child", **NAMES}, {"birth_date"}),
        (["self", "minor_child"], {"quality": "minor_child", **NAMES, "birth_date": "2020-01-01"}, set()),
        (["self", "ascendant"], {"quality": "ascendant", **NAMES}, {"relation"}),
        (["self", "spouse"], {"quality": "spouse", **NAMES}, set()),
        (["minor_child"], {}, {"quality"}),
    ],
)  # fmt: skip
def test_who_may_file_is_enforced(who: list[str], answers: dict[str, Any], wrong: set[str]) -> None:
    assert faults({"ways": who}, answers) == wrong


def test_a_refused_way_says_why() -> None:
    who = {"ways": ["self"], "refused": {"proxy": {"fr": "C’est personnel."}}}
    spec = engine.compile(form(who))
    found = engine.check(spec, {"quality": "proxy", "last_name": "ABDI", "birth_date": "1990"})
    assert found == {"quality": ["C’est personnel."]}


def test_a_minor_does_not_ask_alone_where_it_is_told() -> None:
    young = {"quality": "self", "birth_date": "2020-01-01"}
    assert faults({"ways": ["self", "minor_child"]}, young) == set()
    told = {"ways": ["self", "minor_child"], "minors_by_others": True}
    assert faults(told, young) == {"birth_date"}


def test_each_way_brings_its_proof_once() -> None:
    who = {"ways": ["self", "minor_child", "ward", "proxy"]}
    spec = engine.compile(form(who))
    asked = {
        way: [one.key for one in engine.pieces(spec, {"quality": way})]
        for way in ("self", "minor_child", "ward", "proxy")
    }
    assert asked == {
        "self": [],
        "minor_child": ["parental_proof"],
        "ward": ["guardianship_order"],
        "proxy": ["power_of_attorney"],
    }
    own = {"key": "power_of_attorney", "label": {"fr": "Mandat"}, "max_files": 1}
    assert next(one["label"] for one in engine.expand(form(who, pieces=[own]))["pieces"]) == {
        "fr": "Mandat"
    }


@pytest.mark.parametrize(
    "who",
    ["self_or_proxy", ["self"], {}, {"ways": []}, {"ways": ["cousin"]}, {"ways": ["self", "self"]},
     {"ways": ["self"], "refused": ["proxy"]}, {"ways": ["self"], "refused": {"self": "Non"}},
     {"ways": ["self"], "words": {"proxy": {"label": "x"}}}, {"ways": ["self"], "age": 3}],
)  # fmt: skip
def test_what_is_wrong_with_it_is_told(who: Any) -> None:
    assert standing.faults({"who": who})
    assert any(fault.startswith("who") for fault in standing.faults({"who": who}))


def test_a_form_with_it_is_sound() -> None:
    made = form(
        {"ways": list(standing.library()["ways"])}, retention={"months": 12}, audience="agents"
    )
    assert engine.lint(made) == []
    assert doubts(made) == []
    told = schema.faults(sample_definition(who="all"))
    assert told[0].startswith("who: say who may file")

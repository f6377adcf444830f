"""The JSON Schema of a form accepts what the form accepts, and says no to what it plainly is not."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from eservices.formdefs import engine, trials
from eservices.formdefs.schemas import field_schema, form_schema
from tests.formdefs.builders import SAMPLES, choice, compiled, field, sample

NAMES = sorted(path.stem for path in SAMPLES.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_the_saved_answers_of_a_procedure_fit_its_schema(name: str) -> None:
    spec = engine.compile(definition := sample(name))
    schema = form_schema(spec)
    Draft202012Validator.check_schema(schema)
    validator, seen = Draft202012Validator(schema), 0
    for test in trials.written_out(definition["tests"]):
        if test.get("wrong") == []:
            answers, seen = engine.prune(spec, test["answers"]), seen + 1
            told = [
                f"{error.json_path}: {error.message[:200]}"
                for error in validator.iter_errors(answers)
            ]
            assert told == [], test["name"]
    assert seen >= 3
    for key, one in schema["properties"].items():
        assert one["x-type"], key
        assert one.get("title") or one["x-type"] in {"attestation"}, key


FIELDS: list[tuple[dict[str, Any], list[Any], list[Any]]] = [
    (field("a", "phone", countries=["BJ"]), ["+2290197000001"], ["0197000001", "+22670000001", "+229 01"]),
    (field("a", "email"), ["a@b.org"], ["a", "a@b c"]),
    (field("a", "bank_account", kinds=["rib"], countries=["BJ"]), ["BJ0661000101440000001234"], ["BJ06", "CI0661000101440000001234"]),
    (field("a", "bank_account"), ["FR7630006000011234567890189"], ["FR76 3000"]),
    (field("a", "money", max=500), [0, 500], [-1, 501, 1.5, "5"]),
    (field("a", "national_id", kinds=["npi", "cnib"]), ["1234567890", "B1234567"], ["123", "b1234567"]),
    (field("a", "integer", min=1, max=3), [1, 3], [0, 4, "1"]),
    (field("a", "date"), ["2026-01-31"], ["31/01/2026", "2026-01-31T10:00"]),
    (field("a", "date_time"), ["2026-01-31T10:00"], ["2026-01-31"]),
    (field("a", "partial_date"), ["1964", "1964-02"], ["64", "1964-13"]),
    (field("a", "pattern", mask="AA-999", example="BJ-123"), ["BJ-123"], ["BJ123", "bj-123"]),
    (field("a", "pattern", regex=r"[A-Z\-]{2}\d{1,2}", example="A-1"), ["A-1", "AB12"], ["A1"]),
    (field("a", "text", letters=True, uppercase=True), ["N'DAH", "علي"], ["R2", "awa", ""]),
    (field("a", "country", **{"except": ["FR"]}), ["BJ"], ["FR", "XX"]),
    (choice("a", "x", "y"), ["x"], ["z", 1]),
    (choice("a", "x", "y", type="multi_choice", max=1), [["x"]], [[], ["x", "y"], ["z"], "x"]),
    (field("a", "consent"), [True], [False, "yes"]),
    (field("a", "map_point"), [{"lat": 6.3, "lon": 2.4}, {"landmark": "mosquée"}], [{"lat": 91, "lon": 0}, {"lat": 6.3}, {}]),
    (field("a", "address"), [{"commune": "Kandi"}], [{"quarter": "Keferi"}, {"commune": "Kandi", "zip": "1"}]),
    (field("a", "person", parts=["last_name", "birth_year"], required_parts=["last_name"]), [{"last_name": "A", "birth_year": "1964"}], [{"last_name": "A", "birth_year": "64"}, {}]),
    (field("a", "signature", kind="typed"), [{"name": "Awa"}], [{}, {"path": "M1 1"}]),
    (field("a", "group", min=1, max=2, fields=[field("b")]), [[{"b": "x"}]], [[], [{}], [{"c": "x"}], [{"b": "x"}] * 3]),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "good", "bad"), FIELDS, ids=lambda one: str(one)[:40])
def test_each_type_tells_what_it_accepts(asked: dict[str, Any], good: list, bad: list) -> None:
    (only,) = compiled(asked, country="BJ").fields
    validator = Draft202012Validator(field_schema(only))
    assert [one for one in good if not validator.is_valid(one)] == []
    assert [one for one in bad if validator.is_valid(one)] == []

"""What each kind of question accepts, keeps and tells."""

from typing import Any
from urllib.parse import urlencode

import pytest

from eservices.formdefs import engine
from eservices.formdefs.types import FIELD_TYPES
from eservices.formdefs.types.base import FieldType, register
from tests.formdefs.builders import compiled, field, post
from tests.formdefs.test_random import EXTRA

REFUSED = object()
MANY = {"options": [{"value": v, "label": v} for v in ("a", "b", "c")]}
MASK = {"mask": "AA-999999", "example": "AB-123456"}

CASES: list[tuple[str, dict[str, Any], str, Any]] = [
    ("text", {}, "Ali", "Ali"),
    ("text", {}, "  O'Connor-N'Dia\u202e ", "O'Connor-N'Dia"),
    ("text", {}, "a\x00b\tc\nd", "ab c d"),
    ("text", {}, "null", "null"),
    ("text", {}, "جيبوتي", "جيبوتي"),
    ("text", {"uppercase": True}, "élie", "ÉLIE"),
    ("text", {"max_length": 3}, "abcd", REFUSED),
    ("text", {"min_length": 3}, "ab", REFUSED),
    ("text", {}, "é" * 200, "é" * 200),
    ("text", {}, "\u200e\u202a", REFUSED),
    ("long_text", {}, "a\r\nb", "a\nb"),
    ("pattern", MASK, "ab-123456", "AB-123456"),
    ("pattern", MASK, " AB - 123456 ", "AB-123456"),
    ("pattern", MASK, "AB-٤٥٦١٢٣", "AB-456123"),
    ("pattern", MASK, "AB-12345", REFUSED),
    ("pattern", {"regex": "[A-Z]{2}\\d+", "example": "AB1"}, "CD42", "CD42"),
    ("pattern", {"mask": "9999", "example": "0000", "checksum": "luhn"}, "0018", "0018"),
    ("pattern", {"mask": "9999", "example": "0000", "checksum": "luhn"}, "0019", REFUSED),
    ("integer", {}, "1 500", 1500),
    ("integer", {}, "1,500", 1500),
    ("integer", {}, "1.500.000", 1500000),
    ("integer", {}, "١٢", 12),
    ("integer", {}, "-3", -3),
    ("integer", {}, "2,5", REFUSED),
    ("integer", {}, "1e5", REFUSED),
    ("integer", {}, "NaN", REFUSED),
    ("integer", {}, "9" * 30, REFUSED),
    ("integer", {"min": 1, "max": 5}, "5", 5),
    ("integer", {"min": 1, "max": 5}, "6", REFUSED),
    ("integer", {"min": {"add": [2, 2]}}, "3", REFUSED),
    ("decimal", {}, "12,5", 12.5),
    ("decimal", {}, "1 234,56", 1234.56),
    ("decimal", {}, "1,234.56", 1234.56),
    ("decimal", {}, "12.345", REFUSED),
    ("decimal", {"decimals": 3}, "12.345", 12.345),
    ("decimal", {}, "12", 12),
    ("money", {}, "15 000", 15000),
    ("money", {}, "15.000", 15000),
    ("money", {}, "15,5", REFUSED),
    ("money", {}, "-1", REFUSED),
    ("money", {"currency": "EUR"}, "12,50", 1250),
    ("time", {}, "8h30", "08:30"),
    ("time", {}, "23:59", "23:59"),
    ("time", {}, "24:00", REFUSED),
    ("yes_no", {}, "yes", True),
    ("yes_no", {}, "no", False),
    ("yes_no", {}, "maybe", REFUSED),
    ("consent", {}, "yes", True),
    ("consent", {}, "on", REFUSED),
    ("choice", MANY, "a", "a"),
    ("choice", MANY, "z", REFUSED),
    ("office", MANY, "b", "b"),
    ("country", {}, "DJ", "DJ"),
    ("country", {}, "ZZ", REFUSED),
    ("country", {"except": ["DJ"]}, "DJ", REFUSED),
    ("email", {}, "a@b.dj", "a@b.dj"),
    ("email", {}, "a@b", REFUSED),
    ("phone", {}, "77 83 10 01", "+25377831001"),
    ("phone", {}, "٧٧٨٣١٠٠١", "+25377831001"),
    ("phone", {}, "00253 77831001", "+25377831001"),
    ("phone", {}, "+33 6 12 34 56 78", "+33612345678"),
    ("phone", {"countries": ["DJ"]}, "+33 6 12 34 56 78", REFUSED),
    ("phone", {"region": "CI"}, "0712345678", "+2250712345678"),
    ("phone", {"region": "CI"}, "12345678", REFUSED),
    ("phone", {"region": "BJ"}, "0197123456", "+2290197123456"),
    ("phone", {}, "call me", REFUSED),
    ("mobile_money", {"region": "CI", "prefixes": ["07"]}, "0712345678", "+2250712345678"),
    ("mobile_money", {"region": "CI", "prefixes": ["05"]}, "0712345678", REFUSED),
    ("bank_account", {}, "GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
    ("bank_account", {}, "GB82 WEST 1234 5698 7654 33", REFUSED),
]


@pytest.mark.parametrize(("kind", "config", "typed", "kept"), CASES)
def test_what_is_typed_is_read(kind: str, config: dict, typed: str, kept: Any) -> None:
    form = post(compiled(field("x", kind, **config)), urlencode({"x": typed}))
    if kept is REFUSED:
        assert list(form.errors) == ["x"]
        return
    assert form.errors == {}
    assert form.answers() == {"x": kept}
    assert type(form.answers()["x"]) is type(kept)


DATES = [
    ("date", {}, "5", "3", "1987", "1987-03-05"),
    ("date", {}, "29", "2", "2024", "2024-02-29"),
    ("date", {}, "29", "2", "2023", REFUSED),
    ("date", {}, "29", "2", "1900", REFUSED),
    ("date", {}, "1", "janvier", "1899", "1899-01-01"),
    ("date", {}, "1", "Févr", "2020", "2020-02-01"),
    ("date", {}, "٠٥", "٠٣", "١٩٨٧", "1987-03-05"),
    ("date", {}, "1", "مارس", "2020", "2020-03-01"),
    ("date", {}, "1", "1", "87", REFUSED),
    ("date", {}, "", "1", "1987", REFUSED),
    ("date", {"max": "2020-01-01"}, "2", "1", "2020", REFUSED),
    ("date", {"min": {"date": ["2020-01-01"]}}, "31", "12", "2019", REFUSED),
    ("partial_date", {}, "", "", "1964", "1964"),
    ("partial_date", {}, "5", "3", "1964", "1964-03-05"),
    ("partial_date", {}, "", "3", "1964", REFUSED),
    ("partial_date", {"precision": "month"}, "", "3", "1964", "1964-03"),
    ("partial_date", {"precision": "month"}, "", "13", "1964", REFUSED),
    ("partial_date", {"max": "1964-06-01"}, "", "", "1964", "1964"),
    ("partial_date", {"max": "1963-12-31"}, "", "", "1964", REFUSED),
]


@pytest.mark.parametrize(("kind", "config", "day", "month", "year", "kept"), DATES)
def test_dates(kind: str, config: dict, day: str, month: str, year: str, kept: Any) -> None:
    data = urlencode({"x.d": day, "x.m": month, "x.y": year})
    form = post(compiled(field("x", kind, **config)), data)
    assert (list(form.errors) == ["x"]) if kept is REFUSED else (form.answers() == {"x": kept})


def test_several_choices_in_their_own_order() -> None:
    spec = compiled(field("x", "multi_choice", max=2, **MANY))
    assert post(spec, "x=c&x=a").answers() == {"x": ["a", "c"]}
    assert "x" in post(spec, "x=a&x=b&x=c").errors
    assert "x" in post(spec, "x=z").errors
    assert "x" in post(spec, "").errors


def test_address_needs_no_postcode() -> None:
    spec = compiled(field("x", "address"))
    form = post(spec, urlencode({"x.commune": "Balbala", "x.landmark": "derrière la mosquée"}))
    assert form.answers() == {"x": {"commune": "Balbala", "landmark": "derrière la mosquée"}}
    assert "x" in post(spec, "x.landmark=porte+verte").errors


def test_megabytes_of_text_are_refused_in_clear_words_and_not_sent_back() -> None:
    form = post(compiled(field("x", max_length=80)), "x=" + "a" * 10_000_000)
    assert "80" in form.errors["x"][0]
    assert "10000000" in form.errors["x"][0]
    assert len(form.as_fields()) < 30_000


@pytest.mark.parametrize("kind", [key for key, kind in FIELD_TYPES.items() if kind.asks])
def test_strange_stored_answers_never_raise(kind: str) -> None:
    config = MANY if kind in {"choice", "office", "multi_choice"} else {}
    config = MASK if kind == "pattern" else config
    config = {"fields": [field("y")]} if kind == "group" else config
    config = EXTRA[kind] if kind in {"lookup", "appointment"} else config
    spec = compiled(field("x", kind, **config))
    for strange in (None, 0, 1.5, True, "", "x", "\ud800", [], [None], {}, {"y": []}, [{"y": {}}]):
        answers = {"x": strange}
        engine.summary(spec, answers, "ar")
        engine.search_text(spec, answers)
        engine.check(spec, answers)
        engine.form_for(spec, "one", answers, language="fr").as_fields()


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("partial_date", "1964", "1964"),
        ("date", "1987-03-05", "5 mars 1987"),
        ("money", 15000, "15\u202f000\u00a0FDJ"),
        ("yes_no", False, "Non"),
        ("phone", "+25377831001", "+253 77 83 10 01"),
        ("country", "CI", "Côte d’Ivoire"),
    ],
)
def test_answers_in_words(kind: str, value: Any, text: str) -> None:
    assert engine.summary(compiled(field("x", kind)), {"x": value}, "fr")[0].rows[0].text == text


def test_a_type_is_registered_once() -> None:
    class Twin(FieldType):
        key = "text"

    with pytest.raises(ValueError, match="already registered"):
        register(Twin)

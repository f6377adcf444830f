"""Persons, national numbers, bank accounts, points and pages: what is typed and what is kept."""

from typing import Any
from urllib.parse import urlencode

import pytest

from eservices.formdefs import engine
from eservices.formdefs.types import FIELD_TYPES
from eservices.formdefs.types.identity import IBAN_LENGTHS
from tests.formdefs.builders import compiled, definition, field, post

REFUSED = object()


def rib_of(account: str) -> str:
    """Return `account` (22 signs) with its key, worked out independently of the engine."""
    table = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789", strict=True))
    digits = "".join(table.get(sign, sign) for sign in account)
    key = 97 - (17 * int(digits[:5]) + 53 * int(digits[5:10]) + 3 * int(digits[10:22])) % 97
    return f"{account}{key:02}"


GOOD_RIB = rib_of("BJ06601001000144390001")

CASES = [
    ("bank_account", {}, GOOD_RIB, GOOD_RIB),
    ("bank_account", {"kinds": ["rib"]}, f"{GOOD_RIB[:5]} {GOOD_RIB[5:10]}-{GOOD_RIB[10:]}", GOOD_RIB),
    ("bank_account", {"kinds": ["rib"]}, GOOD_RIB.lower(), GOOD_RIB),
    ("bank_account", {"kinds": ["rib"]}, GOOD_RIB[:-1], REFUSED),
    ("bank_account", {"kinds": ["rib"]}, f"{GOOD_RIB[:-1]}{(int(GOOD_RIB[-1]) + 1) % 10}", REFUSED),
    ("bank_account", {"kinds": ["rib"], "countries": ["CI"]}, GOOD_RIB, REFUSED),
    ("bank_account", {"kinds": ["rib"]}, "GB82WEST12345698765432", REFUSED),
    ("bank_account", {"kinds": ["iban"]}, "FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606"),
    ("bank_account", {"kinds": ["iban"]}, "FR14 2004 1010 0505 0001 3M02 60", REFUSED),
    ("bank_account", {"kinds": ["iban"]}, "NO93 8601 1117 947", "NO9386011117947"),
    ("bank_account", {"kinds": ["iban"]}, "DE89370400440532013000", "DE89370400440532013000"),
    ("bank_account", {"kinds": ["iban"]}, "DE89370400440532013001", REFUSED),
    ("national_id", {"kinds": ["npi"]}, "1234 5678 90", "1234567890"),
    ("national_id", {"kinds": ["npi"]}, "١٢٣٤٥٦٧٨٩٠", "1234567890"),
    ("national_id", {"kinds": ["npi"]}, "123456789", REFUSED),
    ("national_id", {"kinds": ["cnib"]}, "b 12345678", "B12345678"),
    ("national_id", {"kinds": ["cnib"]}, "12345678", REFUSED),
    ("national_id", {"kinds": ["nni", "cni"]}, "12345678901", "12345678901"),
    ("national_id", {"kinds": ["nni", "cni"]}, "CI 001234567", "CI001234567"),
    ("national_id", {}, "12345678", "12345678"),
    ("national_id", {}, "ABC", REFUSED),
    ("url", {}, "exemple.org/page", "https://exemple.org/page"),
    ("url", {}, "http://exemple.org", "http://exemple.org"),
    ("url", {}, "javascript://alert(1)", REFUSED),
    ("url", {}, "ftp://exemple.org", REFUSED),
    ("url", {}, "pas une adresse", REFUSED),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "config", "typed", "kept"), CASES)
def test_what_is_typed_is_read(kind: str, config: dict, typed: str, kept: Any) -> None:
    spec = compiled(field("x", kind, **config))
    form = post(spec, urlencode({"x": typed}))
    assert (list(form.errors) == ["x"]) if kept is REFUSED else (form.answers() == {"x": kept})
    if kept is not REFUSED:
        assert engine.check(spec, {"x": kept}) == {}


PARTS = [
    ("map_point", {"lat": "12,3714", "lon": "-1.5197"}, {"lat": 12.3714, "lon": -1.5197}),
    ("map_point", {"lat": "12.3714, -1.5197"}, {"lat": 12.3714, "lon": -1.5197}),
    ("map_point", {"lat": "١٢", "lon": "٠"}, {"lat": 12.0, "lon": 0.0}),
    ("map_point", {"landmark": " derrière la mosquée "}, {"landmark": "derrière la mosquée"}),
    ("map_point", {"lat": "12"}, REFUSED),
    ("map_point", {"lat": "91", "lon": "0"}, REFUSED),
    ("map_point", {"lat": "0", "lon": "-181"}, REFUSED),
    ("map_point", {"lat": "nord", "lon": "est"}, REFUSED),
    ("map_point", {}, REFUSED),
    ("person", {"last_name": "Ali", "first_names": "Hodan"}, {"last_name": "ALI", "first_names": "Hodan"}),
    ("person", {"last_name": "Ali"}, REFUSED),
    ("date_time", {"d": "5", "m": "3", "y": "2027", "t": "08:30"}, "2027-03-05T08:30"),
    ("date_time", {"d": "5", "m": "3", "y": "2027", "t": "25:00"}, REFUSED),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "typed", "kept"), PARTS)
def test_several_boxes(kind: str, typed: dict, kept: Any) -> None:
    spec = compiled(field("x", kind))
    form = post(spec, urlencode({f"x.{part}": text for part, text in typed.items()}))
    if kept is REFUSED:
        assert list(form.errors) == ["x"]
        return
    assert form.answers() == {"x": kept}
    assert engine.check(spec, {"x": kept}) == {}
    again = engine.form_for(spec, "one", {"x": kept}, language="fr").as_fields()
    assert 'name="x.' in again


def test_a_person_of_a_known_year_is_told_in_words() -> None:
    config = {"parts": ["last_name", "first_names", "birth_year"]}
    spec = compiled(field("x", "person", **config))
    form = post(spec, "x.last_name=abdi&x.first_names=Ali&x.birth_year=1964")
    assert engine.summary(spec, form.answers(), "fr")[0].rows[0].text == "ABDI Ali (1964)"
    assert "x" in post(spec, "x.last_name=abdi&x.first_names=Ali&x.birth_year=64").errors


def test_in_words_and_forgotten() -> None:
    point = {"lat": 12.3714, "lon": -1.5, "landmark": "marché"}
    spec = compiled(field("p", "map_point"), field("r", "bank_account"))
    rows = engine.summary(spec, {"p": point, "r": GOOD_RIB}, "fr")[0].rows
    assert rows[0].text == "12.3714, -1.5 – marché"
    assert rows[1].text == f"BJ066 01001 000144390001 {GOOD_RIB[22:]}"
    for kind, value in (
        ("map_point", point),
        ("bank_account", GOOD_RIB),
        ("person", {"last_name": "A"}),
    ):
        assert FIELD_TYPES[kind].anonymise(spec.fields[0], value) is None


@pytest.mark.parametrize("value", [7, "x", [1], {"lat": "x"}, {"lat": True, "lon": None}, None])
@pytest.mark.parametrize("kind", ["map_point", "person", "bank_account", "national_id", "url"])
def test_a_strange_answer_never_raises(kind: str, value: Any) -> None:
    spec = compiled(field("x", kind))
    engine.check(spec, {"x": value})
    engine.summary(spec, {"x": value}, "fr")
    engine.form_for(spec, "one", {"x": value}, language="fr").as_fields()


@pytest.mark.parametrize(
    "fault",
    [
        field("x", "bank_account", kinds=["swift"]),
        field("x", "bank_account", countries=["ZZ"]),
        field("x", "national_id", kinds=["ssn"]),
        field("x", "person", parts=["age"]),
    ],
)
def test_a_faulty_configuration_is_told(fault: dict) -> None:
    assert len(engine.lint(definition(fault))) == 1


def test_lengths_are_those_of_the_registry() -> None:
    assert all(15 <= length <= 34 for length in IBAN_LENGTHS.values())
    assert {IBAN_LENGTHS[code] for code in ("BJ", "BF", "CI")} == {28}

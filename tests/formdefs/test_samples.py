"""The three procedures that are shipped: what DOMAIN says of them, as their definitions do it."""

from typing import Any

import pytest

from eservices.formdefs import engine
from tests.formdefs.builders import sample

NAMES = ["extrait-acte-naissance", "casier-judiciaire-b3", "legalisation"]
BIRTH = {
    "quality": "self", "last_name": "ABDI", "first_names": "Hodan", "sex": "F", "birth_date": "1964",
    "birth_region": "djibouti", "document_kind": "full_copy", "centre_declaration": "dj-balbala",
    "copies": 3, "purpose": "passport", "phone": "+25377831001", "spoken_language": "so",
    "channel": "sms", "delivery": "pdf",
}  # fmt: skip
RECORD = {
    "quality": "self", "beninese": True, "npi": "1234567890", "last_name": "HOUNSOU", "first_names": "Reine", "sex": "F",
    "marital_status": "single", "birth_date": "1990-02-28", "born_abroad": False,
    "birth_department": "zou", "birth_commune": "bohicon", "father_name": "Jean", "mother_name": "Afi",
    "purpose": "job", "phone": "+2290197123456", "channel": "sms", "personal_request": True,
}  # fmt: skip
COPY = {
    "nature": "copy", "documents": [{"title": "Diplôme", "pages": 2, "language": "fr"}],
    "last_name": "KONÉ", "first_names": "Awa", "sex": "F", "birth_date": "1999-12-31",
    "nationality": "CI", "id_kind": "id_card", "id_number": "C0012", "phone": "+2250712345678",
}  # fmt: skip


def spec(name: str) -> engine.CompiledSpec:
    return engine.compile(sample(name), key=name)


@pytest.mark.parametrize("name", NAMES)
def test_it_may_be_published(name: str) -> None:
    assert engine.lint(sample(name)) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_step_is_drawn(name: str, language: str) -> None:
    for step in spec(name).steps:
        form = engine.form_for(spec(name), step.key, {}, language=language)
        assert form.title
        assert len(form.as_fields()) < 60_000


@pytest.mark.parametrize(
    ("name", "answers", "pieces", "total"),
    [
        (NAMES[0], BIRTH, ["id_document", "previous_extract"], 1500),
        (NAMES[1], RECORD, ["civil_status_document", "id_document"], 1900),
        (NAMES[2], COPY, ["id_document", "scanned_documents"], 500),
    ],
)
def test_a_complete_request(name: str, answers: dict, pieces: list[str], total: int) -> None:
    assert engine.check(spec(name), answers) == {}
    assert engine.prune(spec(name), answers) == answers
    assert [piece.key for piece in engine.pieces(spec(name), answers)] == pieces
    assert sum(line.amount for line in engine.fee_lines(spec(name), answers)) == total
    assert all(step.is_complete for step in engine.steps(spec(name), answers))


@pytest.mark.parametrize(
    ("name", "answers", "changes", "faults"),
    [
        (NAMES[0], BIRTH, {"quality": "other"}, {"relation", "applicant_last_name", "applicant_first_names", "document_kind"}),
        (NAMES[0], BIRTH, {"quality": "minor_child", "applicant_last_name": "A", "applicant_first_names": "B"}, {"birth_date"}),
        (NAMES[0], BIRTH, {"copies": 6}, {"copies"}),
        (NAMES[0], BIRTH, {"register_year": 2999}, {"register_year"}),
        (NAMES[0], BIRTH, {"birth_region": "consulate"}, {"birth_country", "birth_consulate"}),
        (NAMES[0], BIRTH, {"purpose": "other"}, {"purpose_other"}),
        (NAMES[0], BIRTH, {"channel": "email"}, {"email"}),
        (NAMES[0], BIRTH, {"delivery": "counter"}, {"pickup_office"}),
        (NAMES[1], RECORD, {"npi": "12345"}, {"npi"}),
        (NAMES[1], RECORD, {"marital_status": "married"}, {"other_names"}),
        (NAMES[1], RECORD, {"birth_commune": "cotonou"}, {"birth_commune"}),
        (NAMES[1], RECORD, {"born_abroad": True}, {"birth_country", "birth_city"}),
        (NAMES[1], RECORD, {"personal_request": None}, {"personal_request"}),
        (NAMES[1], RECORD, {"beninese": False}, {"nationality", "foreign_id_kind", "foreign_id_number", "residence_from", "residence_ongoing", "benin_address"}),
        (NAMES[2], COPY, {"nature": "signature"}, {"appointment"}),
        (NAMES[2], COPY, {"documents": []}, {"documents"}),
        (NAMES[2], COPY, {"documents": [{"title": "x", "pages": 1, "language": "other"}]}, {"documents.0.language_other"}),
    ],
)  # fmt: skip
def test_its_rules(name: str, answers: dict, changes: dict[str, Any], faults: set[str]) -> None:
    assert set(engine.check(spec(name), {**answers, **changes})) == faults


def test_the_proxy_brings_a_power_of_attorney_and_the_parent_a_proof() -> None:
    asked = {
        quality: {piece.key for piece in engine.pieces(spec(NAMES[0]), {"quality": quality})}
        for quality in ("self", "proxy", "minor_child")
    }
    assert asked["proxy"] - asked["self"] == {"power_of_attorney"}
    assert asked["minor_child"] - asked["self"] == {"parental_proof"}


def test_a_foreign_document_needs_a_sworn_translation() -> None:
    rows = [
        {"title": "A", "pages": 1, "language": "fr"},
        {"title": "B", "pages": 1, "language": "ar"},
    ]
    answers = {**COPY, "documents": rows}
    assert "sworn_translation" in [piece.key for piece in engine.pieces(spec(NAMES[2]), answers)]
    assert engine.fee_lines(spec(NAMES[2]), answers)[0].amount == 1000


def test_the_foreigner_tells_his_stay_only() -> None:
    keys = [step.key for step in engine.steps(spec(NAMES[1]), {"beninese": False})]
    assert keys == ["who", "identity", "birth", "residence", "request"]
    assert "residence" not in [step.key for step in engine.steps(spec(NAMES[1]), RECORD)]

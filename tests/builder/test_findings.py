"""What stands against publishing: each kind is told in one sentence, with the address of its place."""

import pytest
from django.urls import reverse

from eservices.catalog import drafting
from eservices.catalog.builder.findings import readiness
from tests.people import make_office
from tests.sample_spec import sample_definition

pytestmark = pytest.mark.django_db
MINOR = {"key": "minor", "type": "yes_no", "label": {"fr": "Mineur ?"}}
LATER = {"key": "later", "type": "yes_no", "label": {"fr": "Domicilié ici ?"}}


def asked(key, **more):
    return {"key": key, "type": "text", "label": {"fr": f"Question {key}"}, **more}


def yes(key):
    return {"eq": [{"var": key}, True]}


BOTH = {"and": [yes("minor"), {"eq": [{"var": "minor"}, False]}]}
CASES = {
    "never asked": ([MINOR, asked("x", show_if=BOTH)], {}, "Question x", ("field", ["x"])),
    "read too early": ([asked("x", show_if=yes("later")), LATER], {}, "Domicilié ici", ("field", ["x"])),
    "read from nowhere": ([asked("x", show_if=yes("gone"))], {}, "gone", ("field", ["x"])),
    "nothing to choose": ([asked("x") | {"type": "choice", "options": []}], {}, "vide", ("field", ["x"])),
    "not translated": ([asked("x")], {"languages": ["fr", "ar"]}, "arabe", ("translations", [])),
    "piece never asked": ([MINOR], {"pieces": [{"key": "p", "label": {"fr": "Livret"}, "show_if": BOTH}]}, "Livret", ("entry", ["pieces", "pieces", 0])),
    "fee below nothing": ([asked("n") | {"type": "integer"}], {"fees": [{"code": "f", "label": {"fr": "Droit"}, "unit": {"sub": [{"var": "n"}, 5]}}]}, "négatif", ("entry", ["fees", "fees", 0])),
    "kept for ever": ([asked("x", personal=True)], {"retention": {}}, "personnelles", ("section", ["data"])),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "more", "words", "place"), CASES.values(), ids=CASES)
def test_each_kind_of_mistake_is_told_with_its_place(fields, more, words, place):
    make_office("test-office")
    first = sample_definition()["steps"][0]
    steps = [first, {"key": "try", "title": {"fr": "Essai"}, "fields": fields}]
    definition = sample_definition() | {"steps": steps, "fees": []} | more
    eservice = drafting.create(definition, by=None)
    found = readiness(eservice, definition).findings
    name, args = place
    address = reverse(f"builder:{name}", args=[eservice.pk, *args])
    assert any(words in one.words and one.url.partition("?")[0] == address for one in found), found


def test_what_makes_no_sense_is_told_beside_what_is_missing():
    definition = sample_definition() | {"offices": ["nowhere"], "retention": {}}
    eservice = drafting.create(definition, by=None)
    assert len({one.url for one in readiness(eservice, definition).findings}) >= 2

"""Two editors, one definition: nothing is lost, and each is told."""

import pytest

from eservices.catalog import drafting
from eservices.catalog.errors import EditConflict, NameTaken
from eservices.formdefs import editing
from tests.people import make_editor
from tests.sample_spec import sample_definition

pytestmark = pytest.mark.django_db


@pytest.fixture
def eservice():
    return drafting.create(sample_definition(), by=None)


def changed(definition, path, **values):
    return editing.replace_field(definition, path, {**editing.field_at(definition, path), **values})


def test_each_save_is_a_numbered_revision_with_its_author(eservice):
    editor = make_editor()
    mine = changed(eservice.definition, "phone", label={"fr": "Portable"})
    revision = drafting.save(eservice, mine, base=1, by=editor, summary="Un mot")
    eservice.refresh_from_db()
    assert (revision.number, eservice.revision) == (2, 2)
    assert (revision.saved_by, revision.summary) == (editor, "Un mot")
    assert editing.field_at(eservice.definition, "phone")["label"] == {"fr": "Portable"}


def test_two_changes_of_two_places_are_put_together(eservice):
    one = changed(eservice.definition, "phone", label={"fr": "Portable"})
    other = editing.move_field(eservice.definition, "phone", 0)
    other = changed(other, "copies", max=9)
    drafting.save(eservice, one, base=1, by=None)
    drafting.save(eservice, other, base=1, by=None)
    eservice.refresh_from_db()
    fields = eservice.definition["steps"][0]["fields"]
    assert [field["key"] for field in fields] == ["phone", "last_name", "first_names"]
    assert fields[0]["label"] == {"fr": "Portable"}
    assert editing.field_at(eservice.definition, "copies")["max"] == 9


def test_two_changes_of_one_place_keep_the_second_aside(eservice):
    drafting.save(eservice, changed(eservice.definition, "copies", max=7), base=1, by=None)
    mine = changed(eservice.definition, "copies", max=9)
    with pytest.raises(EditConflict) as conflict:
        drafting.save(eservice, mine, base=1, by=None)
    eservice.refresh_from_db()
    aside = eservice.revisions.get(number=conflict.value.details["aside"])
    assert aside.is_aside
    assert editing.field_at(aside.definition, "copies")["max"] == 9
    assert editing.field_at(eservice.definition, "copies")["max"] == 7
    assert conflict.value.details["clashes"] == ["steps/request/fields/copies/max"]

    drafting.take_over(eservice, aside, by=None)
    eservice.refresh_from_db()
    assert editing.field_at(eservice.definition, "copies")["max"] == 9


def test_an_earlier_revision_comes_back_as_a_new_one(eservice):
    drafting.save(eservice, changed(eservice.definition, "copies", max=7), base=1, by=None)
    eservice.refresh_from_db()
    drafting.restore(eservice, eservice.revisions.get(number=1), by=None)
    eservice.refresh_from_db()
    assert eservice.revision == 3
    assert editing.field_at(eservice.definition, "copies")["max"] == 5


def test_the_code_of_another_service_is_refused(eservice):
    with pytest.raises(NameTaken) as taken:
        drafting.create(sample_definition(slug="autre"), by=None)
    assert taken.value.details["field"] == "code"

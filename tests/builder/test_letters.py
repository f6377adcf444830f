"""A document is written in the CMS, block by block, and drawn as it will be."""

import pytest
from django.urls import reverse

from eservices.catalog import services as catalog
from eservices.catalog.models import EService
from tests.documents.samples import read
from tests.people import make_administrator, make_office, sign_in
from tests.sample_spec import sample_definition

pytestmark = pytest.mark.django_db
DOCUMENT = {"key": "attestation", "title": {"fr": "Attestation"}, "template": "generic"}


@pytest.fixture
def letter(client):
    make_office("test-office")
    version = catalog.publish(sample_definition(fees=[], documents=[DOCUMENT]))
    sign_in(client, make_administrator())
    pk = version.eservice_id

    def post(name, *args, **data):
        version.eservice.refresh_from_db()
        address = reverse(f"builder:{name}", args=[pk, "attestation", *args])
        return client.post(address, {"base": version.eservice.revision, **data})

    def body():
        version.eservice.refresh_from_db()
        return version.eservice.definition["documents"][0].get("body", [])

    post.body, post.pk = body, pk
    return post


def test_blocks_are_added_written_moved_removed_and_drawn(letter, client):
    letter("letter", act="add:heading")
    letter("letter", act="add:paragraph")
    assert (
        letter(
            "block", 1, kind="paragraph", **{"text.fr": "Certifie que **{last_name}** vit ici."}
        ).status_code
        == 302
    )
    assert letter("block", 0, kind="heading", **{"text.fr": "Le maire"}).status_code == 302
    assert [block["kind"] for block in letter.body()] == ["heading", "paragraph"]
    letter("letter", act="up:1")
    assert [block["kind"] for block in letter.body()] == ["paragraph", "heading"]

    pdf = client.get(reverse("builder:letter_preview", args=[letter.pk, "attestation"]))
    assert pdf["Content-Type"] == "application/pdf"
    text = read(pdf.content)
    assert "Le maire" in text
    assert "vit ici" in text
    letter("letter", act="remove:0")
    assert len(letter.body()) == 1


def test_a_table_says_each_line_of_a_group_and_what_agents_found(client):
    make_office("test-office")
    column = {"key": "first", "type": "text", "label": {"fr": "Prénom"}}
    group = {"key": "children", "type": "group", "label": {"fr": "Enfants"}, "fields": [column]}
    definition = sample_definition(fees=[], documents=[DOCUMENT])
    definition["steps"][0]["fields"].append(group)
    record = {"key": "record", "type": "text", "max_length": 9, "label": {"fr": "Fiche"}}
    definition["circuit"]["stages"][0]["fields"] = [record]
    eservice = catalog.publish(definition).eservice
    sign_in(client, make_administrator())
    add = reverse("builder:letter", args=[eservice.pk, "attestation"])
    client.post(add, {"base": eservice.revision, "act": "add:table"})
    eservice.refresh_from_db()
    block = reverse("builder:block", args=[eservice.pk, "attestation", 0])
    words = "Enfant | Fiche | Avant\n{first} | {record} | {former_number}"
    typed = {"base": eservice.revision, "kind": "table", "rows": "children", "text.fr": words}
    assert client.post(block, typed).status_code == 302
    eservice.refresh_from_db()
    assert eservice.definition["documents"][0]["body"][0]["rows"] == "children"
    pdf = client.get(reverse("builder:letter_preview", args=[eservice.pk, "attestation"]))
    assert read(pdf.content).count("Prénom") == 2


def test_an_administrator_chooses_the_languages_of_the_paper(letter, client):
    letter("letter", act="add:paragraph")
    words = {
        "text.fr": "Certifie que **{last_name}** vit ici.",
        "text.ar": "يشهد بأن **{last_name}** يسكن هنا.",
    }
    letter("block", 0, kind="paragraph", **words)
    entry = reverse("builder:entry", args=[letter.pk, "documents", "documents", 0])
    revision = EService.objects.get(pk=letter.pk).revision
    typed = {"base": revision, "title.fr": "Attestation", "template": "generic", "key": "attestation",
             "language": "ar", "beside": "fr", "controlled": "1"}  # fmt: skip
    assert client.post(entry, typed).status_code == 302
    definition = EService.objects.get(pk=letter.pk).definition
    document = definition["documents"][0]
    assert (document["language"], document["beside"]) == ("ar", ["fr"])
    assert document["controlled"] is True  # each act goes to the office above
    assert "Soumis au contrôle" in client.get(entry).content.decode()
    wrong = {**definition, "documents": [{**document, "controlled": "yes"}]}
    assert "documents[0].controlled: controlled must be true or false" in catalog.check(wrong)
    pdf = client.get(reverse("builder:letter_preview", args=[letter.pk, "attestation"]))
    text = read(pdf.content)
    assert "vit ici" in text
    assert any("\u0600" <= sign <= "\u06ff" or sign > "\ufb50" for sign in text)


def test_an_answer_that_no_question_gives_is_refused_and_the_text_stays(letter):
    letter("letter", act="add:paragraph")
    answer = letter("block", 0, kind="paragraph", **{"text.fr": "Pour {pointure}"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "{pointure}" in html
    assert "text" not in letter.body()[0]


def test_what_does_not_exist_is_not_found(letter, client):
    assert letter("letter", act="remove:7").status_code == 404
    assert letter("block", 3, kind="box").status_code == 404
    missing = reverse("builder:letter", args=[letter.pk, "autre"])
    assert client.get(missing).status_code == 404

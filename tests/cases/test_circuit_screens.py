"""The circuit in the builder: drawn, edited by plain forms, tried with a case."""

import copy
import xml.etree.ElementTree as ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from eservices.catalog import drafting
from eservices.catalog.builder.fault_words import fault_words
from eservices.catalog.circuits import drawing, editing
from eservices.catalog.circuits.model import Circuit
from tests.people import make_administrator, make_agent, make_office, sign_in
from tests.sample_circuit import parallel_circuit
from tests.sample_spec import sample_definition


@pytest.fixture
def eservice(db):
    make_office("test-office")
    make_office("tax-office")
    return drafting.create(sample_definition(circuit=parallel_circuit()), by=None)


@pytest.fixture
def browser(eservice):
    client = Client()
    sign_in(client, make_administrator())
    return client


def at(eservice, name, *more):
    return reverse(f"circuit:{name}", args=[eservice.pk, *more])


def keys(eservice):
    eservice.refresh_from_db()
    return [stage["key"] for _place, stage in editing.places(eservice.definition)]


def test_drawing_is_sound_accessible_and_narrow():
    circuit = Circuit.of(sample_definition(circuit=parallel_circuit()))
    for language in ("fr", "ar"):
        text = drawing.draw(circuit, "Circuit <essai>", drawing.Words(language=language))
        root = ElementTree.fromstring(text)
        names = [child.tag.rpartition("}")[2] for child in root]
        assert names[:2] == ["title", "desc"]
        assert "Greffe" in root[1].text
        assert root.get("role") == "img"
        assert int(root.get("viewBox").split()[2]) <= 360
        assert "style=" not in text
    assert len([name for name in names if name == "text"]) > 10


def test_editor_shows_the_drawing_and_needs_the_permission(eservice, browser):
    page = browser.get(at(eservice, "edit")).text
    assert "<svg" in page
    assert "Impôts" in page
    stranger = Client()
    sign_in(stranger, make_agent())
    assert stranger.get(at(eservice, "edit")).status_code in (302, 403)


def test_stage_is_added_changed_moved_and_deleted_by_plain_forms(eservice, browser):
    def post(page, **data):
        eservice.refresh_from_db()
        return browser.post(page, {"base": eservice.revision, **data})

    post(at(eservice, "edit"), act="add", title="Avis du maire", kind="opinion")
    new = keys(eservice)[-2]
    page = at(eservice, "stage", new)
    stage = editing.find(eservice.definition, new)[1]
    data = {
        "title.fr": "Avis du maire", "kind": "opinion", "role": "chief",
        "office_choice": "@parent", "show_if.mode": "always", "deadline_value": "2",
        "deadline_unit": "working_days", "remind": "12", "silence": "48", "silence_do": "record",
        "sees": "", "amount": "",
        "outcome.row": ["0", "1"], "outcome.0.fr": "Favorable", "outcome.0.to": "next",
        "outcome.1.fr": "À revoir", "outcome.1.to": "admissibility",
    }  # fmt: skip
    assert post(page, **data | {"deadline_value": "x"}).status_code == 422
    post(page, **data)
    eservice.refresh_from_db()
    stage = editing.find(eservice.definition, new)[1]
    assert stage["office"] == {"relative": "parent"}
    assert stage["deadline"] == {"working_days": 2}
    assert [timer["do"] for timer in stage["timers"]] == ["remind", "record"]
    assert stage["outcomes"] == [
        {"key": "favorable", "label": {"fr": "Favorable"}},
        {"key": "revoir", "label": {"fr": "À revoir"}, "to": "admissibility"},
    ]
    stuck = {"outcome.row": ["0"], "outcome.0.fr": "Non", "outcome.0.to": "same"}
    assert post(page, **data | stuck).status_code == 422
    post(page, _question="1", question="Date de la visite", question_type="date")
    eservice.refresh_from_db()
    question = editing.find(eservice.definition, new)[1]["fields"][0]
    assert question["type"] == "date"
    there = at(eservice, "question", new, question["key"])
    assert "Date de la visite" in browser.get(there).text
    post(there, **{"label.fr": "Jour de la visite", "required": "no", "show_if.mode": "always"})
    eservice.refresh_from_db()
    changed = editing.find(eservice.definition, new)[1]["fields"][0]
    assert (changed["label"]["fr"], changed["required"]) == ("Jour de la visite", False)
    post(there, _delete="1")
    eservice.refresh_from_db()
    assert "fields" not in editing.find(eservice.definition, new)[1]
    post(at(eservice, "edit"), act=f"up:{new}")
    assert keys(eservice).index(new) < keys(eservice).index("synthesis")
    post(page, _delete="1")
    assert new not in keys(eservice)


def test_stages_nobody_can_do_and_one_person_for_all_are_said(eservice, browser):
    page = browser.get(at(eservice, "edit")).text
    assert "Personne ne peut faire « Recevabilité »" in page
    both = make_agent(make_office("test-office"))
    both.office_memberships.create(office=make_office("test-office"), role="chief")
    assert "Une seule personne" in browser.get(at(eservice, "edit")).text
    change(eservice, lambda stages: stages[-1].update(office={"relative": "parent"}))
    assert "Une seule personne" not in browser.get(at(eservice, "edit")).text


def test_an_older_exception_is_refused_in_words_and_taken_away_by_a_button(eservice, browser):
    definition = copy.deepcopy(eservice.definition)
    definition["circuit"]["same_person"] = True
    drafting.save(eservice, definition, base=eservice.revision, by=None)
    eservice.refresh_from_db()
    page = browser.get(at(eservice, "edit")).text
    assert "Aucun service ne le peut" in page
    publishing = browser.get(reverse("builder:publish", args=[eservice.pk])).text.lower()
    assert "aucun service ne le peut" in publishing
    assert "same_person" not in publishing
    browser.post(at(eservice, "edit"), {"act": "no_exception", "base": eservice.revision})
    eservice.refresh_from_db()
    assert "same_person" not in eservice.definition["circuit"]
    assert "Aucun service ne le peut" not in browser.get(at(eservice, "edit")).text


def test_an_examination_only_the_signer_can_do_is_refused_beside_others(eservice, browser):
    """Two examinations: others can do the first, nobody but the one chief the second."""
    office = make_office("test-office")
    make_agent(office)
    make_agent(office, "chief")
    make_agent(make_office("tax-office"))
    change(eservice, lambda stages: stages[2].update(role="chief"))
    assert "Une seule personne" in browser.get(at(eservice, "edit")).text
    make_agent(office, "chief")
    assert "Une seule personne" not in browser.get(at(eservice, "edit")).text


def change(eservice, edit):
    definition = copy.deepcopy(eservice.definition)
    edit(definition["circuit"]["stages"])
    drafting.save(eservice, definition, base=eservice.revision, by=None)


def test_what_keeps_it_from_being_published_is_said_in_the_language_of_the_page(eservice, browser):
    only_back = [{"key": "again", "label": {"fr": "Encore"}, "to": "back"}]

    def dead_end(stages):
        stages[2]["outcomes"] = only_back
        stages[2]["show_if"] = {"filled": [{"var": "nobody"}]}
        stages[3]["timers"] = [{"after": {"hours": 4}, "do": "accept"}]

    change(eservice, dead_end)
    for page in (
        browser.get(at(eservice, "edit")).text,
        browser.get(reverse("builder:check", args=[eservice.pk])).text,
    ):
        assert fault_words("no outcome leads on; cases") in page
        assert "Synthèse" in page
        assert fault_words("silence decides nothing here; use") in page
        assert "« nobody »" in page
        assert "stage &#x27;" not in page


def test_an_outcome_keeps_the_condition_that_the_table_does_not_show(eservice, browser):
    seen = {"require": {"eq": [{"var": "sensitive"}, False]}, "message": {"fr": "Dossier sensible"}}
    change(eservice, lambda stages: stages[0]["outcomes"][0].update(seen))
    typed = {
        "base": eservice.revision, "title.fr": "Recevabilité", "kind": "review", "role": "agent",
        "outcome.row": ["0", "1"], "outcome.0.key": "accepted", "outcome.0.fr": "Recevable, oui",
        "outcome.1.key": "rejected", "outcome.1.fr": "Irrecevable", "outcome.1.to": "refuse",
    }  # fmt: skip
    assert browser.post(at(eservice, "stage", "admissibility"), typed).status_code == 302
    eservice.refresh_from_db()
    kept = eservice.definition["circuit"]["stages"][0]["outcomes"][0]
    assert kept["label"]["fr"] == "Recevable, oui"
    assert {key: kept[key] for key in seen} == seen


def test_simulation_walks_with_the_answers_given(eservice, browser):
    agent = make_agent(make_office("tax-office"))
    change(
        eservice,
        lambda stages: (
            stages[1].update(join=2, title={"fr": "Avis des organismes"})
            or stages[0].update(timers=[{"after": {"hours": 4}, "do": "remind"}])
        ),
    )
    page = browser.get(at(eservice, "simulate")).text
    assert str(agent) in page
    assert "Avis des organismes" in page
    assert "Continue quand 2 ont fini" in page
    assert "Après 4 heures" in page
    page = browser.get(at(eservice, "simulate") + "?sensitive=no").text
    assert "<s>Avis du ministère</s>" in page
    page = browser.get(at(eservice, "simulate") + "?sensitive=yes").text
    assert "<s>Avis du ministère</s>" not in page
    saved = [{"name": "Sensible", "answers": {"sensitive": True}}]
    definition = {**eservice.definition, "tests": saved}
    drafting.save(eservice, definition, base=eservice.revision, by=None)
    page = browser.get(at(eservice, "simulate") + "?_test=0").text
    assert "Sensible" in page
    assert "<s>Avis du ministère</s>" not in page


@pytest.mark.parametrize(
    ("change", "shape"),
    [
        (lambda d: editing.together(d, "synthesis"), ["admissibility", ["registry", "tax+tax_chief", "police", "synthesis"], "signature"]),
        (lambda d: editing.apart(d, "registry"), ["admissibility", ["tax+tax_chief", "police"], "registry", "synthesis", "signature"]),
        (lambda d: editing.apart(editing.apart(d, "registry"), "police"), ["admissibility", "tax", "tax_chief", "police", "registry", "synthesis", "signature"]),
        (lambda d: editing.move(d, "bodies", by=-1), [["registry", "tax+tax_chief", "police"], "admissibility", "synthesis", "signature"]),
        (lambda d: editing.move(d, "registry", by=1), ["admissibility", ["tax+tax_chief", "registry", "police"], "synthesis", "signature"]),
        (lambda d: editing.delete(d, "tax_chief"), ["admissibility", ["registry", "tax", "police"], "synthesis", "signature"]),
    ],
)  # fmt: skip
def test_editing_keeps_the_rest_as_it_was(change, shape):
    definition = sample_definition(circuit=parallel_circuit())
    before = copy.deepcopy(definition)
    found = []
    for node in change(definition)["circuit"]["stages"]:
        branches = node.get("branches")
        found.append(
            node["key"] if branches is None
            else ["+".join(s["key"] for s in (b if isinstance(b, list) else [b])) for b in branches]
        )  # fmt: skip
    assert found == shape
    assert definition == before

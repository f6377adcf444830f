"""Definitions that run and yet cannot be meant; comparisons in words; the time a form takes."""

from pathlib import Path

import pytest
import yaml

from eservices.formdefs import editing, engine, trials
from eservices.formdefs.comparing import changes
from eservices.formdefs.estimating import minutes
from eservices.formdefs.guessing import guess
from eservices.formdefs.merging import merge
from eservices.formdefs.references import rename_variable, uses
from eservices.formdefs.soundness import doubts
from tests.sample_spec import sample_definition

SAMPLES = sorted(Path("sample_content/eservices").glob("*.yaml"))


def changed(path, **values):
    definition = sample_definition()
    field = {**editing.field_at(definition, path), **values}
    return editing.replace_field(definition, path, field)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_sample_services_make_sense(path):
    definition = yaml.safe_load(path.read_text())
    assert doubts(definition) == []
    assert 2 <= minutes(definition) <= 40


@pytest.mark.parametrize(
    ("condition", "is_never"),
    [
        ({"eq": [{"var": "reason"}, "nowhere"]}, True),
        ({"and": [{"eq": [{"var": "reason"}, "school"]}, {"eq": [{"var": "reason"}, "other"]}]}, True),
        ({"and": [{"gt": [{"var": "copies"}, 3]}, {"lt": [{"var": "copies"}, 2]}]}, True),
        ({"or": [{"eq": [{"var": "reason"}, "nowhere"]}, {"filled": [{"var": "copies"}]}]}, False),
        ({"ne": [{"var": "reason"}, "nowhere"]}, False),
        ({"gt": [{"var": "copies"}, 3]}, False),
    ],
)  # fmt: skip
def test_a_question_that_nobody_reaches_is_found(condition, is_never):
    found = doubts(changed("other_reason", show_if=condition))
    assert [one.target for one in found] == (["field:other_reason"] if is_never else [])


def test_a_condition_is_followed_through_the_questions_it_reads():
    definition = editing.add_field(
        sample_definition(),
        "request",
        {
            "key": "deep",
            "type": "text",
            "label": {"fr": "X"},
            "show_if": {
                "and": [
                    {"filled": [{"var": "other_reason"}]},
                    {"eq": [{"var": "reason"}, "school"]},
                ]
            },
        },
    )
    assert [one.target for one in doubts(definition)] == ["field:deep"]


def test_a_fee_that_may_be_negative_is_found():
    fee = {
        "code": "x",
        "label": {"fr": "X"},
        "unit": {"sub": [1000, {"mul": [{"var": "copies"}, 500]}]},
    }
    assert [one.target for one in doubts(sample_definition(fees=[fee]))] == ["entry:fees/fees/0"]


def test_personal_data_without_retention_is_found():
    definition = {key: value for key, value in sample_definition().items() if key != "retention"}
    assert [one.target for one in doubts(definition)] == ["section:data"]


def test_changes_are_told_in_words():
    before = sample_definition()
    after = changed("copies", max=9)
    after = editing.delete_field(after, "first_names")
    after = editing.move_step(after, "request", 0)
    words = {one.kind: one.words for one in changes(before, after)}
    assert words["removed"] == "Question « Prénoms » supprimée"
    assert words["changed"] == "Maximum : 5 → 9"
    assert words["moved"] == "Les étapes sont dans un autre ordre"
    assert changes(before, before) == []


def test_saved_answers_tell_how_they_differ():
    definition = sample_definition()
    answers = {
        "last_name": "Ali",
        "first_names": "H",
        "phone": "+25377000001",
        "copies": 2,
        "reason": "school",
    }
    test = trials.from_answers(engine.compile(definition), answers, "Deux copies")
    assert trials.replay(engine.compile(definition), [test])[0].is_right
    dearer = editing.put(definition, "fees", [definition["fees"][0] | {"unit": 600}])
    trial = trials.replay(engine.compile(dearer), [test])[0]
    assert trial.differences == ["Le prix est de 1\u202f200\xa0FDJ au lieu de 1\u202f000\xa0FDJ."]


def test_saved_answers_are_tried_on_their_day():
    limit = {"lt": [{"today": []}, "2020-01-01"]}
    definition = changed("other_reason", show_if=limit)
    test = {"name": "Avant", "today": "2019-05-01", "answers": {}, "wrong": []}
    [trial] = trials.replay(engine.compile(definition), [test])
    assert "devrait être acceptée" in trial.differences[0]


def test_a_renamed_column_is_followed_into_sums_and_tables():
    group = {
        "key": "rows",
        "type": "group",
        "fields": [{"key": "a", "type": "integer"}, {"key": "b", "type": "text", "show_if": {"filled": [{"var": "row.a"}]}}],
    }  # fmt: skip
    definition = {
        "steps": [{"key": "s", "fields": [group, {"key": "t", "type": "computed", "value": {"sum": [{"var": "rows"}, "a"]}}]}],
        "documents": [{"key": "d", "data": {"rows": "rows", "cells": ["{a}"]}}],
    }  # fmt: skip
    after = rename_variable(definition, "a", "amount", group="rows")
    fields = after["steps"][0]["fields"]
    assert fields[0]["fields"][1]["show_if"] == {"filled": [{"var": "row.amount"}]}
    assert fields[1]["value"] == {"sum": [{"var": "rows"}, "amount"]}
    assert after["documents"][0]["data"]["cells"] == ["{amount}"]
    assert {one.target for one in uses(definition, "a", group="rows")} == {
        "field:rows.b", "field:t", "section:documents"
    }  # fmt: skip


def test_merging_keeps_both_additions_and_says_where_both_changed():
    base = {"list": [{"key": "a", "n": 1}, {"key": "b"}], "x": 1}
    theirs = {"list": [{"key": "a", "n": 1}, {"key": "t"}, {"key": "b"}], "x": 2}
    mine = {"list": [{"key": "b"}, {"key": "a", "n": 5}, {"key": "m"}], "x": 3}
    merged = merge(base, theirs, mine, prefer="mine")
    assert merged.clashes == ["x"]
    assert [one["key"] for one in merged.value["list"]] == ["b", "a", "t", "m"]
    assert merged.value["list"][1]["n"] == 5


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Date de naissance", "partial_date"),
        ("Date du décès :", "date"),
        ("Nombre d'exemplaires", "integer"),
        ("Montant du loyer", "money"),
        ("Téléphone", "phone"),
        ("Adresse électronique", "email"),
        ("Nationalité", "country"),
        ("Logé gratuitement ? Oui/Non", "yes_no"),
        ("Sexe : Féminin / Masculin", "choice"),
        ("Motif de la demande", "long_text"),
        ("3. Nom du père", "text"),
    ],
)
def test_what_a_question_is_about_is_in_its_words(line, kind):
    assert [one["type"] for one in guess(line, taken=set(), language="fr")] == [kind]

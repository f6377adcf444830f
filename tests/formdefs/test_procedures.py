"""The procedures of DOMAIN: the answers saved in each form give what they must, as at publication."""

from typing import Any

import pytest

from eservices.formdefs import engine, trials
from tests.formdefs.builders import SAMPLES, sample

NAMES = sorted(path.stem for path in SAMPLES.glob("*.yaml"))


def differing(definition: dict[str, Any]) -> dict[str, list[str]]:
    tried = trials.replay(engine.compile(definition), definition["tests"])
    return {one.name: one.differences for one in tried if one.differences}


@pytest.mark.parametrize("name", NAMES)
def test_it_may_be_published_and_is_drawn_in_its_languages(name: str) -> None:
    definition = sample(name)
    spec = engine.compile(definition)
    assert engine.lint(definition) == []
    assert len(definition["tests"]) >= 10
    assert differing(definition) == {}
    for language in definition["languages"]:
        for step in spec.steps:
            drawn = engine.form_for(spec, step.key, {}, language=language).as_fields()
            assert 0 < len(drawn) < 60_000


def test_a_test_is_like_an_earlier_one_but_for_what_it_changes() -> None:
    definition = sample("legalisation")
    first, *others = trials.written_out(definition["tests"])
    third = next(one for one in others if one["name"] == "Trois documents")
    assert len(third["answers"]["documents"]) == 3
    assert third["answers"]["last_name"] == first["answers"]["last_name"]
    assert third["today"] == first["today"]
    kept = trials.without(definition["tests"], 0)
    assert differing(definition | {"tests": kept}) == {}
    stray = {"name": "Seul", "like": "Personne"}
    assert "Personne" in differing(definition | {"tests": [stray]})["Seul"][0]


def test_a_dearer_copy_fails_the_tests_that_name_the_price() -> None:
    definition = sample("extrait-acte-naissance")
    definition["fees"][0]["unit"] = 600
    assert "Une copie" in differing(definition)

"""`use: identity` stands for shared questions, written out once for good."""

from typing import Any

import pytest

from eservices.formdefs import engine
from eservices.formdefs.groups import library
from tests.formdefs.builders import choice, definition, field

OWN = {
    "car": {
        "fields": [
            choice("kind", "new", "old"),
            field("plate", show_if={"eq": [{"var": "kind"}, "old"]}),
        ],
        "rules": [
            {
                "needs": ["kind", "plate"],
                "require": {"ne": [{"var": "plate"}, "X"]},
                "when": {"filled": [{"var": "plate"}]},
                "field": "plate",
                "message": {"fr": "Pas X."},
            }
        ],
    }
}


def made(*fields: Any, **more: Any) -> engine.CompiledSpec:
    source = definition(*fields, **more)
    assert engine.lint(source) == []
    return engine.compile(source)


@pytest.mark.parametrize("name", sorted(library()))
def test_every_shared_group_may_be_published_in_three_languages(name: str) -> None:
    source = definition({"use": name}, languages=["fr", "ar", "en"])
    source["steps"][0]["title"] = {"fr": "Un", "ar": "واحد", "en": "One"}
    assert engine.lint(source | {"title": "Essai"}) == []
    assert engine.compile(source).fields


def test_a_group_of_the_form_itself_twice_under_two_names() -> None:
    spec = made({"use": "car", "prefix": "my_"}, {"use": "car", "prefix": "your_"}, groups=OWN)
    assert [one.key for one in spec.fields] == ["my_kind", "my_plate", "your_kind", "your_plate"]
    answers = {"my_kind": "old", "my_plate": "X", "your_kind": "new"}
    assert engine.check(spec, answers) == {"my_plate": ["Pas X."]}


def test_inside_rows_the_conditions_read_the_row() -> None:
    spec = made(field("cars", "group", fields=[{"use": "car"}]), groups=OWN)
    rows = [{"kind": "new"}, {"kind": "old"}, {"kind": "old", "plate": "X"}]
    assert set(engine.check(spec, {"cars": rows})) == {"cars.1.plate", "cars.2.plate"}


def test_a_part_of_it_changed_and_under_a_condition() -> None:
    use = {
        "use": "identity", "prefix": "spouse_", "only": ["last_name", "birth_date"],
        "with": {"last_name": {"required": False}}, "show_if": {"eq": [{"var": "married"}, True]},
    }  # fmt: skip
    spec = made(field("married", "yes_no"), use)
    assert engine.check(spec, {"married": False}) == {}
    assert set(engine.check(spec, {"married": True})) == {"spouse_birth_date"}


def test_the_library_is_left_as_it_is_and_expanding_twice_changes_nothing() -> None:
    source = definition({"use": "contact", "with": {"email": {"required": True}}})
    once = engine.expand(source)
    assert engine.expand(once) == once
    assert "use" in source["steps"][0]["fields"][0]
    assert library()["contact"]["fields"][1]["required"] is False


@pytest.mark.parametrize(
    ("use", "told"),
    [
        ({"use": "nobody"}, "there is no group 'nobody'"),
        ({"use": 3}, "there is no group 3"),
        ({"use": "contact", "only": ["fax"]}, "it has no question 'fax'"),
        ({"use": "contact", "with": {"fax": {}}}, "it has no question 'fax'"),
        ({"use": "contact", "colour": "red"}, "unknown key 'colour'"),
        ({"use": "contact", "show_if": {"eq": [{"var": "later"}, 1]}}, "'later' is no question"),
    ],
)
def test_a_faulty_use_is_refused_in_words(use: dict, told: str) -> None:
    assert told in "\n".join(engine.lint(definition(use)))


@pytest.mark.parametrize("groups", [3, {"a": 1}, {"a": {"fields": 2}}, {"a": {"fields": [1]}}])
def test_strange_groups_never_raise(groups: Any) -> None:
    assert engine.lint(definition({"use": "a"}, groups=groups))


REGIONS = {
    "regions": [{"value": "bj-zou", "label": "Zou", "parent": "BJ"}, {"value": "ci-poro", "label": "Poro", "parent": "CI"}],
    "communes": [{"value": "bj-bohicon", "label": "Bohicon", "parent": "bj-zou"}],
}  # fmt: skip


def test_a_place_of_birth_is_chosen_where_the_lists_know_the_country_and_written_elsewhere() -> (
    None
):
    born = {"use": "identity", "only": ["birth_country", "birth_region", "birth_commune", "birth_place"]}  # fmt: skip
    spec = made(born, country="BJ", lists=REGIONS)
    assert [len(one.options) for one in spec.fields] == [0, 1, 1, 0]
    home = {"birth_country": "BJ", "birth_region": "bj-zou", "birth_commune": "bj-bohicon"}
    assert engine.check(spec, home) == {}
    assert set(engine.check(spec, {"birth_country": "BJ"})) == {"birth_region"}
    assert set(engine.check(spec, {**home, "birth_country": "CI"})) == {"birth_place"}
    # Côte d'Ivoire has regions in these lists and no communes; Mali has nothing.
    ivorian = made(born, country="CI", lists=REGIONS)
    assert [one.key for one in ivorian.fields] == ["birth_country", "birth_region", "birth_place"]
    assert set(engine.check(ivorian, {"birth_country": "CI", "birth_region": "ci-poro"})) == {"birth_place"}  # fmt: skip
    assert [one.key for one in made(born, country="ML", lists=REGIONS).fields] == ["birth_country", "birth_place"]  # fmt: skip

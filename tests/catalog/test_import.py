"""A definition from a file: looked at as a whole, refused with its reasons, never half published."""

import pytest
import yaml
from django.core.management import call_command
from django.core.management.base import CommandError

from eservices.catalog.models import EService
from tests.people import make_office
from tests.sample_spec import sample_definition

BOMB = "a: &a [x, x, x]\n" + "\n".join(
    f"b{n}: &b{n} [{', '.join(['*' + ('a' if n == 0 else f'b{n - 1}')] * 9)}]" for n in range(9)
)


@pytest.fixture
def publish(db, tmp_path, capsys):
    make_office("test-office")

    def run(content):
        path = tmp_path / "service.yaml"
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
        call_command("eservice_import", path)
        return capsys.readouterr()

    return run


def hostile(**field):
    definition = sample_definition()
    extra = {"key": "x", "type": "text", "label": {"fr": "X"}} | field
    definition["steps"][0]["fields"].append(extra)
    return definition


def deep(levels):
    value = True
    for _level in range(levels):
        value = {"not": [value]}
    return value


def test_a_sound_form_is_published_with_its_warnings(publish):
    definition = sample_definition()
    stories = [
        {"key": f"story{n}", "type": "long_text", "label": {"fr": "Racontez"}} for n in range(40)
    ]
    definition["steps"][0]["fields"] += stories
    said = publish(definition)
    assert "extrait-test v1" in said.out
    assert "warning: Le remplir prend environ 4" in said.err


def test_what_cannot_be_meant_is_refused(publish):
    never = {"and": [{"eq": [{"var": "reason"}, "school"]}, {"eq": [{"var": "reason"}, "other"]}]}
    definition = sample_definition()
    definition["pieces"][0]["show_if"] = never
    with pytest.raises(CommandError, match="not published"):
        publish(definition)
    assert not EService.objects.exists()


def test_a_saved_test_that_gives_something_else_is_refused(publish):
    tests = [{"name": "un seul", "answers": {"copies": 2}, "fee": 500}]
    with pytest.raises(CommandError, match="tests, un seul"):
        publish(sample_definition(tests=tests))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (hostile(type="pattern", regex="(a+)+$", example="aa"), "not available"),
        (hostile(show_if=deep(40)), "too deeply|too deep"),
        (hostile(show_if={"or": [True] * 5000}), "1 to 100 arguments"),
        (hostile(type="computed", value={"add": [{"var": "x"}, 1]}), "comes later"),
        (hostile(type="group", max=1_000_000, fields=[]), "from 1 to 200"),
        (BOMB, "too large|missing"),
        ("steps: &a [*a]\n", "too deeply|too large"),
        ("steps: " + "[" * 20_000, "too deeply"),
        ("steps: [2026-13-40]\n", "does not exist"),
        ("a: !!python/object/apply:os.system ['true']\n", "cannot be read"),
        ("a: " + "x" * 2_100_000, "larger than 2 MB"),
        ("", "named entries"),
    ],
    ids=["regex", "deep", "wide", "self", "rows", "aliases", "loop", "brackets", "date", "python",
         "size", "empty"],
)  # fmt: skip
def test_hostile_files_are_refused_with_a_reason(publish, content, reason):
    with pytest.raises(CommandError, match=reason):
        publish(content)
    assert not EService.objects.exists()


@pytest.mark.parametrize("name", ["duties", "endorsements"])
@pytest.mark.parametrize("value", [5, "abc", ["abc"], {"key": "x"}])
def test_what_is_owed_and_confirmed_must_be_lists_of_rules(publish, name, value):
    with pytest.raises(CommandError, match=name):
        publish(sample_definition() | {name: value})

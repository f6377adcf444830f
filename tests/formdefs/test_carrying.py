"""From one version of a form to the next: what is kept, asked, told and dropped."""

import copy
from typing import Any

import pytest

from eservices.formdefs import engine

FIELDS: list[dict[str, Any]] = [
    {"key": "name", "type": "text", "label": {"fr": "Nom"}},
    {"key": "job", "type": "text", "label": {"fr": "Métier"}, "required": False},
    {
        "key": "town",
        "type": "choice",
        "label": {"fr": "Commune"},
        "options": [{"value": v, "label": {"fr": v.title()}} for v in ("balbala", "arta")],
    },
    {
        "key": "children",
        "type": "group",
        "label": {"fr": "Enfants"},
        "required": False,
        "fields": [
            {"key": "first", "type": "text", "label": {"fr": "Prénom"}},
            {"key": "age", "type": "integer", "label": {"fr": "Âge"}},
        ],
    },
]
NEXT = {"key": "next", "title": {"fr": "Suite"}, "fields": [
    {"key": "copies", "type": "integer", "label": {"fr": "Copies"}, "max": 9}]}  # fmt: skip
ANSWERS = {
    "name": "Hawa",
    "job": "maçon",
    "town": "balbala",
    "children": [{"first": "Ali", "age": 3}],
    "copies": 4,
}


def form() -> dict[str, Any]:
    first = {"key": "first", "title": {"fr": "Vous"}, "fields": copy.deepcopy(FIELDS)}
    return {"currency": "DJF", "steps": [first, copy.deepcopy(NEXT)]}


def carried(change: Any, answers: dict[str, Any] = ANSWERS, done: tuple[str, ...] = ("first",)):
    new = form()
    change(new["steps"][0]["fields"], new)
    return engine.carry(engine.compile(form()), engine.compile(new), answers, done)


def drop_town(fields: list[Any], _form: Any) -> None:
    del fields[2]["options"][0]


@pytest.mark.parametrize(
    ("change", "news"),
    [
        (lambda f, _: f[0].update(label={"fr": "Votre nom"}), {}),
        (lambda f, _: f.pop(1), {"gone": [[{"fr": "Métier"}, "maçon"]]}),
        (drop_town, {"changed": ["town"], "steps": ["first"], "was": {"town": "Balbala"}}),
        # Optional, and of a type that cannot hold the answer: told and asked, never lost in silence.
        (
            lambda f, _: f[1].update(type="date"),
            {"changed": ["job"], "steps": ["first"], "was": {"job": "maçon"}},
        ),
        (lambda f, _: f[3]["fields"].pop(1), {"gone": [[{"fr": "Âge"}, ""]]}),
        (
            lambda f, _: f[1].update(show_if={"eq": [{"var": "name"}, "Ali"]}),
            {"gone": [[{"fr": "Métier"}, "maçon"]]},
        ),
        # A step not done yet: what it asks is not news, what was given there and fits no more is.
        (
            lambda _f, form: form["steps"][1]["fields"][0].update(max=2),
            {"changed": ["copies"], "was": {"copies": "4"}},
        ),
        (
            lambda _f, form: form["steps"][1]["fields"].append(
                {"key": "why", "type": "text", "label": {"fr": "Pourquoi"}}
            ),
            {},
        ),
        (lambda _f, form: form["steps"].reverse(), {}),
    ],
)
def test_only_what_touches_the_person_is_news(change: Any, news: dict[str, Any]) -> None:
    assert carried(change).news == news


def test_question_that_must_be_answered_now_had_no_answer() -> None:
    found = carried(lambda f, _: f[1].pop("required"), ANSWERS | {"job": None})
    assert found.news == {"changed": ["job"], "steps": ["first"]}
    assert found.steps_done == []


def test_question_brought_forward_keeps_what_was_typed() -> None:
    def move(fields: list[Any], form: Any) -> None:
        fields.append(form["steps"][1]["fields"].pop())
        form["steps"].pop()

    found = carried(move)
    assert found.news == {"added": ["copies"], "steps": ["first"]}
    assert found.answers["copies"] == 4


@pytest.mark.parametrize(
    ("old", "new", "value", "kept"),
    [
        ({"type": "integer"}, {"type": "text"}, 12, "12"),
        ({"type": "text"}, {"type": "integer"}, "12", 12),
        (FIELDS[2], FIELDS[2] | {"type": "multi_choice"}, "arta", ["arta"]),
        ({"type": "yes_no"}, {"type": "text"}, True, None),
        ({"type": "group", "fields": FIELDS[:1]}, {"type": "text"}, [{"name": "x"}], None),
    ],
)
def test_answer_of_another_type(old: Any, new: Any, value: Any, kept: Any) -> None:
    def one(field: dict[str, Any]) -> Any:
        field = {"label": {"fr": "Q"}} | field | {"key": "q"}
        return engine.compile(
            {"currency": "DJF", "steps": [{"key": "s", "title": {"fr": "S"}, "fields": [field]}]}
        )

    assert engine.keep(one(old), one(new), {"q": value}).get("q") == kept

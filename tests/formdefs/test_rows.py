"""Rows of a group: drawn by stencil, and just as if each question had been drawn by itself."""

from typing import Any

import pytest
from django.http import QueryDict

from eservices.formdefs import engine, rendering, stencils
from eservices.formdefs.types import FIELD_TYPES
from tests.formdefs.builders import choice, compiled, field, post
from tests.formdefs.test_random import EXTRA, NASTY, SUFFIXES

COLUMNS = [kind for kind in FIELD_TYPES if FIELD_TYPES[kind].inside and kind != "group"]
TYPED = [*NASTY, "Fatouma", 'l\'école "haute"', "12", "15 000", "DJ"]


def drawn_by_itself(monkeypatch: pytest.MonkeyPatch, form: Any) -> str:
    with monkeypatch.context() as patch:
        patch.setattr(stencils, "look", lambda question: None)
        return form.as_fields()


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("live", [False, True])
def test_a_row_looks_the_same_drawn_either_way(
    kind: str, live: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    condition = {"show_if": {"ne": [{"var": "row.t"}, "no"]}} if live else {}
    extra = EXTRA.get(kind, {}) if kind != "computed" else {"value": 5}
    column = field("x", kind, help={"fr": "Aide"}, **extra, **condition)
    group = field("g", "group", fields=[field("t", required=False), column])
    spec = engine.compile(compiled(group).source)
    data = QueryDict(mutable=True)
    for index, text in enumerate(TYPED):
        for suffix in SUFFIXES:
            if not suffix.startswith((".0", ".1", ".9", ".rows")):
                data[f"g.{index}.x{suffix}"] = text
    form = engine.form_for(spec, "one", {}, language="fr", data=data)
    assert form.as_fields() == drawn_by_itself(monkeypatch, form)
    values = [*TYPED, 5, True, ["a"], {"commune": "Balbala"}, {"commune": "<b>" * 30}, None]
    stored = {"g": [{"x": value} for value in values]}
    form = engine.form_for(spec, "one", stored, language="fr")
    assert form.as_fields() == drawn_by_itself(monkeypatch, form)


def test_two_hundred_rows_draw_each_column_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    question = rendering.Page.question

    def counted(page: rendering.Page, one: Any) -> Any:
        drawn.append(one.path)
        return question(page, one)

    monkeypatch.setattr(rendering.Page, "question", counted)
    columns = [field("name"), field("shares", "integer"), field("born", "date")]
    spec = compiled(field("g", "group", fields=columns))
    rows = [{"name": f"Nom {n}", "shares": n, "born": f"19{n % 100:02}-02-03"} for n in range(200)]
    html = engine.form_for(spec, "one", {"g": rows}, language="fr").as_fields()
    assert len(drawn) == 4  # the group and its three columns
    assert 'name="g.199.name"' in html
    assert 'value="Nom 199"' in html


def test_what_is_typed_in_a_row_is_escaped_and_errors_stay_in_theirs() -> None:
    spec = compiled(field("g", "group", fields=[field("name"), field("n", "integer")]))
    html = post(spec, "g.0.name=%3Cb%3E%22&g.0.n=1&g.1.name=Awa&g.1.n=x").as_fields()
    assert "<b>" not in html
    assert "&lt;b&gt;&quot;" in html
    assert html.count('aria-invalid="true"') == 1


def test_a_group_that_an_answer_opens_has_its_first_entry_ready() -> None:
    """The page holds it for the browser to show; without a script the next page asks it."""
    readers = field(
        "readers", "group", fields=[field("mail", "email")], min=1,
        show_if={"eq": [{"var": "level"}, "secret"]},
    )  # fmt: skip
    spec = compiled(choice("level", "public", "secret"), readers)
    closed = engine.form_for(spec, "one", {}, language="fr")
    html = closed.as_fields()
    assert html.count('name="readers.0.mail"') == 1
    control = html[html.index('name="readers.0.mail"') :].partition(">")[0]
    assert " disabled" in control
    assert post(spec, "level=public").answers()["readers"] is None

    opened = post(spec, "level=secret&_asked=level")
    assert opened.wants_more()
    assert opened.errors == {}
    assert 'name="readers.0.mail"' in opened.as_fields()
    blank = post(spec, "level=secret&_asked=readers&readers.rows=1&readers.0.mail=")
    assert list(blank.errors) == ["readers.0.mail"]
    given = post(spec, "level=secret&_asked=readers&readers.rows=1&readers.0.mail=a@b.example")
    assert given.is_valid()
    assert given.answers()["readers"] == [{"mail": "a@b.example"}]

"""The HTML: labels, help and errors tied to their controls; everything escaped; quick."""

import re
from time import process_time

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.utils import translation

from eservices.formdefs import engine
from eservices.formdefs.types import FIELD_TYPES
from tests.formdefs.builders import choice, compiled, definition, field, post, sample
from tests.formdefs.test_random import EXTRA


def html_of_all(data: str | None = None) -> str:
    extra = EXTRA | {"computed": {"value": 5}}
    fields = [
        field(f"x_{kind}", kind, help={"fr": "Aide"}, **extra.get(kind, {})) for kind in FIELD_TYPES
    ]
    spec = compiled(*fields)
    query = QueryDict(data) if data is not None else None
    return engine.form_for(spec, "one", {}, language="fr", data=query).as_fields()


def test_every_control_has_a_name_in_words() -> None:
    html = html_of_all()
    labels = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
    controls = re.findall(r"<(?:input|select|textarea)\b[^>]*>", html)
    for control in controls:
        if 'type="hidden"' not in control:
            assert re.search(r' id="([^"]+)"', control)[1] in labels, control


def test_ids_stand_once_and_descriptions_exist() -> None:
    for html in (html_of_all(), html_of_all("gate=a")):
        ids = re.findall(r' id="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        for described in re.findall(r'aria-describedby="([^"]+)"', html):
            assert set(described.split()) <= set(ids)


def test_errors_are_tied_to_their_controls() -> None:
    html = html_of_all("")
    assert 'aria-describedby="id_x_text-help id_x_text-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="g-error" id="id_x_text-error"' in html


def test_the_error_summary_leads_to_the_first_control() -> None:
    spec = compiled(field("name"), field("born", "date"), choice("kind", "a", "b"))
    form = post(spec, "name=")
    page = Template("{% load formdefs %}{% error_summary form %}{% form_fields form %}")
    html = page.render(Context({"form": form}))
    targets = re.findall(r'href="#([^"]+)"', html)
    assert targets == ["id_name", "id_born", "id_kind"]
    for target in targets:
        assert re.search(rf'<input[^>]* id="{target}"', html)


def test_optional_is_said_and_required_is_not_starred() -> None:
    html = engine.form_for(
        compiled(field("a"), field("b", required=False)), "one", {}, language="fr"
    ).as_fields()
    assert html.count("g-muted") == 1
    assert "*" not in html


def test_everything_typed_or_configured_is_escaped() -> None:
    bad = "<img src=x onerror=alert(1)>\"'"
    spec = compiled(
        field("a", label={"fr": bad}, help={"fr": bad}, max_length=2),
        field("n", "explanation", text={"fr": bad}),
        field("c", "choice", options=[{"value": bad, "label": bad}]),
    )
    html = post(spec, "a=%3Cimg+src%3Dx+onerror%3D1%3E").as_fields()
    assert "<img" not in html


def test_arabic_is_written_in_arabic() -> None:
    spec = engine.compile(sample("legalisation"))
    with translation.override("ar"):
        html = engine.form_for(spec, "documents", {}, language="ar").as_fields()
    assert "عنوان الوثيقة" in html
    assert "Intitulé" not in html


@pytest.mark.parametrize("others", [0, 400])
def test_a_step_costs_what_it_asks(others: int) -> None:
    """Ten fields well under 4 ms, with or without four hundred more in other steps."""
    source = definition()
    first = [choice("k", "a", "b")] + [
        field(f"a{n}", "text", show_if={"eq": [{"var": "k"}, "b"]}) for n in range(9)
    ]
    source["steps"] = [{"key": "s", "title": {"fr": "S"}, "fields": first}]
    for start in range(0, others, 40):
        more = [field(f"f{start}_{n}") for n in range(40)]
        source["steps"].insert(0, {"key": f"s{start}", "title": {"fr": "S"}, "fields": more})
    spec = engine.compile(source)
    answers = {"k": "b"} | {one.key: "x" for one in spec.fields if one.key != "k"}
    engine.form_for(spec, "s", answers, language="fr").as_fields()
    start = process_time()
    for _ in range(50):
        engine.form_for(spec, "s", answers, language="fr").as_fields()
    assert (process_time() - start) / 50 < 0.004

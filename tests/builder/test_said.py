"""What a document says, edited without syntax: every document of the samples survives its form."""

from pathlib import Path

import pytest
import yaml
from django.http import QueryDict

from eservices.catalog.builder.sections import DOCUMENTS
from eservices.catalog.builder.spec_form import SpecForm
from eservices.formdefs.subjects import subjects

SAMPLES = sorted(Path("sample_content/eservices").glob("*.yaml"))


def form_of(definition, document, data=None):
    return SpecForm(
        DOCUMENTS.controls,
        document,
        languages=definition["languages"],
        subjects=subjects(definition),
        data=data,
    )


def posted(form):
    """What a browser would send back of the form as it was drawn."""
    data = QueryDict(mutable=True)
    for one in form:
        if one.control.kind in ("passages", "facts", "values"):
            for row in one.rows:
                _row(data, f"{one.name}.{row.index}", one, row)
        elif one.texts:
            for name, _code, _words, text in one.texts:
                data[name] = text
        elif one.editor is not None:
            _condition(data, one.editor)
        else:
            data[one.name] = str(one.value)
    return data


def _row(data, place, one, row):
    data.appendlist(f"{one.name}.row", str(row.index))
    data[f"{place}.was"], data[f"{place}.name"], data[f"{place}.over"] = row.was, row.name, row.over
    if row.raw:
        data[f"{place}.raw"] = row.raw
    for at, cell in enumerate(row.cells):
        data.update({f"{place}.{at}.{code}": text for code, text in cell})
    data.update({f"{place}.heads.{code}": text for code, text in row.heads})
    if row.editor is not None:
        _condition(data, row.editor)


def _condition(data, editor):
    data[f"{editor.name}.mode"] = "json" if editor.json else "always"
    data[f"{editor.name}.json"] = editor.json


def documents():
    for path in SAMPLES:
        definition = yaml.safe_load(path.read_text())
        for document in definition.get("documents") or []:
            yield pytest.param(definition, document, id=f"{path.stem}-{document['key']}")


@pytest.mark.parametrize(("definition", "document"), list(documents()))
def test_a_document_saved_without_a_change_says_the_same(definition, document):
    form = form_of(definition, document, posted(form_of(definition, document)))
    assert form.is_valid(), form.errors
    assert _same(form.apply().get("data")) == _same(document.get("data"))


def _same(value):
    """A text in the first language only and the text itself mean the same."""
    if isinstance(value, dict):
        return value["fr"] if list(value) == ["fr"] else {k: _same(v) for k, v in value.items()}
    return [_same(one) for one in value] if isinstance(value, list) else value


DEFINITION = {
    "languages": ["fr", "ar"],
    "steps": [
        {"key": "s", "title": {"fr": "S"}, "fields": [
            {"key": "minor", "type": "yes_no", "label": {"fr": "Mineur ?"}},
            {"key": "children", "type": "group", "label": {"fr": "Enfants"},
             "fields": [{"key": "name", "type": "text", "label": {"fr": "Nom"}}]}]},
    ],
}  # fmt: skip


def test_a_condition_and_the_entries_of_a_group_are_written_without_syntax():
    data = posted(form_of(DEFINITION, {"key": "d", "title": {"fr": "Acte"}, "template": "generic"}))
    data["data.paragraphs.0.0.fr"] = "Le demandeur est mineur."
    data["data.paragraphs.0.show_if.mode"] = "lines"
    data.setlist("data.paragraphs.0.show_if.node", ["0", "0.0"])
    data["data.paragraphs.0.show_if.0.0.subject"] = "minor"
    data["data.paragraphs.0.show_if.0.0.op"] = "yes"
    data["data.lines.0.0.fr"], data["data.lines.0.0.ar"] = "Enfant", "الطفل"
    data["data.lines.0.1.fr"], data["data.lines.0.over"] = "{name}", "children"
    data["data.0.name"], data["data.0.0.fr"] = "table", "{name} | {minor}"
    data["data.0.over"] = "children"
    form = form_of(DEFINITION, {"key": "d"}, data)
    assert form.is_valid(), form.errors
    assert form.apply()["data"] == {
        "paragraphs": [{"text": "Le demandeur est mineur.", "show_if": {"eq": [{"var": "minor"}, True]}}],
        "lines": [{"rows": "children", "cells": [{"fr": "Enfant", "ar": "الطفل"}, "{name}"]}],
        "table": {"rows": "children", "cells": ["{name}", "{minor}"]},
    }  # fmt: skip


def test_lines_move_and_go_and_nameless_values_are_refused():
    document = {"key": "d", "title": {"fr": "Acte"}, "template": "generic", "data": {"paragraphs": ["Un", "Deux"]}}  # fmt: skip
    data = posted(form_of(DEFINITION, document))
    data["data.paragraphs.act"] = "up:1"
    moved = form_of(DEFINITION, document, data)
    assert moved.wants_more
    assert moved.apply()["data"]["paragraphs"] == ["Deux", "Un"]
    again = posted(moved)
    again["data.paragraphs.act"] = "del:0"
    assert form_of(DEFINITION, document, again).apply()["data"]["paragraphs"] == ["Un"]
    data["data.paragraphs.act"], data["data.0.0.fr"] = "", "Sans nom"
    assert form_of(DEFINITION, document, data).errors

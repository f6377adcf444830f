"""Forms of ODK, Kobo and Open Forms: what they ask comes over, what does not is told one by one."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.core.management import call_command
from django.utils.translation import override
from openpyxl import Workbook

from eservices.formdefs import engine
from eservices.formdefs.importers import openforms, xlsform
from eservices.formdefs.importers.base import CannotImport, Unsupported
from eservices.formdefs.importers.regexes import formatted
from eservices.formdefs.importers.xpath import Scope, translate


def import_openforms(*arguments: Any) -> Any:
    with override("en"):  # the words of the losses
        return openforms.import_openforms(*arguments)


def import_xlsform(*arguments: Any) -> Any:
    with override("en"):
        return xlsform.import_xlsform(*arguments)


SURVEY = [
    ["type", "name", "label::Français (fr)", "label::English (en)", "hint::Français (fr)", "required",
     "relevant", "constraint", "constraint_message::Français (fr)", "calculation", "choice_filter",
     "appearance", "repeat_count"],
    ["start", "start"],
    ["begin group", "hh", "Ménage", "Household"],
    ["text", "Head-Name", "Nom du chef", "Name of the head", "Comme sur la carte", "yes"],
    ["date", "born", "Date de naissance", "Date of birth", "", "yes", "", ". <= today()", "Pas dans le futur"],
    ["calculate", "age", "", "", "", "", "", "", "", "int((today() - ${born}) div 365.25)"],
    ["select_one region", "region", "Région", "Region", "", "yes"],
    ["select_one town", "town", "Commune", "Town", "", "yes", "", "", "", "", "region = ${region}", "minimal"],
    ["select_multiple goods", "goods", "Biens", "Goods"],
    ["text", "radio_brand", "Marque de la radio", "Brand", "", "", "selected(${goods}, 'radio') and ${age} >= 18"],
    ["end group"],
    ["begin group", "kids", "Enfants", "Children"],
    ["integer", "n", "Combien d'enfants ?", "How many?", "", "yes", "", ". >= 0 and . <= 20", "De 0 à 20"],
    ["begin repeat", "child", "Enfant", "Child", "", "", "${n} > 0", "", "", "", "", "", "${n}"],
    ["text", "first", "Prénom", "First name", "", "yes"],
    ["integer", "aid", "Aide", "Aid", "", "", "${first} != ''"],
    ["image", "photo", "Photo", "Photo"],
    ["end repeat"],
    ["calculate", "total", "Total", "Total", "", "", "", "", "", "sum(${aid})"],
    ["end group"],
    ["geotrace", "field", "Champ", "Field"],
    ["text", "odd", "Étrange", "Odd", "", "", "pulldata('x', 'y', 'z', ${n}) = 1"],
]  # fmt: skip
CHOICES = [
    ["list_name", "name", "label::Français (fr)", "label::English (en)", "region"],
    ["region", "n", "Nord", "North"],
    ["region", "s", "Sud", "South"],
    ["town", "bobo", "Bobo", "Bobo", "n"],
    ["town", "lome", "Lomé", "Lomé", "s"],
    ["goods", "radio", "Radio", "Radio"],
    ["goods", "bike", "Vélo", "Bicycle"],
]


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def household() -> Any:
    settings = [["form_title", "form_id", "style"], ["Enquête ménage", "menage", "pages"]]
    content = workbook(survey=SURVEY, choices=CHOICES, settings=settings)
    return import_xlsform(content, "menage.xlsx")


def test_a_household_survey_may_be_published(household: Any) -> None:
    definition = household.definition
    assert engine.lint(definition) == []
    assert definition["title"] == "Enquête ménage"
    assert definition["languages"] == ["fr"]
    assert [step["key"] for step in definition["steps"]] == ["hh", "kids", "step_3"]


def test_what_is_lost_is_told_item_by_item(household: Any) -> None:
    told = [str(loss) for loss in household.losses]
    for expected in ("start", "photo", "geotrace", "pulldata()", "style", "“en”"):
        assert any(expected in line for line in told), expected
    assert len(told) == 6


def test_its_logic_runs_here(household: Any) -> None:
    spec = engine.compile(household.definition)
    answers: dict[str, Any] = {
        "head_name": "Issa", "born": "1980-05-01", "region": "n", "town": "bobo", "goods": ["radio"],
        "n": 2, "child": [{"first": "A", "aid": 10}, {"first": "B", "aid": 5}],
    }  # fmt: skip
    assert engine.check(spec, answers) == {}
    assert engine.computed(spec, answers)["total"] == 15
    assert engine.computed(spec, answers)["age"] >= 45
    assert set(engine.check(spec, {**answers, "town": "lome"})) == {"town"}
    assert set(engine.check(spec, {**answers, "n": 21})) >= {"n"}
    assert set(engine.check(spec, {**answers, "born": "2999-01-01"})) == {"born"}
    form = engine.form_for(spec, "hh", answers, language="en")
    assert "Brand" in form.as_fields()


def variable(name: str) -> tuple[str, str]:
    kinds = {"d": "date", "m": "multi_choice", "c": "choice"}
    return name, kinds.get(name, "integer")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${a} > 5 and (${b} = 2 or not(${a} = 1))",
         {"and": [{"gt": [{"var": "a"}, 5]}, {"or": [{"eq": [{"var": "b"}, 2]}, {"not": [{"eq": [{"var": "a"}, 1]}]}]}]}),
        ("${a} + 2 * -3", {"add": [{"var": "a"}, {"mul": [2, -3]}]}),
        ("${a} != ''", {"filled": [{"var": "a"}]}),
        ("selected(${m}, 'x')", {"contains": [{"var": "m"}, "x"]}),
        ("selected(${c}, 'x')", {"eq": [{"var": "c"}, "x"]}),
        ("${c} = 1", {"eq": [{"var": "c"}, "1"]}),
        ("today() - ${d}", {"days_between": [{"var": "d"}, {"today": []}]}),
        ("${d} + 7", {"add_days": [{"var": "d"}, 7]}),
        ("if(${a} mod 2 = 0, 'even', \"odd\")",
         {"if": [{"eq": [{"mod": [{"var": "a"}, 2]}, 0]}, "even", "odd"]}),
        ("/data/group/a div 2", {"div": [{"var": "a"}, 2]}),
    ],
)  # fmt: skip
def test_expressions_of_xlsform(text: str, expected: Any) -> None:
    assert translate(text, Scope(variable)) == expected


@pytest.mark.parametrize(
    "text",
    ["indexed-repeat(${a}, ${b}, 1)", "${a} =", "(${a}", "..", "a b", "${a} @ 2", "(" * 3000],
)
def test_expressions_without_an_equal_are_named(text: str) -> None:
    with pytest.raises(Unsupported):
        translate(text, Scope(variable))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"hello", b"\xff" * 100])
def test_what_is_no_form_is_refused(content: bytes) -> None:
    for reader in (import_xlsform, import_openforms):
        with pytest.raises(CannotImport):
            reader(content, "x.xlsx")


# --- Open Forms --------------------------------------------------------------------------------
def component(kind: str, key: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": key.capitalize(), **more}


EXPORT: dict[str, Any] = {
    "forms": [{"name": "Vergunning", "slug": "vergunning", "uuid": "f", "authentication_backends": ["digid"],
               "translations": {"en": {"name": "Permit"}, "nl": {"name": "Vergunning"}}}],
    "formSteps": [
        {"index": 1, "uuid": "s2", "form_definition": "http://x/definitions/d2"},
        {"index": 0, "uuid": "s1", "form_definition": "http://x/definitions/d1"},
    ],
    "formDefinitions": [
        {"url": "http://x/definitions/d1", "name": "Uw gegevens", "slug": "gegevens", "configuration": {"components": [
            component("textfield", "name", validate={"required": True, "maxLength": 60},
                      openForms={"translations": {"en": {"label": "Name"}, "nl": {"label": "Naam"}}},
                      prefill={"plugin": "haalcentraal"}),
            component("radio", "kind", values=[{"value": "new", "label": "Nieuw"}, {"value": "old", "label": "Oud"}]),
            component("textfield", "number", conditional={"show": True, "when": "kind", "eq": "old"}),
            component("bsn", "bsn"),
            component("fieldset", "extra", components=[component("email", "mail"), component("file", "plan")]),
        ]}},
        {"url": "http://x/definitions/d2", "name": "Dieren", "slug": "dieren", "configuration": {"components": [
            component("selectboxes", "pets", values=[{"value": "dog", "label": "Hond"}, {"value": "cat", "label": "Kat"}]),
            component("editgrid", "dogs", hidden=True, components=[
                component("number", "weight", validate={"min": 1, "max": 90}), component("file", "photo")]),
            component("content", "note", html="<p>Bedankt</p>"),
        ]}},
    ],
    "formLogic": [
        {"json_logic_trigger": {"==": [{"var": "pets.dog"}, True]},
         "actions": [{"component": "dogs", "action": {"type": "property", "property": {"value": "hidden"}, "state": False}}]},
        {"json_logic_trigger": {"and": [{"==": [{"var": "kind"}, "old"]}, {"!": [{"var": "number"}]}]},
         "actions": [{"form_step_uuid": "s1", "action": {"type": "disable-next"}}]},
        {"json_logic_trigger": {"reduce": []}, "actions": [{"action": {"type": "disable-next"}}]},
        {"json_logic_trigger": True, "actions": [{"action": {"type": "fetch-from-service"}}]},
    ],
    "formVariables": [{"key": "sum", "source": "user_defined"}],
}  # fmt: skip


def zipped(parts: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(f"{name}.json", json.dumps(content))
    return stream.getvalue()


def test_an_export_of_open_forms_may_be_published_and_tells_its_losses() -> None:
    found = import_openforms(zipped(EXPORT), "export.zip")
    assert import_openforms(json.dumps(EXPORT).encode(), "x.json").definition == found.definition
    assert [step["key"] for step in found.definition["steps"]] == ["gegevens", "dieren"]
    told = "\n".join(map(str, found.losses))
    for expected in ("prefilling", "bsn", "“reduce”", "fetch-from-service", "signing in", "sum"):
        assert expected in told
    definition = {**found.definition, "languages": ["nl"]}
    assert [fault for fault in engine.lint(definition) if "missing in" not in fault] == []


def test_its_rules_run_here() -> None:
    spec = engine.compile(import_openforms(zipped(EXPORT), "export.zip").definition)
    answers = {"name": "Ali", "kind": "new", "pets": ["dog"], "dogs": [{"weight": 12}]}
    assert engine.check(spec, answers) == {}
    assert "dogs" not in engine.prune(spec, {**answers, "pets": ["cat"]})
    assert engine.check(spec, {**answers, "kind": "old"}) != {}
    assert engine.check(spec, {**answers, "dogs": [{"weight": 99}]}) == {
        "dogs.0.weight": ["Écrivez 90 ou moins."]
    }
    assert [piece.key for piece in engine.pieces(spec, answers)] == ["plan"]


def test_the_commands_print_a_definition_and_the_losses(tmp_path: Any) -> None:
    file, out, losses = tmp_path / "export.zip", tmp_path / "form.yaml", io.StringIO()
    file.write_bytes(zipped(EXPORT))
    call_command("import_openforms", file, "--out", out, "--office", "bj-cotonou", stderr=losses)
    assert "offices:\n- bj-cotonou" in out.read_text()
    assert "losses" in losses.getvalue()


def test_a_definition_is_found_whatever_version_of_the_api_its_step_names() -> None:
    parts = json.loads(json.dumps(EXPORT))
    for version, name in ((2, "formDefinitions"), (1, "formSteps")):
        text = json.dumps(parts[name]).replace(
            "http://x/definitions/", f"http://x/api/v{version}/form-definitions/"
        )
        parts[name] = json.loads(text)
    found = import_openforms(zipped(parts), "export.zip")
    assert [step["key"] for step in found.definition["steps"]] == ["gegevens", "dieren"]
    assert "not in the export" not in "\n".join(map(str, found.losses))


BOXES = {"title": "Voiture", "components": [
    component("panel", "p", components=[component("textfield", "name", validate={"minLength": 2, "maxLength": ""})]),
    {"type": "table", "rows": [[{"components": [component("textfield", "name")]}], [{"components": []}]]},
    component("datagrid", "cars", conditional='{"show": ""}', components=[
        component("fieldset", "f", components=[component("number", "year", decimalLimit=0)]), component("file", "scan")]),
    component("survey", "opinion", questions=[{"value": "a", "label": "Clair ?"}, {"value": "b", "label": "Rapide ?"}],
              values=[{"value": "yes", "label": "Oui"}]),
    component("day", "born"), component("select", "slot", appointments={"showDates": True}),
    component("button", "submit"), {"type": "textfield", "validate": [3]}, "text",
]}  # fmt: skip


def test_a_bare_definition_of_form_io_keeps_the_questions_of_its_boxes() -> None:
    found = import_openforms(json.dumps(BOXES).encode(), "car.json")
    steps = engine.expand(found.definition)["steps"]
    fields = {one["key"]: one for step in steps for one in step["fields"]}
    assert list(fields) == [
        "p",
        "name",
        "name_2",
        "cars",
        "opinion_a",
        "opinion_b",
        "born",
        "slot",
        "textfield",
    ]
    assert (fields["name"]["min_length"], fields["born"]["type"]) == (2, "partial_date")
    assert [(one["key"], one["type"]) for one in fields["cars"]["fields"]] == [("year", "integer")]
    told = "\n".join(map(str, found.losses))
    for expected in (
        "“table”",
        "scan",
        "slot of a counter",
        "answers is empty",
    ):
        assert expected in told
    assert [one for one in engine.lint(found.definition) if "twice" in one] == []


SHEET = """"survey",,,,,
,"type","name","label","bind:constraint","bind:jr:constraintMsg"
,"select one from water or specify other","source","D'où vient l'eau ?",,
,"begin loop over water",,,,
,"int","distance","À quelle distance ?",". <= 50","Cinquante au plus."
,"end loop",,,,
"choices",,,,,
,"list name","name","label",,
,"water","well","Un puits",,
,"water","river","Une rivière",,
"""  # the old spellings of pyxform


def test_the_old_spellings_of_xlsform_are_read() -> None:
    found = import_xlsform(SHEET.encode(), "eau.csv")
    spec = engine.compile(found.definition)
    assert [str(one).partition(": ")[2] for one in found.losses] == [
        "a loop over a list: its questions come once"
    ]
    assert [field.key for field in spec.fields] == ["source", "source_other", "distance"]
    assert engine.lint({**found.definition, "languages": ["fr"]}) == []
    wrong = engine.check(spec, {"source": "other", "source_other": "Pluie", "distance": 60})
    assert wrong == {"distance": ["Cinquante au plus."]}
    assert "source_other" not in engine.prune(spec, {"source": "well", "source_other": "Pluie"})


OUTSIDE = """"survey","type","name","label","choice_filter"
,"select_one region","region","Région",
,"select_one_external town","town","Commune","region=${region}"
"choices","list_name","name","label",
,"region","n","Nord",
"external_choices","list_name","name","label","region"
,"town","bobo","Bobo","n"
"""
ALONE = "type;name;label;relevant\ntext;nom;Votre nom;\ninteger;age;Votre âge;${nom} != ''\n"


def test_lists_of_their_own_sheet_and_a_survey_saved_alone_are_read() -> None:
    spec = engine.compile(import_xlsform(OUTSIDE.encode(), "lieux.csv").definition)
    assert engine.check(spec, {"region": "n", "town": "bobo"}) == {}
    assert set(engine.check(spec, {"region": "n", "town": "lome"})) == {"town"}
    alone = import_xlsform(ALONE.encode(), "survey.csv")
    assert [field.key for field in engine.compile(alone.definition).fields] == ["nom", "age"]
    assert alone.losses == []


# --- What real files of form.io and Open Forms hold ----------------------------------------------
WIZARD = {"display": "wizard", "title": "Inscription", "components": [
    {"type": "panel", "key": "who", "title": "Qui", "components": [
        component("radio", "kind", values=[{"value": "child", "label": "Enfant"}, {"value": "adult", "label": "Adulte"}]),
        component("number", "age", suffix="ans", customConditional="show = data.kind === 'child' && !(data.kind == '');"),
        component("textfield", "code", validate={"pattern": "^[A-Z]{2}[0-9]{4}$"}),
        component("textfield", "town", validate={"custom": "valid = input !== 'Lagos' ? true : 'Au Bénin seulement.'"}),
        component("select", "list", dataSrc="json", data={"json": '[{"value": "a", "label": "Un"}, "b"]'}),
        component("select", "far", dataSrc="url", data={"url": "https://example.org/list"}),
    ]},
    {"type": "panel", "key": "more", "title": "Plus", "components": [
        component("well", "box", conditional={"show": True, "conjunction": "any", "conditions": [
            {"component": "kind", "operator": "isEqual", "value": "adult"}, {"component": "age", "operator": "isNotEmpty"}]},
            components=[component("textarea", "story", calculateValue="value = data.code")]),
        component("datagrid", "kids", components=[
            component("textfield", "first"), component("textfield", "school", customConditional="show = row.first != ''")]),
        component("tabs", "t", components=[{"label": "Onglet", "key": "tab1", "components": [component("time", "hour")]}]),
        component("email", "later", conditional={"json": {"==": [{"var": "data.kind"}, "adult"]}}),
        component("textfield", "odd", customConditional="show = moment(data.x).isBefore()"),
    ], "conditional": {"show": False, "when": "kind", "eq": "child"}},
    {"type": "button", "key": "submit", "action": "submit"},
]}  # fmt: skip


def test_a_wizard_of_form_io_keeps_its_pages_its_conditions_and_its_formats() -> None:
    found = import_openforms(json.dumps(WIZARD).encode(), "x.json")
    assert [step["key"] for step in found.definition["steps"]] == ["who", "more"]
    spec = engine.compile(found.definition)
    fields = spec.field_by_key
    assert (
        engine.check(spec, {"kind": "adult", "code": "AB1234", "town": "Kandi", "list": "b"}) == {}
    )
    wrong = engine.check(spec, {"kind": "adult", "code": "A1", "town": "Lagos", "list": "c"})
    assert set(wrong) == {"code", "town", "list"}
    assert wrong["town"] == ["Au Bénin seulement."]
    child = {"kind": "child", "age": 7, "story": "Rien", "later": "a@example.org"}
    assert set(engine.prune(spec, child)) == {"kind", "age"}  # the second page is for adults
    adult = {**child, "kind": "adult", "kids": [{"first": "", "school": "Nord"}]}
    assert set(engine.prune(spec, adult)) == {"kind", "story", "later", "kids"}
    assert fields["code"].config["example"] == "AB1234"
    assert "hour" in fields  # the pages of tabs have no type of their own
    told = "\n".join(map(str, found.losses))
    for words in ("moment", "https://example.org/list", "the calculation is not taken over: value = data.code", "check the example"):  # fmt: skip
        assert words in told
    assert "submit" not in told


BORN = [
    {"order": 2, "json_logic_trigger": {"==": [{"var": "kind"}, "new"]}, "description": "minor only",
     "actions": [{"component": "guardian", "action": {"type": "property", "property": {"value": "hidden"}, "state": False}}]},
    {"order": 1, "json_logic_trigger": {">": [{"date": {"var": "born"}}, {"-": [{"today": []}, {"rdelta": [18, 0, 0]}]}]},
     "actions": [{"component": "guardian", "action": {"type": "property", "property": {"value": "hidden"}, "state": False}},
                 {"variable": "isMinor", "action": {"type": "variable", "value": True}}]},
    {"order": 3, "json_logic_trigger": {"==": [{"var": "isMinor"}, True]},
     "actions": [{"component": "school", "action": {"type": "property", "property": {"value": "hidden"}, "state": False}},
                 {"component": "school", "action": {"type": "property", "property": {"value": "disabled"}, "state": True}}]},
]  # fmt: skip


def test_several_rules_for_one_question_and_variables_that_rules_fill() -> None:
    parts = {
        "forms": [{"name": "Club", "slug": "club", "registration_backends": [{"backend": "email", "name": "Boîte"}]}],
        "formSteps": [],
        "formDefinitions": [{"name": "Un", "slug": "un", "configuration": {"components": [
            component("date", "born", openForms={"maxDate": {"mode": "past"}}),
            component("radio", "kind", values=[{"value": "new", "label": "N"}, {"value": "old", "label": "O"}]),
            component("textfield", "guardian", hidden=True), component("textfield", "school", hidden=True),
            component("children", "kids"), component("file", "plan", filePattern="image/png,application/pdf", fileMaxSize="10MB"),
        ]}}],
        "formLogic": BORN,
        "formVariables": [{"key": "isMinor", "source": "user_defined"}],
    }  # fmt: skip
    # One JSON file, each part a text: what the database of Open Forms keeps of a version.
    blob = {"export_blob": {name: json.dumps(part) for name, part in parts.items()}}
    found = import_openforms(json.dumps(blob).encode(), "version.json")
    spec = engine.compile(found.definition)
    asked = {"guardian": "Awa", "school": "Nord"}
    old = {"born": "1980-01-01", "kind": "old", **asked}
    assert not asked.keys() & engine.prune(spec, old).keys()
    assert "guardian" in engine.prune(spec, {**old, "kind": "new"})
    assert {"guardian", "school"} <= set(engine.prune(spec, {**old, "born": "2020-01-01"}))
    assert "born" in engine.check(spec, {**old, "born": "2999-01-01"})
    (plan,) = engine.pieces(spec, old)
    assert list(plan.accept) == ["png", "pdf"]
    told = "\n".join(map(str, found.losses))
    for words in ("“disabled”", "“Boîte”", "children"):
        assert words in told


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^\d{4}[a-zA-Z]{2}$", {"type": "pattern", "regex": r"\d{4}[A-ZA-Z]{2}", "example": "1234AB"}),
        (r"[a-zA-Z '-]{2,40}", {"letters": True, "min_length": 2, "max_length": 40}),
        (r".{10,}", {"min_length": 10}),
        (r"^(a|b)+$", None),
        (r"^\D+$", None),
    ],
)  # fmt: skip
def test_a_regular_expression_becomes_a_format_with_an_example(pattern: str, expected: Any) -> None:
    assert formatted(pattern) == expected

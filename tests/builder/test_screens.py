"""The screens of the builder: who comes in, what each button changes, what is never lost."""

import json

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from eservices.catalog import drafting, services, transfer
from eservices.catalog.models import EService
from eservices.codelists import services as services_of_lists
from eservices.formdefs import editing
from portal.audit.models import AuditLine
from tests.builder.people import client_of, make_staff
from tests.people import make_agent, make_office
from tests.sample_spec import sample_definition

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office("test-office")


@pytest.fixture
def eservice(office):
    return drafting.create(sample_definition(), by=None)


@pytest.fixture
def editor():
    return client_of(make_staff("Editors"))


@pytest.fixture
def publisher():
    return client_of(make_staff("Publishers", "Bénédicte"))


def url(name, eservice, *args):
    return reverse(f"builder:{name}", args=[eservice.pk, *args])


def latest(eservice):
    return EService.objects.get(pk=eservice.pk).definition


SCREENS = [
    ("overview", ()),
    ("step", ("person",)),
    ("step_settings", ("person",)),
    ("rule", ("person", "-", 0)),
    ("field_add", ("person", "-")),
    ("paste", ("person",)),
    ("field", ("other_reason",)),
    ("field_delete", ("copies",)),
    *(("section", (one,)) for one in ("service", "pieces", "fees", "offices", "decisions", "data")),
    ("entry", ("fees", "fees", 0)),
    ("entry", ("decisions", "refusal-motives", 1)),
    ("preview", ()),
    ("frame", ("request",)),
    ("frame", ("_end",)),
    ("translations", ()),
    ("check", ()),
    ("tests", ()),
    ("publish", ()),
    ("history", ()),
    ("state", ()),
    ("export", ()),
]


def test_every_screen_opens_for_an_editor_and_for_nobody_else(client, editor, eservice):
    agent = client_of(make_agent())
    for name, args in SCREENS:
        address = url(name, eservice, *args)
        assert editor.get(address).status_code == 200, address
        assert agent.get(address).status_code in (302, 403, 404), address
        assert client.get(address).status_code == 302, address


def test_an_editor_sees_no_case(editor):
    assert editor.get("/agent/").status_code in (302, 403, 404)


def test_a_question_is_added_changed_and_moved(editor, eservice):
    added = editor.post(
        url("field_add", eservice, "person", "-"), {"type": "integer", "label": "Nombre d'enfants"}
    )
    assert added.url == url("field", eservice, "nombre_enfants")
    form = {
        "label.fr": "Combien d'enfants ?",
        "required": "no",
        "key": "enfants",
        "min": "0",
        "show_if.mode": "lines",
        "show_if.node": ["0", "0.0"],
        "show_if.0.0.subject": "last_name",
        "show_if.0.0.op": "filled",
    }
    editor.post(added.url, form)
    field = editing.field_at(latest(eservice), "enfants")
    assert field["label"] == {"fr": "Combien d'enfants ?"}
    assert (field["min"], field["required"]) == (0, False)
    assert field["show_if"] == {"filled": [{"var": "last_name"}]}
    editor.post(url("step", eservice, "person"), {"act": "up:enfants"})
    keys = [one["key"] for one in latest(eservice)["steps"][0]["fields"]]
    assert keys == ["last_name", "first_names", "enfants", "phone"]


def test_a_key_is_renamed_everywhere(editor, eservice):
    form = {"label.fr": "Motif", "required": "yes", "key": "motive", "show_if.mode": "always"}
    options = editing.field_at(eservice.definition, "reason")["options"]
    for index, option in enumerate(options):
        form |= {
            f"options.{index}.fr": option["label"]["fr"],
            f"options.{index}.value": option["value"],
            f"options.{index}.was": option["value"],
        }
    editor.post(url("field", eservice, "reason"), form | {"options.row": ["0", "1"]})
    definition = latest(eservice)
    assert editing.field_at(definition, "motive")["options"] == options
    other = editing.field_at(definition, "other_reason")
    assert other["show_if"] == {"eq": [{"var": "motive"}, "other"]}


def test_deleting_tells_who_reads_the_answer(editor, eservice):
    page = editor.get(url("field_delete", eservice, "copies")).content.decode()
    assert "le tarif « Copies »" in page


def test_what_was_typed_wrongly_is_shown_again(editor, eservice):
    form = {"label.fr": "", "required": "yes", "key": "Motif!", "show_if.mode": "always"}
    answer = editor.post(url("field", eservice, "reason"), form | {"options.row": []})
    assert answer.status_code == 422
    assert 'value="motif!"' in answer.content.decode()
    assert latest(eservice) == eservice.definition


def test_a_condition_is_drawn_again_without_saving(editor, eservice):
    form = {
        "_control": "show_if",
        "show_if.mode": "lines",
        "show_if.act": "add:0",
        "show_if.node": "0",
    }
    answer = editor.post(url("field", eservice, "other_reason"), form)
    assert answer.content.decode().count('class="b-line"') == 1
    assert latest(eservice) == eservice.definition


def test_two_editors_at_once_are_told_and_lose_nothing(editor, publisher, eservice):
    fees = url("entry", eservice, "fees", "fees", 0)
    form = {"base": "1", "label.fr": "Copies", "quantity": "copies", "show_if.mode": "always"}
    editor.post(fees, form | {"unit": "700"})
    second = publisher.post(fees, form | {"unit": "900"})
    assert "/conflict/" in second.url
    page = publisher.get(second.url).content.decode()
    assert "Enregistré." not in page, "nothing was saved: it must not be said"
    assert "Nadège" in page
    assert "700" in page
    assert "900" in page
    publisher.post(second.url, {"_mine": "1"})
    assert latest(eservice)["fees"][0]["unit"] == 900


def test_pasted_questions_are_understood(editor, eservice):
    text = "Date de naissance\nTéléphone du père\nÊtes-vous marié ? Oui/Non\nSituation\n- Salarié\n- Autre"
    editor.post(url("paste", eservice, "request"), {"text": text, "_add": "1"})
    fields = latest(eservice)["steps"][1]["fields"][3:]
    assert [one["type"] for one in fields] == ["partial_date", "phone", "yes_no", "choice"]
    assert [one["label"]["fr"] for one in fields[3]["options"]] == ["Salarié", "Autre"]


def test_only_a_publisher_publishes_and_the_journal_says_who(editor, publisher, eservice, office):
    address = url("publish", eservice)
    # With nobody to do its stages, or one person for both, it is not published: the page says why.
    assert publisher.post(address, {"_publish": "1", "base": "1"}).status_code == 422
    page = publisher.get(url("check", eservice)).content.decode()
    assert "Personne ne peut faire" in page
    both = make_agent(office)
    both.office_memberships.create(office=office, role="chief")
    assert publisher.post(address, {"_publish": "1", "base": "1"}).status_code == 422
    make_agent(office)
    assert editor.post(address, {"_publish": "1"}).status_code == 404
    publisher.post(address, {"_publish": "1", "base": "1", "note": "Décret 12"})
    eservice.refresh_from_db()
    assert (eservice.current.number, eservice.current.note) == (1, "Décret 12")
    line = AuditLine.objects.get(act="eservice.published")
    assert line.actor_name == "Bénédicte"
    publisher.post(address, {"_opening": "1", "is_suspended": "on", "message": "Panne"})
    eservice.refresh_from_db()
    assert not eservice.opening().is_open
    assert AuditLine.objects.filter(act="eservice.opening_changed").count() == 1


def test_nothing_differs_just_after_publishing(editor, eservice):
    steps = [*eservice.definition["steps"]]
    steps[0] = steps[0] | {"fields": [*steps[0]["fields"], {"use": "address", "prefix": "home_"}]}
    definition = eservice.definition | {"steps": steps, "tests": [{"name": "Rien", "answers": {}}]}
    drafting.save(eservice, definition, base=1, by=None)
    services.publish(definition)
    compared = url("compare", eservice) + "?from=v1&to=draft"
    for address in (url("publish", eservice), compared):
        assert editor.get(address).context["changes"] == []


def test_a_failing_test_answer_or_a_fault_holds_the_publication(publisher, eservice):
    definition = eservice.definition | {"tests": [{"name": "Rien", "answers": {}, "fee": 500}]}
    drafting.save(eservice, definition, base=1, by=None)
    address = url("publish", eservice)
    assert publisher.post(address, {"_publish": "1"}).status_code == 422
    assert EService.objects.get(pk=eservice.pk).current is None


def test_the_preview_keeps_its_answers_and_becomes_a_test(editor, eservice):
    person = {"last_name": "Ali", "first_names": "Hodan", "phone": "77000001"}
    editor.post(url("frame", eservice, "person"), person)
    editor.post(url("frame", eservice, "request"), {"copies": "2", "reason": "school"})
    editor.post(url("preview", eservice), {"name": "Deux copies"})
    test = latest(eservice)["tests"][0]
    assert (test["name"], test["fee"], test["wrong"]) == ("Deux copies", 1000, [])
    assert test["pieces"] == ["id_document"]


def test_a_group_without_a_question_yet_does_not_break_the_preview(editor, eservice):
    editor.post(url("field_add", eservice, "request", "-"), {"type": "group", "label": "Enfants"})
    frame = url("frame", eservice, "request")
    assert "Enfants" in editor.get(frame).content.decode()
    assert editor.post(frame, {"copies": "2"}).status_code == 200


def test_an_export_comes_in_elsewhere_with_other_offices(editor, eservice, office):
    exported = editor.get(url("export", eservice)).content
    assert yaml.safe_load(exported)["slug"] == "extrait-test"
    type(office).objects.filter(pk=office.pk).update(code="here")
    upload = SimpleUploadedFile("extrait.yaml", exported)
    asked = editor.post(reverse("builder:import"), {"file": upload, "format": "yaml"})
    held = asked.context["held"]
    form = {"held": held, "slug": "autre", "code": "AUTRE"}
    assert editor.post(reverse("builder:import"), form).status_code == 422
    editor.post(reverse("builder:import"), form | {"office.test-office": "here"})
    assert EService.objects.get(slug="autre").definition["offices"] == ["here"]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a: [", b"- 1", b"steps: 3", b"x: 2026-01-01"])
def test_a_file_that_is_no_eservice_is_refused(editor, content):
    upload = SimpleUploadedFile("x.yaml", content)
    answer = editor.post(reverse("builder:import"), {"file": upload})
    assert answer.status_code == 422


def test_a_text_is_translated_beside_the_first_language(editor, eservice):
    drafting.save(eservice, eservice.definition | {"languages": ["fr", "ar"]}, base=1, by=None)
    form = {"language": "ar", "path": ["steps/0/title"], "text.0": "المعني بالأمر"}
    editor.post(url("translations", eservice), form)
    assert latest(eservice)["steps"][0]["title"]["ar"] == "المعني بالأمر"


def test_a_hostile_condition_is_refused_politely(editor, eservice):
    deep = json.loads('{"not":' * 60 + "true" + "}" * 60)
    form = {"label.fr": "X", "required": "yes", "key": "other_reason", "show_if.mode": "json"}
    answer = editor.post(
        url("field", eservice, "other_reason"), form | {"show_if.json": json.dumps(deep)}
    )
    assert answer.status_code == 422


def test_opening_the_builder_costs_few_queries(editor, eservice, django_assert_max_num_queries):
    services.publish(eservice.definition)
    editor.get(url("step", eservice, "person"))
    with django_assert_max_num_queries(22):
        editor.get(url("step", eservice, "person"))


def test_a_shared_list_of_the_file_becomes_a_local_one_or_its_own():
    field = {"key": "town", "type": "choice", "label": {"fr": "Ville"}, "list": "towns"}
    definition = {
        "steps": [{"key": "s", "fields": [field]}],
        "lists": {"towns": [{"value": "a", "label": {"fr": "A"}}]},
        "code_lists": {"towns": 3},
    }
    local = transfer.with_lists(definition, {"towns": "communes"})
    assert local["steps"][0]["fields"][0]["list"] == "communes"
    assert "lists" not in local
    chained = definition | {
        "steps": [{"key": "s", "fields": [field, field | {"list": "communes"}]}]
    }
    swapped = transfer.with_lists(chained, {"towns": "communes", "communes": "towns"})
    assert [one["list"] for one in swapped["steps"][0]["fields"]] == ["communes", "towns"]
    own = transfer.with_lists(definition, {})
    assert own["lists"] == definition["lists"]
    assert "code_lists" not in own


def test_a_list_that_the_file_does_not_carry_is_asked_and_a_refusal_keeps_the_choice(
    editor, office
):
    services_of_lists.import_csv("communes", "value;label_fr\nx;Cotonou\n", title="Communes")
    definition = sample_definition()
    town = {"key": "town", "type": "choice", "label": {"fr": "Ville"}, "list": "villes"}
    definition["steps"][0]["fields"].append(town)
    upload = SimpleUploadedFile("service.yaml", yaml.safe_dump(definition).encode())
    asked = editor.post(reverse("builder:import"), {"file": upload})
    form = {"held": asked.context["held"], "list.villes": "communes", "slug": "listes", "code": ""}
    again = editor.post(reverse("builder:import"), form)
    assert '<option value="communes" selected>' in again.content.decode()
    editor.post(reverse("builder:import"), form | {"code": "LISTES"})
    definition = EService.objects.get(slug="listes").definition
    assert editing.field_at(definition, "town")["list"] == "communes"


def test_a_survey_of_kobo_comes_in_with_its_losses(editor, office):
    rows = "survey,,,\n,type,name,label\n,text,nom,Votre nom\n,integer,age,Votre âge\n,barcode,code,Code\n"
    upload = SimpleUploadedFile("enquete.csv", rows.encode())
    asked = editor.post(reverse("builder:import"), {"file": upload, "format": "xlsform"})
    assert asked.status_code == 200
    form = {"held": asked.context["held"], "slug": "enquete", "code": "ENQ"}
    for code, _chosen, _problem in asked.context["unknown"]:
        form[f"office.{code}"] = office.code
    editor.post(reverse("builder:import"), form)
    definition = EService.objects.get(slug="enquete").definition
    assert editing.field_at(definition, "age")["type"] == "integer"


def test_a_saved_test_is_renamed_corrected_and_its_answers_replaced(editor, eservice):
    person = {"last_name": "Ali", "first_names": "Hodan", "phone": "77000001"}
    editor.post(url("frame", eservice, "person"), person)
    editor.post(url("frame", eservice, "request"), {"copies": "2", "reason": "school"})
    editor.post(url("preview", eservice), {"name": "Deux copies"})
    form = {"name": "Une école", "fee": "500", "steps": ["person", "request"]}
    assert editor.post(url("test", eservice, 0), form | {"name": " "}).status_code == 422
    editor.post(url("test", eservice, 0), form)
    test = latest(eservice)["tests"][0]
    assert (test["name"], test["fee"], test["pieces"]) == ("Une école", 500, [])
    told = editor.get(url("tests", eservice)).content.decode()
    assert "au lieu de 500" in told
    assert "elle ne devrait pas l&#x27;être" in told
    editor.post(url("frame", eservice, "request"), {"copies": "1", "reason": "school"})
    editor.post(url("preview", eservice), {"test": "0", "_replace": "1"})
    [test] = latest(eservice)["tests"]
    assert (test["name"], test["fee"], test["answers"]["copies"]) == ("Une école", 500, 1)


def test_the_same_words_are_translated_once(editor, eservice):
    first = eservice.definition["steps"][0]
    twice = [first | {"title": {"fr": "Motif", "ar": "السبب"}}]
    again = {"key": "again", "title": {"fr": "Motif :"}, "fields": [{"key": "q", "type": "text", "label": {"fr": "Q"}}]}  # fmt: skip
    definition = eservice.definition | {"languages": ["fr", "ar"], "steps": [*twice, again]}
    drafting.save(eservice, definition, base=1, by=None)
    editor.post(url("translations", eservice), {"language": "ar", "_known": "1"})
    assert latest(eservice)["steps"][1]["title"]["ar"] == "السبب"

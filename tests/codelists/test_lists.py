"""Shared lists: imported line by line, frozen into what is published, valid on some days only."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from eservices.catalog import services as catalog
from eservices.codelists import services as codelists
from eservices.codelists.models import CodeList, CodeListVersion
from eservices.codelists.reading import read_csv
from eservices.codelists.sample import load_sample_lists
from eservices.formdefs import engine
from portal.accounts.models import User
from tests.factories import OfficeFactory
from tests.formdefs.builders import compiled, field, post
from tests.people import sign_in
from tests.sample_spec import sample_definition

GOOD = "value;label_fr;label_ar;parent;from;until\nzou;Zou;;BJ;;\nold;Ancien;;BJ;;2020-12-31\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("code,libelle\na,A\n", ""),
        ("\ufeffValue\tLabel_FR\na\tA\n", ""),
        ("value;label\na;A;trop;de;colonnes\n", ""),
        ("label\nA\n", "« value »"),
        ("value\nA\n", "« label_fr »"),
        ("value;label_fr\n", "aucune ligne"),
        ("", "« value »"),
        ('value,label_fr\na,A\nb,"B\nc,C\n', "guillemet"),
        ('value,label_fr\na,"A" B\n', "Ligne 2"),
        ("value;label_fr\na;Unicode\n".encode("utf-16"), ""),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_the_file_as_a_whole(text, told):
    reading = read_csv(text)
    assert reading.is_good == (not told)
    assert told in " ".join(reading.faults)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (";Sans valeur", "valeur"),
        ("a b;Espace", "valeur"),
        ("zou;Deux fois", "deux fois"),
        ("x;", "français"),
        ("x;X;;;2026-13-01", "date"),
        ("x;X;;;01/02/2026;31/01/2026", "avant le premier"),
    ],
)
def test_each_wrong_line_is_named_and_nothing_is_imported(db, line, told):
    with pytest.raises(codelists.ListRefused) as refused:
        codelists.import_csv("regions", GOOD + line + "\n")
    (wrong,) = [one for one in refused.value.details["reading"].lines if one.fault]
    assert wrong.number == 4
    assert told in wrong.fault
    assert not CodeList.objects.exists()


def test_a_new_version_says_what_changes_and_the_same_file_makes_none(db):
    first, _reading = codelists.import_csv("regions", GOOD)
    again, reading = codelists.import_csv("regions", GOOD)
    assert (again, reading.count("same")) == (first, 2)
    changed = GOOD.replace("Zou", "Zou (Bohicon)").replace("old;Ancien", "new;Nouveau")
    second, reading = codelists.import_csv("regions", changed)
    assert (second.number, reading.count("changed"), reading.count("new")) == (2, 1, 1)
    assert len(reading.gone) == 1
    assert CodeListVersion.objects.count() == 2


def publish_with_list():
    question = field("region", "choice", list="regions", parent="BJ", widget="select")
    step = {"key": "place", "title": {"fr": "Lieu"}, "fields": [question]}
    definition = sample_definition(offices=[OfficeFactory(code="o").code])
    return catalog.publish({**definition, "steps": [*definition["steps"], step]})


def test_a_published_form_keeps_the_labels_of_its_time(db):
    codelists.import_csv("regions", GOOD)
    version = publish_with_list()
    codelists.import_csv("regions", GOOD.replace("Zou", "Zou renommé"))
    spec = catalog.compiled(version)
    assert version.spec["code_lists"] == {"regions": 1}
    rows = engine.summary(spec, {"region": "zou"}, "fr")[-1].rows
    assert rows[0].text == "Zou"
    newer = catalog.publish(version.eservice.definition)
    assert newer.number == version.number + 1
    assert (
        engine.summary(catalog.compiled(newer), {"region": "zou"}, "fr")[-1].rows[0].text
        == "Zou renommé"
    )
    assert catalog.publish(catalog.export(version.eservice.slug)) == newer


def test_an_entry_out_of_its_days_is_told_but_no_longer_offered():
    options = [
        {"value": "old", "label": "Ancien", "until": "2020-12-31"},
        {"value": "now", "label": "Actuel"},
        {"value": "next", "label": "Futur", "from": "2999-01-01"},
    ]  # fmt: skip
    spec = compiled(field("x", "choice", options=options, widget="select"))
    assert post(spec, "x=now").is_valid()
    assert "x" in post(spec, "x=old").errors
    assert "x" in post(spec, "x=next").errors
    assert "Ancien" not in post(spec, "").as_fields()
    assert engine.summary(spec, {"x": "old"}, "fr")[0].rows[0].text == "Ancien"


def test_the_command_tells_the_lines(db, tmp_path):
    file = tmp_path / "regions.csv"
    file.write_text(GOOD)
    out = StringIO()
    call_command("code_list_import", file, "--check", stdout=out)
    assert "2 lines: 2 new" in out.getvalue()
    assert not CodeList.objects.exists()
    file.write_text(GOOD + "x;\n")
    with pytest.raises(CommandError):
        call_command("code_list_import", file, stdout=out)
    assert "line 4 (x)" in out.getvalue()


def test_the_shipped_lists_are_good(db):
    assert load_sample_lists() >= 2
    regions = CodeList.objects.get(key="regions").last.entries
    towns = CodeList.objects.get(key="communes").last.entries
    assert {one["parent"] for one in regions} == {"BF", "BJ", "CI", "DJ"}
    assert {one["parent"] for one in towns} <= {one["value"] for one in regions}
    assert sum(one["value"].startswith("bj-") for one in towns) == 77


@pytest.mark.ignore_template_errors
def test_an_editor_checks_then_imports_on_the_screen(db, client):
    root = User.objects.create_superuser(username="root", email="root@guichet.example")
    sign_in(client, root)
    address = reverse("codelists:import")
    form = {"key": "regions", "title": "Régions", "text": GOOD + "zou;Encore\n"}
    refused = client.post(address, form)
    assert refused.status_code == 422
    assert "Cette valeur figure deux fois" in refused.text
    checked = client.post(address, {**form, "text": GOOD, "check": "1"})
    assert checked.status_code == 200
    assert not CodeList.objects.exists()
    assert client.post(address, {**form, "text": GOOD}).status_code == 302
    assert "Régions" in client.get(reverse("codelists:index")).text
    download = client.get(reverse("codelists:download", args=["regions"]))
    assert codelists.preview("regions", download.content).count("same") == 2


def test_nobody_else_changes_a_list(db, client):
    client.force_login(User.objects.create_user(username="clerk", email="c@guichet.example"))
    assert client.get(reverse("codelists:index")).status_code in {302, 403}

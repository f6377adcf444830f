"""Importing a catalogue: idempotent, honest about gaps, deaf to bad rows."""

import json

import pytest
from django.core.management import CommandError, call_command

from cms_pages.imports.facts import read
from cms_pages.imports.services import import_catalogue
from cms_pages.models import LifeEventPage, Organisation, ProcedurePage

pytestmark = pytest.mark.django_db
ROW = {
    "id": 7,
    "title": "Permis de chasse",
    "slug": "permis-de-chasse",
    "category_slug": "environnement",
    "subcategory_slug": "faune",
    "description": "Chasser légalement. " + "Une phrase de plus. " * 40,
    "documents_required": ["# Résidents", "Une photo", "# Touristes", "Un passeport"],
    "conditions": "- Avoir 18 ans\n- Avoir une arme <b>déclarée</b>",
    "cost": "5 000 à 9 000",
    "cost_amounts_xof": [5000, 9000],
    "delay_days": [30.0, 45.0],
}
THEMES = [
    {
        "name": "Environnement",
        "slug": "environnement",
        "is_main": True,
        "subcategories": [{"name": "Faune", "slug": "faune"}],
    }
]


@pytest.fixture
def folder(tmp_path):
    def write(procedures):
        files = {
            "procedures": procedures,
            "categories": THEMES,
            "organismes": [{"name": "Eaux et forêts", "slug": "eaux"}, {"name": ""}, 3],
            "life_events": [{"title": "Je chasse", "slug": "je-chasse", "keywords": ["chasse"]}],
        }
        for name, rows in files.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")
        return tmp_path

    return write


def test_a_row_becomes_a_guide_under_its_theme(site, visitor, folder):
    import_catalogue(folder([ROW]), prefix="BF")

    html = visitor.get("/themes/environnement/faune/permis-de-chasse/").content.decode()
    for text in ("5\u202f000", "30–45", "Résidents", "&lt;b&gt;déclarée"):
        assert text in html
    assert Organisation.objects.filter(code="bf-eaux").exists()
    assert not LifeEventPage.objects.get(slug="je-chasse").live
    assert "permis-de-chasse" in visitor.get("/recherche/?q=chase").content.decode()


def test_a_second_import_changes_nothing_and_a_changed_source_one_guide(site, folder):
    rows = [ROW, ROW | {"id": 8, "title": "Permis de pêche", "slug": "permis-de-peche"}]
    assert import_catalogue(folder(rows), prefix="BF").outcomes["guides made"] == 2
    assert import_catalogue(folder(rows), prefix="BF").outcomes["guides unchanged"] == 2

    rows[1]["cost_amounts_xof"] = [100]
    outcomes = import_catalogue(folder(rows), prefix="BF").outcomes
    assert (outcomes["guides updated"], outcomes["guides unchanged"]) == (1, 1)
    guide = ProcedurePage.objects.get(identifier="BF-0008")
    assert [cost.amount for cost in guide.costs.all()] == [100]


def test_a_guide_that_an_editor_saved_here_is_left_alone(site, folder):
    import_catalogue(folder([ROW]), prefix="BF")
    guide = ProcedurePage.objects.get(identifier="BF-0007")
    guide.title = "Chasser au Burkina"
    guide.save_revision().publish()

    import_catalogue(folder([ROW | {"title": "Autre"}]), prefix="BF")
    assert ProcedurePage.objects.get(identifier="BF-0007").title == "Chasser au Burkina"


def test_bad_rows_are_refused_and_the_rest_goes_on(site, folder):
    bad = [None, 3, {}, {"id": "x", "title": "y"}, {"id": 9, "title": ""}]
    report = import_catalogue(folder([*bad, ROW]), prefix="BF")

    assert len([r for r in report.refused if "administration" not in r[1]]) == len(bad)
    assert report.outcomes["guides made"] == 1


def test_what_the_source_leaves_out_is_reported_and_told_to_readers(site, visitor, folder):
    bare = {"id": 10, "title": "Démarche nue", "slug": "nue", "category_slug": "environnement"}
    report = import_catalogue(folder([bare]), prefix="BF")

    assert report.missing == {
        "description": 1,
        "conditions": 1,
        "pieces": 1,
        "price": 1,
        "delay": 1,
    }
    assert ProcedurePage.objects.get(identifier="BF-0010").is_incomplete


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "not valid JSON"),
        (b"{}", "must be a list"),
        (b"\xff\xfe", "UTF-8"),
        (b"[" * 99_999, "JSON"),
    ],
)
def test_a_bad_file_is_one_clear_sentence(site, tmp_path, content, words):
    path = tmp_path / "procedures.json"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        call_command("import_procedures", path)


def test_a_missing_file_or_site_is_one_clear_sentence(db, tmp_path):
    with pytest.raises(CommandError, match="no file"):
        call_command("import_procedures", tmp_path / "nothing.json")


def test_an_age_is_no_delay():
    facts = read(ROW | {"delay_days": [6570.0, 6570.0], "delay": None}, prefix="BF")
    assert "time_min" not in facts.fields
    assert "delay" in facts.missing

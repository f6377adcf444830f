"""A person who does not program builds a burial permit, tries it, publishes it; another town takes it."""

from pathlib import Path

import pytest

from eservices.catalog.models import EService
from eservices.formdefs import engine
from portal.accounts.models import Office
from tests.builder.people import client_of, make_staff
from tests.conftest import DESKTOP, PHONE
from tests.people import make_agent, make_office

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

QUESTIONS = """Nom et prénoms du défunt
Date de naissance du défunt
Date du décès
Le défunt était-il mineur ? Oui/Non
Lieu d'inhumation
- Cimetière municipal
- Terrain familial
- Autre commune
Commune d'inhumation
Date de l'inhumation
Nombre de copies
Observations (facultatif)"""


@pytest.fixture
def open_admin(new_page, live_server):
    def open_as(user, **options):
        page = new_page(**options)
        session = client_of(user).cookies["sessionid"].value
        cookie = {"name": "sessionid", "value": session, "url": live_server.url}
        page.context.add_cookies([cookie])
        page.set_default_timeout(30_000)  # the CMS compiles its templates at the first visit
        return page

    return open_as


def save(page, name="_save"):
    press(page, page.locator(f"[name={name}]"))


def press(page, button):
    """The screen is exchanged without a navigation: wait until it is."""
    button.click()
    page.locator(".b-app:not([aria-busy])").wait_for()


def test_a_burial_permit_from_scratch_to_another_town(open_admin, tmp_path):
    town = make_office("porto-novo")
    make_agent(town)
    make_agent(town, "chief")
    page = open_admin(make_staff("Publishers"), viewport=DESKTOP)
    page.goto("/cms/eservices/new/")
    page.fill("#title", "Demander un permis d'inhumer")
    page.fill("#code", "INH-1")
    page.select_option("#currency", "XOF")
    press(page, page.locator(".b-app form button").last)

    # The questions, pasted; the types are guessed, one condition is set without syntax.
    page.goto(page.url + "step/request/paste/")
    page.fill("#text", QUESTIONS)
    save(page, "_preview")
    save(page, "_add")
    page.locator(".b-row").nth(8).wait_for()
    page.get_by_role("link", name="Commune d'inhumation", exact=True).click()
    show_if = page.locator("[data-condition=show_if]")
    show_if.locator(".b-segment").nth(1).click()
    show_if.locator(".b-line select").first.select_option("lieu_inhumation")
    show_if.locator(".b-line .b-select").nth(2).select_option("autre_commune")
    show_if.locator("[data-redraw]").nth(2).wait_for()
    save(page, "_back")
    words = page.locator("[data-key=commune_inhumation] .b-words").inner_text()
    assert "Autre commune" in words

    # A rule, a piece, a fee, an office: plain forms.
    press(page, page.locator(".b-card__head a").last)
    require = page.locator("[data-condition=require]")
    require.locator(".b-segment").nth(1).click()
    require.locator(".b-line select").first.select_option("date_inhumation")
    require.locator(".b-line .b-select").nth(1).select_option("ge")
    require.locator("[name$='.other']").select_option("date_deces")
    page.fill("#id_message", "L'inhumation vient après le décès.")
    save(page)
    service = page.url.split("/step/")[0]
    page.goto(f"{service}/section/pieces/pieces/0/")
    page.fill("#id_label", "Certificat de décès")
    save(page)
    page.goto(f"{service}/section/fees/fees/0/")
    page.fill("#id_label", "Droit d'inhumation")
    page.fill("#id_unit", "2000")
    page.fill("#id_quantity", "nombre_copies")
    save(page)
    page.goto(f"{service}/section/offices/")
    page.check("[name=offices]")
    press(page, page.locator(".b-app form button").last)

    # Filled in as a person would, in the telephone; kept as a test.
    page.goto(f"{service}/preview/")
    fill_preview(page)
    page.fill("#test-name", "Un adulte, cimetière municipal")
    press(page, page.locator(".b-app form button").first)
    page.get_by_text("Réussi", exact=True).wait_for()

    # The price changes, the test fails and holds the publication until it is accepted.
    page.goto(f"{service}/section/fees/fees/0/")
    page.fill("#id_unit", "3000")
    save(page)
    page.goto(f"{service}/publish/")
    assert page.locator("[name=_publish]").is_disabled()
    page.goto(f"{service}/tests/")
    press(page, page.locator("[value='accept:0']"))
    page.goto(f"{service}/publish/")
    page.fill("#note", "Délibération 12-2026")
    save(page, "_publish")
    page.locator(".b-change", has_text="Délibération 12-2026").wait_for()
    version = EService.objects.get(code="INH-1").current
    assert (version.number, version.note) == (1, "Délibération 12-2026")
    assert version.published_by.full_name == "Nadège"
    with page.expect_download() as download:
        page.get_by_role("link", name="Exporter").click()
    download.value.save_as(tmp_path / "inhumer.yaml")
    import_elsewhere(page, tmp_path / "inhumer.yaml")


def fill_preview(page):
    frame = page.frame_locator(".b-phone iframe")
    frame.locator("[name=nom_prenoms_defunt]").fill("AHOUANSOU Marc")
    for name, day in [
        ("date_naissance_defunt", "12"),
        ("date_deces", "13"),
        ("date_inhumation", "14"),
    ]:
        year = "1950" if "naissance" in name else "2026"
        for part, text in (("d", day), ("m", "3"), ("y", year)):
            frame.locator(f"[name='{name}.{part}']").fill(text)
    frame.locator("label[for=id_defunt_etait_mineur-1]").click()
    frame.locator("label[for=id_lieu_inhumation]").click()
    frame.locator("[name=nombre_copies]").fill("2")
    frame.locator("button.g-button--primary").click()
    frame.locator("[name=last_name]").fill("AHOUANSOU")


def import_elsewhere(page, path: Path):
    """Another town: the office of the file is unknown there, the fee is another."""
    Office.objects.filter(code="porto-novo").update(code="lokossa")
    page.goto("/cms/eservices/import/")
    page.set_input_files("#file", path)
    press(page, page.locator(".b-app form button").last)
    press(page, page.locator(".b-app form button").last)
    page.locator(".b-error").wait_for()  # the office must be chosen
    page.select_option("[name='office.porto-novo']", "lokossa")
    press(page, page.locator(".b-app form button").last)
    page.wait_for_url("**/check/")
    service = page.url.split("/check/")[0]
    page.goto(f"{service}/section/fees/fees/0/")
    page.fill("#id_unit", "1500")
    save(page)
    page.goto(f"{service}/tests/")
    press(page, page.locator("[value='accept:0']"))
    page.goto(f"{service}/publish/")
    save(page, "_publish")
    page.locator(".b-change", has_text="v1").wait_for()
    copy = EService.objects.get(code="INH-1-2").current
    spec = engine.compile(copy.spec)
    assert copy.spec["offices"] == ["lokossa"]
    assert sum(line.amount for line in engine.fee_lines(spec, {"nombre_copies": 2})) == 3000


def test_the_builder_works_on_a_telephone_without_javascript(open_admin):
    make_office("porto-novo")
    page = open_admin(make_staff("Editors"), viewport=PHONE, javascript=False)
    page.goto("/cms/eservices/new/")
    page.fill("#title", "Demander une autorisation")
    page.fill("#code", "AUT-1")
    press(page, page.locator(".b-app form button").last)
    page.goto(page.url + "step/request/add/-/")
    page.fill("#label", "Avez-vous un véhicule ?")
    page.locator("[name=type][value=yes_no]").check(force=True)
    press(page, page.locator(".b-bar--sticky button"))
    page.goto(page.url.split("/field/")[0] + "/step/request/add/-/")
    page.fill("#label", "Immatriculation")
    page.locator("[name=type][value=text]").check(force=True)
    press(page, page.locator(".b-bar--sticky button"))
    page.locator("[name='show_if.mode'][value=lines]").check(force=True)
    page.locator("[name='show_if.act'][value='add:0']").click()
    page.select_option("[name='show_if.0.0.subject']", index=1)
    page.locator("[name='show_if.act'][value=refresh]").click()
    save(page, "_back")
    assert "Avez-vous un véhicule" in page.locator(".b-words").inner_text()
    press(page, page.locator("[value='up:immatriculation']"))
    keys = [row.get_attribute("data-key") for row in page.locator("[data-key]").all()]
    assert keys == ["immatriculation", "vehicule"]

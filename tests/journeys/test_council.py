"""SV-12 in a real browser (J8): agenda, pack, decisions, minutes, and a report without secrets."""

import io
from datetime import timedelta

import pytest
import pyzipper
from django.utils import timezone
from pypdf import PdfReader

from cms_pages.models import NewsPage
from eservices.cases.models import CaseStatus
from eservices.catalog.models import EService
from eservices.sittings import services
from portal.accounts.models import Office, User
from tests.conftest import DESKTOP
from tests.journeys.actors import press_main, sign_in_staff
from tests.sittings.conftest import file_as, give_visa

pytestmark = pytest.mark.journey

SECRET = "Projet confidentiel"
PASSWORD = "karité et mil 2026"
VISAS = (
    ("sg.agri", "bf-agri-sg", "favourable"),
    ("conseiller.agri", "bf-agri-cabinet", "favourable"),
    ("ministre.agri", "bf-agri-cabinet", "favourable"),
    ("agent.sggcm", "bf-sggcm", "accepted"),
    ("ministre.eco", "bf-economie", "favourable"),
    ("ministre.sante", "bf-sante", "favourable"),
    ("agent.sggcm", "bf-sggcm", "ready"),
)


def person(name):
    return User.objects.get(email=f"{name}@guichet.example")


def bring(**more):
    """Bring a dossier of the ministry of agriculture to the door of the Council."""
    council = EService.objects.select_related("current").get(slug="dossier-conseil-ministres")
    case = file_as(person("agent.dgpv"), council, **more)
    for name, office, outcome in VISAS:
        give_visa(case, person(name), office, outcome)
    return case


def open_sitting():
    return services.create(
        office=Office.objects.get(code="bf-sggcm"),
        actor=person("agent.sggcm"),
        body="Conseil des ministres",
        starts_at=timezone.now() - timedelta(hours=3),
        place="Palais de Kosyam, Ouagadougou",
        chair="Son Excellence le Président du Faso",
    )


def press(page, action):
    """Press the button of one action of the sitting's page."""
    with page.expect_navigation():
        page.locator(f'form[action$="/{action}/"] button').first.click()


def downloaded(page, click):
    with page.expect_download() as download:
        click()
    return download.value.path().read_bytes()


def check_pack(content, *dossiers):
    archive = pyzipper.AESZipFile(io.BytesIO(content))
    with pytest.raises(RuntimeError):
        archive.read("index.html")
    archive.setpassword(PASSWORD.encode())
    index = archive.read("index.html").decode()
    for case in dossiers:
        assert case.reference in index
        assert [name for name in archive.namelist() if case.reference.lower() in name]


def hold(page, sitting):
    """Write a decision on each item, close the sitting: its record of decisions is issued."""
    for number in range(sitting.items.count()):
        page.locator('a[href*="/points/"]').nth(number).click()
        page.wait_for_load_state()
        page.check('[name="verdict"][value="adopted"]')
        page.fill('[name="text"]', f"{page.locator('h1').inner_text()} : adopté.")
        press_main(page)
    press(page, "close")


def test_a_council_is_held_and_its_report_reaches_an_editor_without_what_is_secret(
    portal, work, new_page, password
):
    public, secret = bring(), bring(title=SECRET, classification="confidential")
    sitting = open_sitting()
    desk = new_page(viewport=DESKTOP)
    sign_in_staff(desk, "sg.sggcm@guichet.example", password)
    desk.goto(f"/agent/seances/{sitting.pk}/")
    press(desk, "add")
    press(desk, "add")
    press(desk, "freeze")
    assert "karité" in desk.locator(".g-agenda").first.inner_text()
    assert desk.locator('form[action$="/move/"]').count() == 0
    desk.fill('[name="password"]', PASSWORD)
    pack = desk.locator('form[action$="/dossiers/"] button')
    check_pack(downloaded(desk, pack.click), public, secret)

    hold(desk, sitting)
    for case in (public, secret):
        case.refresh_from_db()
        assert case.status == CaseStatus.GRANTED
    minutes = desk.request.get(desk.locator('a[href$="releve.pdf"]').get_attribute("href"))
    text = " ".join(PdfReader(io.BytesIO(minutes.body())).pages[0].extract_text().split())
    assert "karité" in text
    assert SECRET in text  # the record of decisions is whole; the report is not
    assert SECRET not in desk.locator(".g-panel").inner_text()
    press(desk, "publish")
    work()

    editor = new_page(viewport=DESKTOP)
    sign_in_staff(editor, "editrice@guichet.example", password, door="/cms/")
    page = NewsPage.objects.get(slug__startswith="compte-rendu-")
    editor.goto(f"/cms/pages/{page.get_parent().pk}/")
    with editor.expect_navigation():
        editor.get_by_role("link", name=page.title, exact=True).first.click()
    written = editor.content()
    assert "karité" in written
    assert "onfidentiel" not in written
    editor.goto(f"/cms/pages/{page.pk}/view_draft/")
    shown = editor.locator("main").inner_text()
    assert "karité" in shown
    assert shown.count("sous la présidence de") == 1
    assert "onfidentiel" not in editor.content()
    visitor = new_page(viewport=DESKTOP)
    assert visitor.goto(page.url).status == 404

"""Communes: their own pages, and the national ones under their address."""

import io
import re

import PIL.Image
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Site

from cms_pages import models, opening
from cms_pages.imports import communes
from cms_pages.models import LocalSite, ProcedurePage
from cms_pages.opening import Offer, Order
from eservices.catalog import local
from eservices.catalog.errors import OfferRefused
from eservices.catalog.models import EService, LocalOffer
from portal.accounts import services as accounts
from portal.accounts.models import Office, Territory
from tests import people
from tests.cms_pages.conftest import GUIDE

pytestmark = pytest.mark.django_db

HERE = "/communes/parakou"
FILE = """
country: DJ
departments:
  - code: dj-nord
    name: {fr: Nord, ar: الشمال}
    communes:
      - {code: dj-parakou, name: Parakou}
      - {code: dj-kandi, name: Kandi}
"""


@pytest.fixture
def territories(site, tmp_path) -> dict[str, Territory]:
    file = tmp_path / "communes.yaml"
    file.write_text(FILE)
    communes.load(file)
    return {territory.code: territory for territory in Territory.objects.all()}


@pytest.fixture
def eservice(site) -> EService:
    """SV-01, which communes may offer; copies cost 500 FDJ nationally, 800 at most."""
    eservice = EService.objects.get(code="SV-01")
    spec = {**eservice.current.spec, "local": True, "offices": ["dj-djibouti-central"]}
    spec["fees"] = [{**spec["fees"][0], "ceiling": 800}]
    version = eservice.current
    version.spec = spec
    version.save()
    return eservice


@pytest.fixture
def parakou(territories, eservice) -> LocalSite:
    people.make_office()  # the calendar of the country
    order = Order(
        territory=territories["dj-parakou"],
        office={"phone": "+253 21 00 00 01", "address": "Place du marché"},
        welcome="Bienvenue à Parakou",
        offers=[Offer(eservice, {"copies": 700}, "Délibération 12/2026")],
    )
    return opening.open_site(order)


@pytest.fixture
def kandi(territories, eservice, parakou) -> LocalSite:
    return opening.open_site(Order(territory=territories["dj-kandi"]))


def test_the_crest_stands_small_on_every_page_of_the_commune(parakou, territories, read):
    assert "<img" not in read(f"{HERE}/").partition("</header>")[2]
    drawing = io.BytesIO()
    PIL.Image.new("RGB", (1200, 900), "#0a6b3d").save(drawing, "PNG")
    crest = SimpleUploadedFile("armoiries.png", drawing.getvalue(), "image/png")
    opening.open_site(Order(territory=territories["dj-parakou"], crest=crest))

    for path in (f"{HERE}/", HERE + GUIDE):
        picture = re.search(r"<img[^>]*>", read(path).partition("</header>")[2])[0]
        assert ".webp" in picture
        assert 'width="96"' in picture
    parakou.refresh_from_db()
    assert parakou.small_crest().file.size < 5_000
    default_storage.delete(parakou.crest.file.name)
    parakou.crest.renditions.all().delete()
    assert parakou.small_crest() is None


@pytest.fixture
def read(visitor):
    def read(path: str) -> str:
        response = visitor.get(path)
        assert response.status_code == 200, path
        return response.content.decode()

    return read


@pytest.mark.parametrize("language", ["", "/ar", "/en"])
def test_a_commune_has_a_front_door_in_each_language(parakou, read, language):
    page = read(f"{language}{HERE}/")
    assert "Mairie de Parakou" in page or "Parakou" in page
    assert "+253 21 00 00 01" in page
    assert f'href="{language}{HERE}/themes/etat-civil/' in page


def test_a_national_guide_is_read_under_the_address_of_the_commune(parakou, read, guide):
    national, here = read(GUIDE), read(HERE + GUIDE)

    assert "500\u00a0FDJ" in national
    assert "700\u00a0FDJ" in here
    assert "Délibération 12/2026" in here
    assert "lieu=dj-parakou" in here
    assert "lieu=dj-parakou" not in national
    guide.title = "Titre national neuf"
    guide.save()
    assert "Titre national neuf" in read(HERE + GUIDE)
    assert ProcedurePage.objects.filter(identifier="SV-01").count() == 3  # one a language, no copy


def test_what_a_commune_changes_shows_there_at_once_and_nowhere_else(parakou, kandi, read):
    read(HERE + GUIDE)
    models.LocalAddition.objects.create(site=parakou, identifier="SV-01", note="Deux photos")
    assert "Deux photos" in read(HERE + GUIDE)
    assert "Deux photos" not in read(GUIDE)
    assert "Deux photos" not in read("/communes/kandi" + GUIDE)

    LocalOffer.objects.update(fees={"copies": 650})
    assert "650\u00a0FDJ" in read(HERE + GUIDE)
    Office.objects.filter(code="dj-parakou").update(address="Rue neuve")
    assert "Rue neuve" in read(HERE + "/")


def test_an_inherited_guide_names_its_national_address_unless_the_commune_says_more(
    parakou, kandi, read, settings
):
    def canonical(page: str) -> str:
        return page.partition('rel="canonical" href="')[2].partition('"')[0]

    assert canonical(read("/communes/kandi" + GUIDE)) == settings.BASE_URL + GUIDE
    assert canonical(read(HERE + GUIDE)).endswith(HERE + GUIDE)


def test_national_news_and_other_communes_are_not_read_from_a_commune(parakou, kandi, visitor):
    for path in ("/communes/kandi/", "/actualites/trois-demarches-en-ligne/"):
        assert visitor.get(path).status_code == 200
        assert visitor.get(HERE + path).status_code == 404


def test_news_of_a_commune_are_found_from_there_only(parakou, kandi, visitor):
    index = models.NewsIndexPage.objects.get(path__startswith=_home(parakou).path)
    index.add_child(
        instance=models.NewsPage(
            title="Marché aux tisserands", slug="marche", summary="x", locale=index.locale
        )
    )

    def found(query: str) -> bool:
        return b"tisserands</strong>" in visitor.get(f"/recherche/?q=tisserands{query}").content

    assert found("&commune=parakou")
    assert not found("")
    assert not found("&commune=kandi")
    assert b"acte" in visitor.get("/recherche/?q=naissance&commune=parakou").content
    assert visitor.get(f"{HERE}/actualites/marche/").status_code == 200


def test_a_domain_name_of_its_own_leads_to_the_commune(parakou, settings):
    settings.ALLOWED_HOSTS = ["*"]
    office = {"phone": "", "address": ""}
    opening.open_site(Order(territory=parakou.territory, host="parakou.example", office=office))
    browser = Client(headers={"host": "parakou.example"})

    front = browser.get("/").content.decode()
    assert "<h1>Parakou</h1>" in front
    assert 'href="/themes/etat-civil/"' in front
    assert browser.get(GUIDE).status_code == 200
    assert browser.get("/actualites/").status_code == 200
    assert Site.objects.count() == 2

    opening.open_site(Order(territory=parakou.territory, office=office))
    assert Site.objects.count() == 1


@pytest.mark.parametrize(
    ("fees", "deliberation", "fault"),
    [
        ({"copies": 801}, "D 1", "copies"),
        ({"copies": -1}, "D 1", "copies"),
        ({"other": 5}, "D 1", "other"),
        ({"copies": 700}, " ", "deliberation"),
    ],
)
def test_a_commune_stays_below_the_national_ceiling(parakou, eservice, fees, deliberation, fault):
    office = Office.objects.get(code="dj-parakou")
    with pytest.raises(OfferRefused) as refused:
        local.offer(eservice, office, fees=fees, deliberation=deliberation)
    assert set(refused.value.details["errors"]) == {fault}
    assert LocalOffer.objects.get().fees == {"copies": 700}


def test_only_what_the_nation_lets_communes_offer_is_offered(parakou, site):
    other = EService.objects.get(code="SV-02")
    assert local.faults_of(other, fees={}) != {}


def test_a_lower_ceiling_is_obeyed_at_once(parakou, eservice):
    eservice.current.spec["fees"][0]["ceiling"] = 600
    office = Office.objects.get(code="dj-parakou")
    assert local.fees_at(eservice.current, office) == {"copies": 600}


def test_a_webmaster_sees_the_pages_of_the_commune_and_no_other(parakou, kandi, guide, client):
    user = opening.add_webmaster(parakou, full_name="Adjoua", email="web@guichet.example")
    mine, theirs = _home(parakou), _home(kandi)

    assert mine.permissions_for_user(user).can_publish()
    assert not theirs.permissions_for_user(user).can_edit()
    assert not guide.permissions_for_user(user).can_edit()

    people.sign_in(client, user)
    listing = client.get(reverse("communes")).content.decode()
    assert "Parakou" in listing
    assert "Kandi" not in listing
    assert client.get(reverse("change_commune", args=[kandi.pk])).status_code == 404
    assert client.get(reverse("open_commune")).status_code in {302, 403}
    assert client.get(reverse("wagtailadmin_pages:edit", args=[theirs.pk])).status_code in {
        302,
        403,
    }
    assert client.get(reverse("wagtailadmin_pages:edit", args=[mine.pk])).status_code == 200


def test_opening_a_commune_is_one_form(territories, eservice, client):
    people.make_office()
    people.sign_in(client, people.make_administrator())
    address = reverse("open_commune")
    assert "700" not in client.get(address).content.decode()
    data = {
        "territory": territories["dj-kandi"].pk,
        "welcome": "Bienvenue",
        "phone": "+253 21 00 00 02",
        "hours_0": "8:00-12:00",
        "closures": "2027-01-01 Jour de l'an",
        f"service_{eservice.pk}": "on",
        f"fee_{eservice.pk}_copies": "900",
        "webmaster_name": "Adjoua",
        "webmaster_email": "web.kandi@guichet.example",
        "additions": "SV-01: Deux photos",
    }
    refused = client.post(address, data)
    assert refused.status_code == 422
    assert "800" in refused.content.decode()
    assert 'value="900"' in refused.content.decode()
    assert not LocalSite.objects.exists()

    data |= {f"fee_{eservice.pk}_copies": "600", f"deliberation_{eservice.pk}": "D 3"}
    assert client.post(address, data).status_code == 302
    site = LocalSite.objects.get()
    assert site.office.hours.count() == 1
    assert LocalOffer.objects.get().fees == {"copies": 600}
    assert site.group.user_set.get().email == "web.kandi@guichet.example"
    assert site.additions.get().note == "Deux photos"
    assert Client(headers={"host": "localhost"}).get("/communes/kandi/").status_code == 200

    again = client.get(reverse("change_commune", args=[site.pk])).content.decode()
    assert 'value="600"' in again
    assert "08:00-12:00" in again


def test_a_new_commune_is_named_in_its_department(territories, eservice, client):
    people.make_office()
    people.sign_in(client, people.make_administrator())
    data = {"name": "Bourg Neuf", "department": territories["dj-nord"].pk, "closures": ""}
    assert client.post(reverse("open_commune"), data).status_code == 302
    assert Territory.objects.get(code="dj-bourg-neuf").parent.code == "dj-nord"
    again = client.post(reverse("open_commune"), data)
    assert again.status_code == 422


def test_the_file_of_benin_has_12_departments_and_77_communes(db):
    call_command("load_communes", "sample_content/communes-bj.yaml", verbosity=0)
    kinds = Territory.objects.values_list("kind", flat=True)
    assert (list(kinds).count("department"), list(kinds).count("commune")) == (12, 77)
    report = communes.load(communes.Path("sample_content/communes-bj.yaml"))
    assert report.made == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("- 1", "country and departments"),
        ("country: BJ\ndepartments: 3", "departments: a list"),
        ("country: bj\ndepartments: []", "country"),
        ("country: BJ\ndepartments: [{code: 'a b', name: A}]", "departments[0].code"),
        ("country: BJ\ndepartments: [{code: a, name: A, communes: [{code: a, name: B}]}]", "twice"),
        ("a: [", "expected"),
    ],
)
def test_a_bad_file_loads_nothing_and_says_where(db, tmp_path, text, place):
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(CommandError) as refused:
        call_command("load_communes", file)
    assert place in str(refused.value)
    assert not Territory.objects.exists()


def test_opening_again_makes_nothing_twice(parakou):
    before = models.LocalHomePage.objects.count()
    opening.open_site(Order(territory=parakou.territory))
    assert models.LocalHomePage.objects.count() == before == 3
    assert accounts.Office.objects.filter(territory=parakou.territory).count() == 1


def _home(site: LocalSite) -> models.LocalHomePage:
    return site.pages.get(locale__language_code="fr")

"""The personal space shows one's own things and nothing else."""

import pytest
from django.test import Client

from tests import people

pytestmark = pytest.mark.django_db
PAGES = ["/compte/", "/compte/profil/", "/compte/sessions/"]


@pytest.mark.parametrize("address", PAGES)
def test_anonymous_is_asked_to_sign_in(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.url == f"/accounts/login/?next={address}"


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("prefix", ["", "/ar", "/en"])
def test_pages_open_and_are_not_kept_by_caches(client, address: str, prefix: str) -> None:
    people.make_citizen(full_name="Somebody Else")
    client.force_login(people.make_citizen(full_name="Hodan <Ali>"))
    response = client.get(prefix + address)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    page = response.content.decode()
    assert "Somebody" not in page
    assert "<Ali>" not in page
    assert "<script>" not in page
    assert 'style="' not in page


def test_home_shows_profile_and_way_out(client: Client) -> None:
    client.force_login(people.make_citizen(phone="77 83 10 01", email="hodan@exemple.dj"))
    page = client.get("/compte/").content.decode()
    assert "+253 77 83 10 01" in page
    assert "hodan@exemple.dj" in page
    assert 'action="/accounts/logout/"' in page
    assert "/agent/" not in page
    assert "/cms/" not in page


def test_home_of_an_agent_leads_to_the_desk(client: Client) -> None:
    people.sign_in(client, people.make_agent())
    page = client.get("/ar/compte/").content.decode()
    assert "/ar/agent/" in page
    assert "الحالة المدنية" in page


def test_home_asks_few_questions(client: Client, django_assert_max_num_queries) -> None:
    client.force_login(people.make_citizen())
    with django_assert_max_num_queries(8):
        client.get("/compte/")


def test_profile_is_changed(client: Client) -> None:
    person = people.make_citizen()
    client.force_login(person)
    client.post("/compte/profil/", {"full_name": " Hodan  Ali ", "language": "ar"})
    person.refresh_from_db()
    assert (person.full_name, person.language) == ("Hodan Ali", "ar")


@pytest.mark.parametrize("values", [{"full_name": "", "language": "fr"}, {"language": "xx"}, {}])
def test_bad_profile_is_said_and_kept(client: Client, values: dict[str, str]) -> None:
    person = people.make_citizen(full_name="Before")
    client.force_login(person)
    response = client.post("/compte/profil/", values)
    assert response.status_code == 422
    assert response.context["form"].errors
    person.refresh_from_db()
    assert person.full_name == "Before"


def test_signing_out_everywhere_else(client: Client) -> None:
    person = people.make_citizen(phone="77 83 10 01")
    person.set_password("marché-du-plateau")
    person.save()
    login = {"login": "77831001", "password": "marché-du-plateau"}
    elsewhere = Client(headers={"user-agent": "Old phone"})
    elsewhere.post("/accounts/login/", login)
    client.post("/accounts/login/", login)
    assert "Old phone" in client.get("/compte/sessions/").content.decode()
    client.post("/compte/sessions/")
    assert elsewhere.get("/compte/").status_code == 302
    assert client.get("/compte/").status_code == 200

"""What administrators configure in the CMS, and nobody else."""

import pytest
from django.test import Client

from portal.accounts.models import Office, OfficeMembership, User
from portal.core.models import Holiday
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
SCREENS = ["offices", "office-members", "work-calendars", "holidays", "users"]


@pytest.fixture
def administrator(client: Client) -> Client:
    people.sign_in(client, people.make_administrator())
    return client


def office_data(**values: str) -> dict[str, str]:
    return {
        "code": "dj-new", "name_fr": "Bureau", "name_ar": "مكتب", "name_en": "", "kind": "branch",
        "country": "dj", "time_zone": "Africa/Djibouti", "is_active": "on",
        "calendar": str(people.make_office().calendar.pk),
    } | values  # fmt: skip


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("page", ["", "new/"])
def test_administrators_open_every_screen(administrator, screen: str, page: str) -> None:
    people.make_agent()
    assert administrator.get(f"/cms/{screen}/{page}").status_code == 200


@pytest.mark.parametrize("screen", SCREENS)
def test_editors_open_none(client: Client, screen: str) -> None:
    people.sign_in(client, people.make_editor())
    assert client.get(f"/cms/{screen}/").status_code in {302, 403}
    assert client.post(f"/cms/{screen}/new/", {}).status_code in {302, 403}


def test_office_is_created_with_its_names(administrator: Client) -> None:
    administrator.post("/cms/offices/new/", office_data())
    office = Office.objects.get(code="dj-new")
    assert office.name == {"fr": "Bureau", "ar": "مكتب"}
    assert office.country == "DJ"


@pytest.mark.parametrize(("field", "value"), [("name_fr", ""), ("time_zone", "Mars"), ("code", "")])
def test_bad_office_is_refused_at_its_field(administrator, field: str, value: str) -> None:
    response = administrator.post("/cms/offices/new/", office_data(**{field: value}))
    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_offices_form_no_ring(administrator: Client) -> None:
    above = people.make_office("above")
    below = people.make_office("below")
    below.parent = above
    below.save()
    response = administrator.post(
        f"/cms/offices/edit/{above.pk}/", office_data(code="above", parent=str(below.pk))
    )
    assert "parent" in response.context["form"].errors


def test_member_is_found_by_phone_or_mail(administrator: Client) -> None:
    office = people.make_office()
    citizen = people.make_citizen(phone="77 83 10 01", email="amina@gouv.example")
    data = {"person": "77831001", "office": str(office.pk), "role": "agent"}
    administrator.post("/cms/office-members/new/", data)
    data = {"person": "AMINA@gouv.example", "office": str(office.pk), "role": "chief",
            "function": "Secrétaire générale"}  # fmt: skip
    administrator.post("/cms/office-members/new/", data)
    assert set(citizen.office_memberships.values_list("role", flat=True)) == {"agent", "chief"}
    assert citizen.function_in(office.pk, "chief") == "Secrétaire générale"
    assert citizen.function_in(office.pk, "agent") == "Secrétaire générale"  # the only one said
    first = citizen.office_memberships.get(role="agent")
    administrator.post(
        f"/cms/office-members/edit/{first.pk}/",
        {"person": "x", "office": str(office.pk), "role": "agent", "function": "Greffière"},
    )
    assert citizen.function_in(office.pk, "agent") == "Greffière"


def test_same_role_twice_and_strangers_are_refused(administrator: Client) -> None:
    agent = people.make_agent()
    office = agent.offices().get()
    for person in (agent.email, "nobody@gouv.example"):
        data = {"person": person, "office": str(office.pk), "role": "agent"}
        response = administrator.post("/cms/office-members/new/", data)
        assert response.status_code == 200, person
        assert response.context["form"].errors
    assert OfficeMembership.objects.count() == 1


def test_member_needs_an_official_address(administrator: Client, settings) -> None:
    settings.STAFF_EMAIL_DOMAINS = [".gouv.example"]
    people.make_citizen(email="hodan@exemple.dj")
    data = {"person": "hodan@exemple.dj", "office": str(people.make_office().pk), "role": "agent"}
    response = administrator.post("/cms/office-members/new/", data)
    assert "person" in response.context["form"].errors


def test_staff_account_without_user_name_or_password(administrator: Client, settings) -> None:
    settings.STAFF_EMAIL_DOMAINS = ["gouv.example"]
    data = {"email": "Amina@gouv.example", "full_name": "Amina Farah", "phone": "77 83 10 01",
            "language": "fr"}  # fmt: skip
    refused = administrator.post("/cms/users/new/", data | {"email": "amina@exemple.dj"})
    assert "email" in refused.context["form"].errors
    administrator.post("/cms/users/new/", data)
    amina = User.objects.get(email="amina@gouv.example")
    assert (amina.phone, amina.phone_verified) == ("+25377831001", True)
    assert not amina.has_usable_password()
    assert amina.username.startswith("u")
    administrator.post(
        f"/cms/users/edit/{amina.pk}/", data | {"full_name": "Amina F. Omar", "is_active": "on"}
    )
    username = amina.username
    amina.refresh_from_db()
    assert (amina.full_name, amina.username) == ("Amina F. Omar", username)


def test_new_staff_signs_in_by_mail_then_must_enrol(administrator: Client, deliver_all, mailoutbox):
    administrator.post(
        "/cms/users/new/", {"email": "amina@gouv.example", "full_name": "Amina", "language": "fr"}
    )
    people.services.add_member(people.make_office(), User.objects.get(email="amina@gouv.example"))
    agent = Client()
    response = agent.post("/accounts/login/code/", {"phone": "", "email": "amina@gouv.example"})
    deliver_all()
    code = next(word for word in mailoutbox[-1].body.split() if word.isdigit() and len(word) == 6)
    agent.post(response.url, {"code": code})
    assert agent.get("/agent/").url.startswith("/accounts/2fa/")


def test_holiday_is_added(administrator: Client) -> None:
    calendar = people.make_office().calendar
    data = {"calendar": str(calendar.pk), "day": "2027-03-10", "name": "Aïd el-Fitr"}
    administrator.post("/cms/holidays/new/", data)
    assert Holiday.objects.filter(name="Aïd el-Fitr").exists()


def test_people_are_found_by_name_or_phone(administrator: Client) -> None:
    people.make_citizen(full_name="Kadra Houssein", phone="77 83 10 01")
    for text in ("kadra", "77831001"):
        assert "Kadra Houssein" in administrator.get("/cms/users/", {"q": text}).content.decode()
    assert "Kadra" not in administrator.get("/cms/users/", {"q": "zzz"}).content.decode()


def test_editor_has_one_name_and_may_change_it(client: Client) -> None:
    editor = people.make_editor()
    people.sign_in(client, editor)
    response = client.get("/cms/account/")
    page = response.content.decode()
    assert "name_email-full_name" in page
    assert "first_name" not in page
    forms = [p.get_form() for panels in response.context["panels_by_tab"].values() for p in panels]
    data = {field.html_name: field.value() or "" for form in forms for field in form}
    client.post("/cms/account/", data | {"name_email-full_name": "Nadège"})
    editor.refresh_from_db()
    assert editor.get_full_name() == "Nadège"
    assert editor.username not in client.get("/cms/").content.decode()

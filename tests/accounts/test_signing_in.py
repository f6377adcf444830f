"""Signing up and in with a phone, and what a stranger may not learn from it."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.test import Client

from portal.accounts import services
from portal.accounts.models import User
from portal.notifications.models import Delivery
from tests import people

pytestmark = pytest.mark.django_db
PASSWORD = "marché-du-plateau-1964"
PHONE = "77 83 10 01"
E164 = "+25377831001"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def sign_up(client: Client, **values: str):
    data = {"phone": PHONE, "full_name": "Hodan  Ali", "email": "", "password1": PASSWORD}
    return client.post("/accounts/signup/", data | values)


def last_sms(to: str = E164) -> str:
    return Delivery.objects.filter(channel="sms", to=to).newest_first()[0].body


def last_code(to: str = E164) -> str:
    found = re.search(r"\b\d{6}\b", last_sms(to))
    assert found, last_sms(to)
    return found[0]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


class TestSigningUp:
    def test_phone_name_and_password_are_enough(self, client: Client) -> None:
        response = sign_up(client)
        assert response.url == "/accounts/phone/verify/"
        assert not is_signed_in(client)
        page = client.get(response.url)
        assert page.status_code == 200
        response = client.post("/accounts/phone/verify/", {"code": last_code()})
        assert response.url == "/compte/"
        user = User.objects.get(phone=E164)
        assert (user.full_name, user.language, user.phone_verified) == ("Hodan Ali", "fr", True)
        assert is_signed_in(client)
        assert client.get("/compte/").status_code == 200

    def test_the_form_asks_for_no_username(self, client: Client) -> None:
        page = client.get("/accounts/signup/").content.decode()
        assert 'name="phone"' in page
        assert 'name="username"' not in page

    def test_language_of_the_page_becomes_mine(self, client: Client) -> None:
        client.post(
            "/ar/accounts/signup/",
            {"phone": "٧٧٨٣١٠٠١", "full_name": "هدن", "email": "", "password1": PASSWORD},
        )
        assert User.objects.get(phone=E164).language == "ar"
        assert Delivery.objects.get(to=E164).language == "ar"

    @pytest.mark.parametrize(
        ("field", "value"),
        [("phone", "12"), ("full_name", ""), ("email", "no"), ("password1", "123")],
    )
    def test_a_wrong_field_is_named_and_the_rest_kept(self, client, field: str, value: str) -> None:
        response = sign_up(client, **{field: value})
        assert response.status_code in {200, 422}
        assert field in response.context["form"].errors
        if field != "phone":
            assert PHONE in response.content.decode()
        assert not User.objects.exists()

    def test_a_lost_sms_does_not_block_a_second_try(self, client: Client) -> None:
        sign_up(client, email="hodan@exemple.dj")
        cache.clear()
        again = Client()
        assert sign_up(again, email="hodan@exemple.dj").url == "/accounts/phone/verify/"
        again.post("/accounts/phone/verify/", {"code": last_code()})
        assert is_signed_in(again)
        assert User.objects.count() == 1

    def test_the_replaced_try_cannot_be_finished(self, client: Client) -> None:
        sign_up(client)
        old = last_code()
        cache.clear()
        sign_up(Client())
        response = client.post("/accounts/phone/verify/", {"code": old})
        assert response.status_code in {200, 302}
        assert not is_signed_in(client)

    def test_wrong_codes_run_out(self, client: Client) -> None:
        sign_up(client)
        code = last_code()
        for _try in range(3):
            client.post("/accounts/phone/verify/", {"code": "000000" if code != "000000" else "1"})
        client.post("/accounts/phone/verify/", {"code": code})
        assert not is_signed_in(client)

    def test_email_is_unique_whatever_the_case(self) -> None:
        people.make_citizen(email="hodan@exemple.dj")
        with pytest.raises(Exception, match=r"(?i)unique"):
            people.make_citizen(email="Hodan@Exemple.dj")


class TestNobodyLearnsWhoHasAnAccount:
    def _shape(self, response, client: Client) -> tuple:
        page = client.get(response.url)
        # The token differs on every page, by design.
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.content.decode())
        return response.status_code, response.url, page.status_code, text

    def test_signing_up_with_a_known_phone_looks_the_same(self) -> None:
        unknown = Client()
        before = self._shape(sign_up(unknown), unknown)
        User.objects.all().delete()
        cache.clear()
        people.make_citizen(phone=PHONE)
        known = Client()
        assert self._shape(sign_up(known), known) == before
        assert "account" in last_sms()
        assert not re.search(r"\b\d{6}\b", last_sms())
        known.post("/accounts/phone/verify/", {"code": ""})
        known.post("/accounts/phone/verify/", {"code": "123456"})
        assert not is_signed_in(known)

    def test_asking_a_code_for_an_unknown_phone_looks_the_same(self) -> None:
        people.make_citizen(phone=PHONE)
        shapes = []
        for phone in (PHONE, "77 83 10 02"):
            cache.clear()
            client = Client()
            response = client.post("/accounts/login/code/", {"phone": phone, "email": ""})
            shape = self._shape(response, client)
            shapes.append((*shape[:3], shape[3].replace(E164, "").replace("+25377831002", "")))
        assert shapes[0] == shapes[1]
        assert "+25377831002" in Delivery.objects.values_list("to", flat=True)

    def test_wrong_password_and_unknown_phone_say_the_same(self) -> None:
        people.make_citizen(phone=PHONE)
        errors = []
        for login in (PHONE, "77 83 10 02", "nobody@exemple.dj", "???"):
            response = Client().post("/accounts/login/", {"login": login, "password": "x" * 12})
            assert response.status_code in {200, 422}
            errors.append(str(response.context["form"].non_field_errors()))
        assert len(set(errors)) == 1


class TestSigningIn:
    @pytest.fixture
    def citizen(self) -> User:
        user = people.make_citizen(phone=PHONE, email="hodan@exemple.dj", language="ar")
        user.set_password(PASSWORD)
        user.save()
        return user

    @pytest.mark.parametrize(
        "login", [PHONE, E164, "٧٧٨٣١٠٠١", "hodan@exemple.dj", "HODAN@exemple.dj"]
    )
    def test_phone_or_email_with_password(self, client, citizen: User, login: str) -> None:
        client.post("/accounts/login/", {"login": login, "password": PASSWORD})
        assert is_signed_in(client)

    def test_code_by_sms_in_my_language(self, client: Client, citizen: User) -> None:
        response = client.post("/accounts/login/code/", {"phone": PHONE, "email": ""})
        assert Delivery.objects.get(to=E164).language == "ar"
        client.post(response.url, {"code": last_code()})
        assert is_signed_in(client)

    def test_code_by_mail(self, client: Client, citizen: User, deliver_all, mailoutbox) -> None:
        response = client.post("/accounts/login/code/", {"phone": "", "email": "hodan@exemple.dj"})
        deliver_all()
        code = re.search(r"\b\d{6}\b", mailoutbox[0].body)
        assert code
        client.post(response.url, {"code": code[0]})
        assert is_signed_in(client)

    def test_after_a_code_a_new_password_needs_no_old_one(self, client, citizen: User) -> None:
        response = client.post("/accounts/login/code/", {"phone": PHONE, "email": ""})
        client.post(response.url, {"code": last_code()})
        new = "un-autre-mot-de-passe"
        client.post("/accounts/password/change/", {"password1": new, "password2": new})
        citizen.refresh_from_db()
        assert citizen.check_password(new)

    def test_after_a_password_the_old_one_is_asked(self, client, citizen: User) -> None:
        client.post("/accounts/login/", {"login": PHONE, "password": PASSWORD})
        new = "un-autre-mot-de-passe"
        client.post("/accounts/password/change/", {"password1": new, "password2": new})
        citizen.refresh_from_db()
        assert citizen.check_password(PASSWORD)

    def test_five_failures_lock_this_login_only(self, citizen: User) -> None:
        other = people.make_citizen(phone="77 83 10 03")
        other.set_password(PASSWORD)
        other.save()
        for _try in range(5):
            Client().post("/accounts/login/", {"login": PHONE, "password": "faux" * 4})
        locked, free = Client(), Client()
        locked.post("/accounts/login/", {"login": "00253 77831001", "password": PASSWORD})
        free.post("/accounts/login/", {"login": "77 83 10 03", "password": PASSWORD})
        assert not is_signed_in(locked)
        assert is_signed_in(free)

    def test_next_outside_the_site_is_ignored(self, client: Client, citizen: User) -> None:
        response = client.post(
            "/accounts/login/?next=https://evil.example/",
            {"login": PHONE, "password": PASSWORD, "next": "https://evil.example/"},
        )
        assert response.url == "/compte/"

    def test_a_number_claimed_by_a_stranger_is_not_his(self, client: Client) -> None:
        sign_up(Client(), password1="mot-de-passe-du-voleur")  # never types the code
        cache.clear()
        sign_up(client)
        client.post("/accounts/phone/verify/", {"code": last_code()})
        thief = Client()
        thief.post("/accounts/login/", {"login": PHONE, "password": "mot-de-passe-du-voleur"})
        assert is_signed_in(client)
        assert not is_signed_in(thief)

    def test_staff_sign_in_needs_the_code_of_the_app(self, client: Client) -> None:
        agent = people.make_agent()
        agent.set_password(PASSWORD)
        agent.save()
        services.enrol_totp(agent)
        response = client.post("/accounts/login/", {"login": agent.email, "password": PASSWORD})
        assert response.url.startswith("/accounts/2fa/authenticate/")
        assert not is_signed_in(client)
        secret = decrypt(agent.authenticator_set.get(type="totp").data["secret"])
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        client.post(response.url, {"code": code})
        assert is_signed_in(client)
        assert "2fa" not in (client.get("/agent/").headers.get("Location") or "")

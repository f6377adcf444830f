"""The wall before the desk and the CMS."""

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.accounts import services
from portal.accounts.middleware import PASSED_KEY, StaffSecondFactorMiddleware, walled_place
from tests import people

pytestmark = pytest.mark.django_db
ADDRESSES = ["/agent/", "/cms/", "/ar/agent/", "/en/agent/", "/cms/pages/"]
ENROL = "/accounts/2fa/"
CONFIRM = "/accounts/2fa/reauthenticate/"


def _detour(response: object) -> str:
    """Return the page of the second factor that the response sends to, or nothing."""
    url = getattr(response, "url", "") or ""
    for prefix in ("/ar", "/en"):
        url = url.removeprefix(prefix)
    path = url.partition("?")[0]
    return path if path.startswith("/accounts/2fa/") else ""


@pytest.mark.parametrize("address", ADDRESSES)
class TestWall:
    def test_anonymous_is_not_sent_to_the_second_factor(self, client: Client, address: str) -> None:
        assert _detour(client.get(address)) == ""

    def test_citizen_is_not_sent_to_the_second_factor(self, client: Client, address: str) -> None:
        client.force_login(people.make_citizen())
        response = client.get(address)
        assert _detour(response) == ""

    def test_citizen_does_not_enter(self, client: Client, address: str) -> None:
        client.force_login(people.make_citizen())
        assert client.get(address, follow=True).status_code in {403, 404}

    @pytest.mark.parametrize("make", [people.make_agent, people.make_administrator])
    def test_staff_without_factor_must_enrol(self, client: Client, address: str, make) -> None:
        client.force_login(make())
        response = client.get(address)
        assert _detour(response) == ENROL
        assert f"next=%2F{address.strip('/').split('/')[0]}" in response.url

    @pytest.mark.parametrize("make", [people.make_agent, people.make_administrator])
    def test_staff_who_did_not_use_the_factor_must(self, client: Client, address, make) -> None:
        user = make()
        services.enrol_totp(user)
        client.force_login(user)
        assert _detour(client.get(address)) == CONFIRM

    @pytest.mark.parametrize("make", [people.make_agent, people.make_administrator])
    def test_staff_who_used_the_factor_passes(self, client: Client, address: str, make) -> None:
        people.sign_in(client, make())
        assert _detour(client.get(address)) == ""

    def test_posting_is_walled_too(self, client: Client, address: str) -> None:
        client.force_login(people.make_agent())
        assert _detour(client.post(address, {"x": "1"})) == ENROL


def test_editor_without_membership_is_walled(client: Client) -> None:
    client.force_login(people.make_editor())
    assert _detour(client.get("/cms/")) == ENROL


def test_passkey_only_is_confirmed_with_the_passkey(client: Client) -> None:
    agent = people.make_agent()
    Authenticator.objects.create(user=agent, type="webauthn", data={})
    client.force_login(agent)
    assert _detour(client.get("/agent/")) == "/accounts/2fa/webauthn/reauthenticate/"


def test_recovery_codes_alone_are_no_second_factor(client: Client) -> None:
    agent = people.make_agent()
    Authenticator.objects.create(user=agent, type="recovery_codes", data={})
    client.force_login(agent)
    people.use_second_factor(client, agent)
    assert _detour(client.get("/agent/")) == ENROL


def test_factor_used_by_somebody_else_in_this_session_does_not_count(client: Client) -> None:
    first, second = people.make_agent(), people.make_agent()
    services.enrol_totp(second)
    client.force_login(second)
    people.use_second_factor(client, first)
    assert _detour(client.get("/agent/")) == CONFIRM


def test_factor_taken_away_closes_the_door(client: Client) -> None:
    agent = people.make_agent()
    people.sign_in(client, agent)
    assert _detour(client.get("/agent/")) == ""
    Authenticator.objects.all().delete()
    session = client.session
    session[PASSED_KEY]["at"] -= 3600
    session.save()
    assert _detour(client.get("/agent/")) == ENROL


@pytest.mark.parametrize("make", [people.make_citizen, people.make_agent])
def test_cms_refuses_who_may_not_edit(client: Client, make) -> None:
    people.sign_in(client, make())
    for address in ("/cms/", "/cms/pages/"):
        assert client.get(address).status_code == 403


def test_wall_costs_nothing_to_others(rf, django_assert_num_queries) -> None:
    wall = StaffSecondFactorMiddleware(lambda request: HttpResponse("passed"))
    request = rf.get("/compte/")
    request.user = people.make_citizen()
    with django_assert_num_queries(0):
        assert wall(request).content == b"passed"
    assert not any(walled_place(path) for path in ("/", "/compte/", "/agents/", "/ar/", "/cmsx/"))


def test_second_look_is_remembered(client: Client, django_assert_max_num_queries) -> None:
    people.sign_in(client, people.make_agent())
    client.get("/agent/")
    with django_assert_max_num_queries(100) as before:
        client.get("/agent/")
    assert not [q for q in before.captured_queries if "mfa_authenticator" in q["sql"]]


def test_cms_has_no_login_of_its_own(client: Client) -> None:
    for address in ("/cms/login/", "/_util/login/", "/ar/_util/login/"):
        response = client.post(address, {"username": "a@b.example", "password": "x"})
        assert response.status_code in {301, 302}, address
        assert response.url.endswith(reverse("account_login"))


def test_next_never_leaves_the_site(client: Client) -> None:
    client.force_login(people.make_agent())
    response = client.get("/agent/?next=https://evil.example/" + "x" * 600)
    assert "evil" not in response.url


def test_staff_cannot_take_away_the_last_factor() -> None:
    from portal.accounts.adapters import SecondFactorAdapter

    agent, citizen = people.make_agent(), people.make_citizen()
    for user in (agent, citizen):
        services.enrol_totp(user)
    adapter = SecondFactorAdapter()
    assert not adapter.can_delete_authenticator(Authenticator.objects.get(user=agent))
    assert adapter.can_delete_authenticator(Authenticator.objects.get(user=citizen))


def test_totp_secret_is_not_readable_in_the_database() -> None:
    agent = people.make_agent()
    services.enrol_totp(agent)
    stored = Authenticator.objects.get(user=agent).data["secret"]
    assert len(stored) > 60
    assert not stored.isupper()

"""The pretended provider's page: every button, without JavaScript."""

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from eservices.payments.sandbox import payer
from eservices.payments.sandbox.apps import Config
from eservices.payments.sandbox.models import SandboxSession
from eservices.payments.sandbox.views import MISHAPS
from tests.payments.conftest import CANCEL, RETURN, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(payment) -> str:
    url = start(payment)
    return url.removeprefix("https://portal.test")


def test_page_shows_what_is_paid_and_that_no_money_is_real(client, page):
    html = client.get(page).content.decode()
    assert "BAC À SABLE" in html
    assert "1\u202f500\u00a0FDJ" in html
    assert "DJ26-7K3M9Q2X-4" in html
    assert "Copie × 3" in html
    assert "<script" not in html
    assert "style=" not in html


@pytest.mark.parametrize(
    ("action", "goes_to", "status", "attempts"),
    [
        ("accept", RETURN, "succeeded", ["succeeded"]),
        ("twice", RETURN, "succeeded", ["succeeded", "surplus"]),
        ("notice_twice", RETURN, "succeeded", ["succeeded"]),
        ("notice_lost", RETURN, "pending", ["pending"]),
        ("notice_first", RETURN, "succeeded", ["succeeded"]),
        ("wrong_amount", RETURN, "pending", ["review"]),
        ("late", CANCEL, "pending", ["pending"]),
    ],
)
@pytest.mark.parametrize("method", ["card", "mobile_money"])
def test_buttons(client, page, payment, deliver_all, action, goes_to, status, attempts, method):
    response = client.post(page, {"action": action, "method": method})
    assert (response.status_code, response["Location"]) == (302, goes_to)
    deliver_all()
    payment.refresh_from_db()
    assert payment.status == status
    assert sorted(payment.attempts.values_list("state", flat=True)) == attempts


def test_every_mishap_has_a_button(client, page):
    html = client.get(page).content.decode()
    for action in ["accept", "decline", *MISHAPS]:
        assert f'name="action" value="{action}"' in html


@pytest.mark.parametrize("method", ["card", "mobile_money"])
def test_a_refusal_keeps_the_page_open_and_the_choice_made(client, page, method):
    html = client.post(page, {"action": "decline", "method": method}).content.decode()
    assert 'role="alert"' in html
    assert f'value="{method}" checked' in html
    assert client.post(page, {"action": "accept", "method": method}).status_code == 302


def test_a_second_click_on_pay_takes_nothing_more(client, page):
    client.post(page, {"action": "accept"})
    html = client.post(page, {"action": "accept"}).content.decode()
    assert RETURN in html
    assert 'name="action"' not in html


def test_an_expired_page_leads_back(client, page):
    payer.expire(SandboxSession.objects.get())
    html = client.get(page).content.decode()
    assert CANCEL in html
    assert 'name="action"' not in html


@pytest.mark.parametrize("data", [{}, {"action": "steal"}, {"action": "accept", "method": "gold"}])
def test_an_unknown_button_changes_nothing(client, page, data):
    assert client.post(page, data).status_code == 200
    assert SandboxSession.objects.get().status == "open"


def test_an_unknown_page_is_not_found(client, db):
    assert client.get("/sandbox/checkout/cs_test_unknown").status_code == 404


def test_the_page_refuses_forged_posts(page):
    client = Client(enforce_csrf_checks=True)
    assert client.post(page, {"action": "accept"}).status_code == 403


def test_the_sandbox_refuses_to_exist_beside_real_money(settings):
    config = Config.create("eservices.payments.sandbox")
    settings.PAYMENTS = django_settings.PAYMENTS | {"livemode": True}
    with pytest.raises(ImproperlyConfigured):
        config.ready()
    settings.PAYMENTS = django_settings.PAYMENTS | {"livemode": False}
    settings.PAYMENTS_SANDBOX = False
    with pytest.raises(ImproperlyConfigured):
        config.ready()

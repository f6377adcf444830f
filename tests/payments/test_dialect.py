"""Our client and our sandbox against the provider's own description of its interface."""

import copy
import re
from urllib.parse import parse_qsl

import pytest

from eservices.payments import providers
from eservices.payments.providers.base import Handle
from eservices.payments.providers.stripe_client import (
    IdempotencyMismatch,
    InvalidRequest,
    NotFound,
    StripeClient,
)
from eservices.payments.sandbox import payer
from eservices.payments.sandbox.api import application
from eservices.payments.sandbox.forms import decode
from eservices.payments.sandbox.models import SandboxEvent, SandboxSession
from tests.payments.conftest import start
from tests.payments.schema import DOCUMENT, object_errors, request_errors, response_errors
from tests.payments.wire import Wire

pytestmark = pytest.mark.django_db


def template(path: str) -> str:
    """Return the described path that this address is an instance of."""
    for known in DOCUMENT["paths"]:
        if re.fullmatch(re.sub(r"\{\w+\}", r"\\w+", known), path):
            return known
    raise AssertionError(f"{path} is not in the description")


def typed(value):
    """Give integers and booleans of a form their types back, as the provider does."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return int(value) if value.isdigit() else value


def check(wire: Wire) -> None:
    for request, body in wire.calls:
        path = template(request.url.path)
        raw = request.content.decode() if request.method == "POST" else request.url.query.decode()
        assert parse_qsl(raw, keep_blank_values=True) or raw == ""
        assert request_errors(request.method, path, typed(decode(raw))) == []
        assert response_errors(request.method, path, 200, body) == []


def client() -> StripeClient:
    return providers.get("stripe")._client


def test_a_whole_life_speaks_the_described_dialect(payment, wire):
    start(payment)
    attempt = payment.attempts.get()
    session = SandboxSession.objects.get()
    provider = providers.get("stripe")
    payer.decline(session.pk)
    provider.fetch(Handle(session.pk, session.intent_id))
    payer.pay(session.pk)
    provider.fetch(Handle(session.pk))
    provider.find(str(attempt.pk), since=attempt.created_at)
    client().post("/v1/refunds", {"payment_intent": session.intent_id, "amount": 500}, key="re:1")
    client().get("/v1/refunds", {"payment_intent": session.intent_id})
    list(provider.events(since=attempt.created_at))
    check(wire)
    assert len({(r.method, template(r.url.path)) for r, _ in wire.calls}) == 7


def test_an_expired_page_speaks_it_too(payment, wire):
    start(payment)
    providers.get("stripe").cancel(Handle(SandboxSession.objects.get().pk))
    check(wire)


def test_notices_are_described_events(payment):
    start(payment)
    session = SandboxSession.objects.get()
    payer.decline(session.pk)
    payer.pay(session.pk)
    for event in SandboxEvent.objects.all():
        body = event.render()
        assert object_errors("event", body) == []
        subject = body["data"]["object"]
        assert object_errors(subject["object"], subject) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda p: p.update(ui_mod="hosted"),
        lambda p: p["line_items"][0].update(quantity="3"),
        lambda p: p["line_items"][0]["price_data"].update(unit_amount=500.5),
        lambda p: p["line_items"][0]["price_data"].update(unit_price=500),
        lambda p: p["line_items"][0]["price_data"].pop("currency"),
        lambda p: p["line_items"][0]["price_data"]["product_data"].pop("name"),
        lambda p: p.update(locale="ar"),
        lambda p: p.update(client_reference_id="x" * 201),
        lambda p: p.update(mode="pay"),
        lambda p: p["payment_intent_data"].update(receipt_mail="a@b"),
    ],
)
def test_the_description_catches_our_slips(payment, spoil):
    start(payment)
    params = copy.deepcopy(payment.attempts.get().create_params)
    assert request_errors("POST", "/v1/checkout/sessions", params) == []
    spoil(params)
    assert request_errors("POST", "/v1/checkout/sessions", params) != []


def test_the_same_key_gives_the_same_answer_and_other_parameters_an_error(payment):
    start(payment)
    attempt = payment.attempts.get()
    again = client().post("/v1/checkout/sessions", attempt.create_params, key=attempt.create_key)
    assert again["id"] == attempt.provider_ref
    other = attempt.create_params | {"locale": "en"}
    with pytest.raises(IdempotencyMismatch):
        client().post("/v1/checkout/sessions", other, key=attempt.create_key)
    assert SandboxSession.objects.count() == 1


def test_errors_are_described_errors(wire, db):
    for call in (
        lambda: client().get("/v1/checkout/sessions/cs_test_0"),
        lambda: client().post("/v1/checkout/sessions", {"mode": "payment"}),
        lambda: client().post("/v1/checkout/sessions", {"colour": "red"}),
        lambda: client().get("/v1/events", {"limit": 0}),
    ):
        with pytest.raises((InvalidRequest, NotFound)):
            call()
    for _request, body in wire.calls:
        assert object_errors("error", body) == []


def test_more_than_what_was_paid_is_not_refunded(payment):
    start(payment)
    session = SandboxSession.objects.get()
    payer.pay(session.pk)
    for amount, key in ((1000, "re:1"), (1000, "re:1")):
        client().post(
            "/v1/refunds", {"payment_intent": session.intent_id, "amount": amount}, key=key
        )
    with pytest.raises(InvalidRequest):
        client().post(
            "/v1/refunds", {"payment_intent": session.intent_id, "amount": 501}, key="re:2"
        )
    assert session.refunded == 1000


def test_lists_are_newest_first_and_paged(payment, db):
    start(payment)
    first = SandboxSession.objects.get()
    for n in range(3):
        SandboxSession.objects.create(
            id=f"cs_test_{n}", created=first.created + n + 1, params=first.params,
            amount_total=1, currency="djf", expires_at=first.expires_at,
        )  # fmt: skip
    page = client().get("/v1/checkout/sessions", {"limit": 2})
    assert [item["id"] for item in page["data"]] == ["cs_test_2", "cs_test_1"]
    assert page["has_more"] is True
    whole = [item["id"] for item in client().iterate("/v1/checkout/sessions")]
    assert whole == ["cs_test_2", "cs_test_1", "cs_test_0", first.pk]
    with pytest.raises(InvalidRequest):
        client().get("/v1/checkout/sessions", {"starting_after": "cs_test_unknown"})


def test_another_key_and_live_mode_are_refused(settings, payment):
    start(payment)
    settings.PAYMENTS = settings.PAYMENTS | {"secret_key": "sk_test_other"}
    assert providers.get("stripe").fetch(Handle("cs_test_1")).status == "not_found"
    settings.PAYMENTS_SANDBOX = False
    status = []
    application(
        {"REQUEST_METHOD": "GET", "PATH_INFO": "/v1/events", "HTTP_AUTHORIZATION": "Bearer sk_test_other"},
        lambda line, headers: status.append(line),
    )  # fmt: skip
    assert status == ["403 ."]

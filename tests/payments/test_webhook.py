"""The door for notices: raw bytes, signature, size, once."""

import json
import time

import pytest
from django.test import Client

from eservices.payments.models import PaymentAttempt, WebhookEvent
from eservices.payments.providers.signatures import sign
from eservices.payments.sandbox import payer
from eservices.payments.sandbox.models import SandboxEvent, SandboxSession
from portal.outbox.models import OutboxMessage
from tests.payments.conftest import start

pytestmark = pytest.mark.django_db
SECRET = "whsec_only_for_tests"
URL = "/webhooks/stripe/"
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "checkout.session.completed",
    "created": 1_700_000_000,
    "livemode": False,
    "data": {"object": {"id": "cs_1", "object": "checkout.session", "metadata": None}},
}


def send(
    raw: bytes, *, secret: str = SECRET, at: int = 0, url: str = URL, header: str | None = None
):
    signature = sign(raw, secret, timestamp=at or int(time.time())) if header is None else header
    client = Client(enforce_csrf_checks=True)
    return client.post(
        url, raw, content_type="application/json", headers={"Stripe-Signature": signature}
    )


def test_a_signed_notice_is_kept_and_answered_without_looking_into_it():
    raw = json.dumps(EVENT).encode()
    assert send(raw).status_code == 200
    event = WebhookEvent.objects.get()
    assert (event.dedupe_key, event.object_ref, event.status) == ("evt_1", "cs_1", "new")
    assert bytes(event.raw) == raw
    assert OutboxMessage.objects.filter(topic="payment.webhook_received").count() == 1


def test_the_same_notice_again_is_answered_and_changes_nothing():
    raw = json.dumps(EVENT).encode()
    assert [send(raw).status_code for _ in range(3)] == [200, 200, 200]
    assert WebhookEvent.objects.count() == OutboxMessage.objects.count() == 1


def test_notices_without_an_identifier_are_told_apart_by_their_bytes():
    bare = {"type": "checkout.session.expired", "data": EVENT["data"]}
    for raw in (json.dumps(bare).encode(), json.dumps(bare).encode(), json.dumps(bare | {"n": 1}).encode()):  # fmt: skip
        assert send(raw).status_code == 200
    assert WebhookEvent.objects.count() == 2


def test_a_new_secret_and_the_old_one_are_both_good_while_rotating(settings):
    settings.PAYMENTS = settings.PAYMENTS | {"webhook_secrets": ["whsec_new", "whsec_old"]}
    for n, secret in enumerate(["whsec_new", "whsec_old"]):
        raw = json.dumps(EVENT | {"id": f"evt_{n}"}).encode()
        assert send(raw, secret=secret).status_code == 200


@pytest.mark.parametrize("secrets", [[], [""], ["  "]])
def test_without_a_secret_the_door_does_not_exist(settings, secrets):
    settings.PAYMENTS = settings.PAYMENTS | {"webhook_secrets": secrets}
    assert send(b"{}", secret="").status_code == 404


def test_an_unknown_provider_is_not_found():
    assert send(b"{}", url="/webhooks/paypal/").status_code == 404


def test_only_post_is_answered():
    assert Client().get(URL).status_code == 405


@pytest.mark.parametrize("offset", [-400, 400])
def test_replayed_and_postdated_notices_are_refused(offset):
    raw = json.dumps(EVENT).encode()
    assert send(raw, at=int(time.time()) + offset).status_code == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("header", ["", "t=1,v1=", "nonsense", "t=1700000000,v1=" + "0" * 64])
def test_forged_notices_are_refused(header):
    assert send(json.dumps(EVENT).encode(), header=header).status_code == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"null", b"{", b"\xff\xfe", b'{"type":"x"}', b'{"type":"x","data":{"object":3}}',
     b'{"type":"x","data":{"object":{"id":"cs_1"}},"created":1000000000000000000000}'],
)  # fmt: skip
def test_signed_nonsense_is_refused(raw):
    assert send(raw).status_code == 400


def test_a_notice_that_is_too_big_is_refused_unread():
    assert send(b" " * (256 * 1024 + 1)).status_code == 413


def test_a_notice_of_the_other_mode_is_ignored(deliver_all):
    assert send(json.dumps(EVENT | {"livemode": True}).encode()).status_code == 200
    deliver_all()
    assert WebhookEvent.objects.get().status == "ignored"


def test_the_door_needs_few_queries(payment, django_assert_max_num_queries):
    start(payment)
    payer.pay(SandboxSession.objects.get().pk)
    raw = json.dumps(SandboxEvent.objects.get().render()).encode()
    with django_assert_max_num_queries(5):  # a savepoint, the notice, its outbox message, a wake-up
        assert send(raw).status_code == 200
    assert PaymentAttempt.objects.get().state == "pending"

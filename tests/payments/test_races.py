"""Everything at once, on PostgreSQL: threads that start together behind a barrier."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import close_old_connections, connection
from django.test import Client

from eservices.payments import services as payments
from eservices.payments.errors import PaymentError
from eservices.payments.models import LedgerEntry, Payment, PaymentAttempt, WebhookEvent
from eservices.payments.providers.signatures import sign
from eservices.payments.sandbox import payer
from eservices.payments.sandbox.models import SandboxEvent, SandboxSession
from portal.outbox import services as outbox
from tests.payments.conftest import make_payment, start

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("only_postgresql")]


def together(*actions: Callable[[], object]) -> list[object]:
    """Run every action in a thread of its own, released at the same instant; return the results."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], object]) -> object:
        close_old_connections()
        try:
            barrier.wait(timeout=10)
            return action()
        except PaymentError as exc:
            return exc.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, a) for a in actions]]


def notice(event: SandboxEvent) -> Callable[[], int]:
    raw = json.dumps(event.render()).encode()
    headers = {"Stripe-Signature": sign(raw, "whsec_only_for_tests", timestamp=int(time.time()))}

    def send() -> int:
        client = Client(headers=headers)
        return client.post("/webhooks/stripe/", raw, content_type="application/json").status_code

    return send


def send_and_work(event: SandboxEvent) -> Callable[[], None]:
    send = notice(event)

    def act() -> None:
        assert send() == 200
        outbox.drain()

    return act


@pytest.mark.parametrize("repetition", range(5))
def test_two_notices_and_the_return_page_credit_once(repetition, monkeypatch):
    heard: list[int] = []
    monkeypatch.setitem(
        outbox._subscribers["payment.succeeded"], "test.hear", lambda payment_id: heard.append(payment_id)
    )  # fmt: skip
    payment = make_payment()
    start(payment)
    payer.pay(SandboxSession.objects.get().pk, notices=0)
    event = SandboxEvent.objects.get()
    together(
        send_and_work(event),
        send_and_work(event),
        lambda: payments.refresh(payment),
        lambda: payments.refresh(payment),
    )
    outbox.drain()
    payment.refresh_from_db()
    assert payment.status == "succeeded"
    assert payment.receipt_number.endswith("/000001")
    assert LedgerEntry.objects.filter(kind="charge").count() == 1
    assert WebhookEvent.objects.count() == 1
    assert heard == [payment.pk]


@pytest.mark.parametrize("repetition", range(5))
def test_five_clicks_at_once_open_one_page(repetition):
    payment = make_payment()
    urls = together(*[lambda: start(payment)] * 5)
    assert len(set(urls)) == 1
    assert PaymentAttempt.objects.count() == SandboxSession.objects.count() == 1


@pytest.mark.parametrize("repetition", range(5))
def test_cancelling_and_paying_at_once_loses_nothing(repetition):
    payment = make_payment()
    start(payment)
    payer.pay(SandboxSession.objects.get().pk, notices=0)
    together(lambda: payments.cancel(payment), lambda: payments.refresh(payment))
    outbox.drain()
    payment.refresh_from_db()
    charge = LedgerEntry.objects.get(kind="charge")
    pair = (payment.status, charge.credit.split(":")[0])
    assert pair in {("succeeded", "receivable"), ("cancelled", "surplus")}


def test_receipts_of_many_at_once_have_no_gap():
    made = [make_payment(f"DJ26-RACE-{n}") for n in range(6)]
    for payment in made:
        start(payment)
    for session in SandboxSession.objects.all():
        payer.pay(session.pk, notices=0)
    together(*[lambda p=payment: payments.refresh(p) for payment in made])
    numbers = Payment.objects.values_list("receipt_number", flat=True)
    assert sorted(int(number[-6:]) for number in numbers) == [1, 2, 3, 4, 5, 6]


def test_two_sweeps_at_once_ask_once():
    payment = make_payment()
    start(payment)
    PaymentAttempt.objects.update(next_poll_at=payment.created_at)
    assert sorted(together(payments.sweep_pending, payments.sweep_pending)) == [0, 1]

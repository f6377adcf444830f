"""Money that is late, twice, wrong, lost or unannounced: never lost and never credited twice."""

import pytest

from eservices.payments import services as payments
from eservices.payments.models import LedgerEntry, WebhookEvent
from eservices.payments.sandbox import payer
from eservices.payments.sandbox.deliver import deliver
from eservices.payments.sandbox.models import SandboxEvent, SandboxSession
from eservices.payments.services import ledger
from portal.outbox import services as outbox
from portal.outbox.models import OutboxMessage
from tests.payments.conftest import make_payment, start

pytestmark = pytest.mark.django_db
HEARD: list[tuple[str, object]] = []


@pytest.fixture(autouse=True)
def _listen(monkeypatch):
    HEARD.clear()
    for word in ("succeeded", "failed"):

        def hear(payment_id: int, word: str = word) -> None:
            HEARD.append((word, payment_id))

        monkeypatch.setitem(outbox._subscribers[f"payment.{word}"], f"test.{word}", hear)


def charges() -> dict[str, int]:
    rows = LedgerEntry.objects.filter(kind="charge").values_list("credit", "amount")
    return {account.split(":")[0]: amount for account, amount in rows}


def test_paid_after_we_called_it_expired_is_credited(payment, deliver_all):
    start(payment)
    session = SandboxSession.objects.get()
    payer.expire(session)
    deliver_all()
    assert payment.attempts.get().state == "expired"
    payer.pay(session.pk)
    deliver_all()
    payment.refresh_from_db()
    assert payment.status == "succeeded"
    assert [("failed", payment.pk), ("succeeded", payment.pk)] == HEARD


def test_late_money_closes_the_page_opened_meanwhile(payment, deliver_all):
    start(payment)
    first = SandboxSession.objects.get()
    payer.expire(first)
    start(payment)
    payer.pay(first.pk)
    deliver_all()
    assert list(payment.attempts.order_by("created_at").values_list("state", flat=True)) == [
        "succeeded",
        "cancelled",
    ]
    assert set(SandboxSession.objects.values_list("status", flat=True)) == {"complete", "expired"}


def test_both_pages_paid_is_one_credit_and_one_surplus(payment, deliver_all):
    start(payment)
    first = SandboxSession.objects.get()
    payer.expire(first)
    start(payment)
    second = SandboxSession.objects.exclude(pk=first.pk).get()
    payer.pay(second.pk)
    payer.pay(first.pk)
    deliver_all()
    assert charges() == {"receivable": 1500, "surplus": 1500}
    assert HEARD.count(("succeeded", payment.pk)) == 1
    assert ledger.owed(payment) == 0


def test_money_through_a_page_we_never_opened_is_taken_over(payment, deliver_all):
    start(payment)
    payer.pay_twice(SandboxSession.objects.get().pk)
    deliver_all()
    assert sorted(payment.attempts.values_list("state", flat=True)) == ["succeeded", "surplus"]
    assert charges() == {"receivable": 1500, "surplus": 1500}


def test_money_for_a_cancelled_debt_is_surplus(payment, deliver_all):
    start(payment)
    payments.cancel(payment)
    payer.pay(SandboxSession.objects.get().pk)
    deliver_all()
    payment.refresh_from_db()
    assert (payment.status, payment.attempts.get().state) == ("cancelled", "surplus")
    assert charges() == {"surplus": 1500}


def test_another_amount_waits_for_a_person(payment, deliver_all):
    start(payment)
    payer.pay(SandboxSession.objects.get().pk, amount=15)
    deliver_all()
    payment.refresh_from_db()
    assert (payment.status, payment.attempts.get().state) == ("pending", "review")
    assert charges() == {"suspense": 15}
    assert HEARD == []


def test_another_currency_waits_for_a_person(payment):
    start(payment)
    payer.pay(SandboxSession.objects.get().pk, notices=0)
    SandboxSession.objects.update(currency="zzz")
    payments.refresh(payment)
    assert payment.attempts.get().state == "review"
    assert charges() == {"suspense": 1500}


def test_paid_late_arrives_by_the_worker(payment, deliver_all):
    start(payment)
    payer.pay_late(SandboxSession.objects.get().pk)
    deliver_all()
    assert payments.refresh(payment).status == "pending"
    OutboxMessage.objects.undelivered().update(available_at=payment.created_at)
    deliver_all()
    payment.refresh_from_db()
    assert payment.status == "succeeded"


def test_a_notice_twice_and_a_return_credit_once(payment, deliver_all):
    start(payment)
    payer.pay(SandboxSession.objects.get().pk, notices=2)
    deliver_all()
    for event in SandboxEvent.objects.all():
        deliver(event)
    payments.refresh(payment)
    deliver_all()
    assert charges() == {"receivable": 1500}
    assert [("succeeded", payment.pk)] == HEARD
    assert WebhookEvent.objects.count() == SandboxEvent.objects.count() == 1


def test_a_stale_notice_never_takes_a_payment_back(payment, deliver_all):
    start(payment)
    session = SandboxSession.objects.get()
    payer.decline(session.pk)
    payer.pay(session.pk)
    events = list(SandboxEvent.objects.all())
    deliver_all()
    for event in reversed(events):
        WebhookEvent.objects.filter(dedupe_key=event.pk).update(status="new")
        payments.process(WebhookEvent.objects.get(dedupe_key=event.pk).pk)
    assert payment.attempts.get().state == "succeeded"


def test_a_notice_that_lies_is_not_believed(payment, deliver_all):
    start(payment)
    session = SandboxSession.objects.get()
    payer.pay(session.pk, notices=0)
    lie = SandboxEvent.objects.get()
    SandboxSession.objects.update(is_paid=False, status="open", intent_status="requires_payment_method")  # fmt: skip
    deliver(lie)
    deliver_all()
    assert payment.attempts.get().state == "pending"
    assert charges() == {}


def test_a_notice_faster_than_our_own_answer_is_understood(payment, wire, deliver_all):
    def notify() -> None:
        wire.before_answer = lambda: None
        payer.pay(SandboxSession.objects.get().pk)
        deliver_all()

    wire.before_answer = notify
    with pytest.raises(Exception, match="rien à payer"):
        start(payment)
    payment.refresh_from_db()
    assert payment.status == "succeeded"


def test_a_notice_about_nothing_of_ours_is_kept_and_tried_again(db, deliver_all):
    stranger = make_payment("DJ26-STRANGER-1")
    start(stranger)
    session = SandboxSession.objects.get()
    params = session.params | {"client_reference_id": "other-site", "metadata": {}}
    SandboxSession.objects.create(
        id="cs_test_other", params=params, amount_total=5, currency="djf", expires_at=session.expires_at
    )  # fmt: skip
    payer.pay("cs_test_other")
    deliver_all()
    event = WebhookEvent.objects.get()
    assert (event.status, event.tries) == ("unmatched", 1)
    assert OutboxMessage.objects.undelivered().filter(topic="payment.webhook_received").count() == 1
    for _try in range(6):
        OutboxMessage.objects.undelivered().update(available_at=event.received_at)
        deliver_all()
    event.refresh_from_db()
    assert (event.status, event.tries) == ("unmatched", 6)
    assert charges() == {}


def test_a_notice_is_tried_again_when_the_provider_is_down(payment, wire, deliver_all):
    start(payment)
    payer.pay(SandboxSession.objects.get().pk)
    deliver(SandboxEvent.objects.get())
    wire.faults = ["refused"] * 4
    deliver_all()
    assert payment.attempts.get().state == "pending"
    OutboxMessage.objects.undelivered().update(available_at=payment.created_at)
    deliver_all()
    assert payment.attempts.get().state == "succeeded"


def test_a_refund_made_at_the_provider_is_seen(payment, deliver_all):
    start(payment)
    session = SandboxSession.objects.get()
    payer.pay(session.pk)
    deliver_all()
    session.refresh_from_db()
    session.refunds.create(id="re_1", amount=500)
    attempt = payment.attempts.get()
    assert payments.sync(attempt.pk, cause="test").state == "partially_refunded"
    payments.sync(attempt.pk, cause="test")
    session.refunds.create(id="re_2", amount=1000)
    assert payments.sync(attempt.pk, cause="test").state == "refunded"
    refunds = LedgerEntry.objects.filter(kind="refund").order_by("pk")
    assert [entry.amount for entry in refunds] == [500, 1000]
    payment.refresh_from_db()
    assert payment.status == "refunded"


def test_receipts_of_a_series_have_no_gap(db, deliver_all):
    for n in range(3):
        start(make_payment(f"DJ26-NUMBER-{n}"))
    paid = SandboxSession.objects.order_by("-pk")
    for session in paid:
        payer.pay(session.pk)
    deliver_all()
    numbers = LedgerEntry.objects.filter(kind="charge").values_list("payment__receipt_number", flat=True)  # fmt: skip
    assert sorted(number[-6:] for number in numbers) == ["000001", "000002", "000003"]

"""The life of a debt against the sandbox, notices through the real view."""

import pytest

from eservices.payments import services as payments
from eservices.payments.errors import AlreadyPaid
from eservices.payments.machine import AttemptState
from eservices.payments.models import LedgerEntry, PaymentStatus, WebhookEvent
from eservices.payments.sandbox import payer
from eservices.payments.sandbox.models import SandboxSession
from tests.payments.conftest import start

pytestmark = pytest.mark.django_db


def only_session() -> SandboxSession:
    return SandboxSession.objects.get()


def test_notice_credits_the_debt_once_with_a_receipt(payment, deliver_all):
    url = start(payment)
    assert url == f"https://portal.test/sandbox/checkout/{only_session().pk}"
    payer.pay(only_session().pk)
    deliver_all()
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCEEDED
    assert payment.receipt_number == f"{payment.paid_at:%Y}/DJ-ECC/R/000001"
    assert payment.attempts.get().state == AttemptState.SUCCEEDED
    assert LedgerEntry.objects.filter(kind="charge").count() == 1
    assert WebhookEvent.objects.get().status == "done"


def test_return_page_finds_out_when_the_notice_is_lost(payment):
    start(payment)
    payer.pay(only_session().pk, notices=0)
    assert payments.refresh(payment).status == PaymentStatus.SUCCEEDED


def test_five_clicks_open_one_page(payment):
    assert len({start(payment) for _click in range(5)}) == 1
    assert SandboxSession.objects.count() == 1


def test_what_is_paid_cannot_be_started_again(payment):
    start(payment)
    payer.pay(only_session().pk, notices=0)
    with pytest.raises(AlreadyPaid):
        start(payment)
    with pytest.raises(AlreadyPaid):
        start(payment)

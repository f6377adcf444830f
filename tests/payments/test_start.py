"""Opening an attempt over a wire that breaks: one page, never two, never none for long."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from eservices.payments import services as payments
from eservices.payments.errors import (
    AlreadyPaid,
    BadPayment,
    PaymentClosed,
    PaymentInProgress,
    ProviderRejected,
    ProviderUnavailable,
)
from eservices.payments.machine import ACTIVE, AttemptState
from eservices.payments.models import AttemptEvent, LedgerEntry, Payment, PaymentAttempt
from eservices.payments.sandbox import payer
from eservices.payments.sandbox.api import application
from eservices.payments.sandbox.models import SandboxSession
from tests.payments.conftest import CANCEL, RETURN, make_payment, start

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "faults", [["drop_before"], ["drop_after"], ["drop_after"] * 3, ["refused", "drop_after"]]
)
def test_lost_answers_open_one_page(payment, wire, faults):
    wire.faults = faults
    start(payment)
    assert SandboxSession.objects.count() == 1
    assert payment.attempts.get().state == AttemptState.PENDING


def test_key_and_parameters_are_stored_before_the_call(payment, wire):
    wire.faults = ["refused"] * 4
    with pytest.raises(ProviderUnavailable):
        start(payment)
    attempt = payment.attempts.get()
    assert attempt.state == AttemptState.CREATED
    assert attempt.create_key == f"pay:{attempt.pk}:start:1"
    frozen = attempt.create_params
    start(payment)
    attempt = payment.attempts.get()
    assert (attempt.state, attempt.create_params) == (AttemptState.PENDING, frozen)


def test_when_every_answer_is_lost_the_page_is_found_again(payment, wire):
    wire.faults = ["drop_after"] * 4
    url = start(payment)
    assert url.endswith(SandboxSession.objects.get().pk)
    assert payment.attempts.get().state == AttemptState.PENDING


def test_a_stored_failure_without_a_page_is_let_go_at_the_second_click(payment, wire):
    application.faults[:] = ["500_before"]
    for _click in range(2):
        with pytest.raises(ProviderUnavailable):
            start(payment)
    assert start(payment).endswith(SandboxSession.objects.get().pk)
    states = payment.attempts.order_by("created_at").values_list("state", flat=True)
    assert list(states) == ["failed", "pending"]


def test_a_stored_failure_with_a_page_behind_it_uses_that_page(payment, wire):
    application.faults[:] = ["500_after"]
    assert start(payment).endswith(SandboxSession.objects.get().pk)


def test_what_the_provider_refuses_is_said_and_may_be_tried_again(payment):
    with pytest.raises(ProviderRejected):
        payments.start(payment, return_url="ftp://x", cancel_url=CANCEL, language="fr")
    attempt = payment.attempts.get()
    assert (attempt.state, attempt.last_error_code) == ("failed", "url_invalid")
    assert start(payment)


def test_a_refused_card_leaves_the_page_open_and_is_told(payment, deliver_all):
    url = start(payment)
    session = SandboxSession.objects.get()
    payer.decline(session.pk)
    deliver_all()
    attempt = payment.attempts.get()
    assert (attempt.state, attempt.last_error_code) == ("pending", "insufficient_funds")
    assert start(payment) == url
    payer.pay(session.pk)
    deliver_all()
    attempt.refresh_from_db()
    assert (attempt.state, attempt.last_error_code) == ("succeeded", "")


def test_after_an_expiry_a_new_page_is_opened(payment, deliver_all):
    first = start(payment)
    with transaction.atomic():
        payer.expire(SandboxSession.objects.get())
    second = start(payment)
    assert first != second
    assert payment.attempts.active().count() == 1
    assert payment.attempts.count() == 2


def test_while_the_provider_confirms_no_second_page_is_opened(payment):
    start(payment)
    SandboxSession.objects.update(status="complete", intent_status="processing")
    with pytest.raises(PaymentInProgress):
        start(payment)
    assert payment.attempts.get().state == AttemptState.PROCESSING


def test_the_open_page_is_given_although_the_interface_is_down(payment, wire):
    url = start(payment)
    wire.faults = ["refused"] * 4
    assert start(payment) == url


def test_refresh_shows_what_is_known_when_the_provider_is_down(payment, wire):
    start(payment)
    wire.faults = ["refused"] * 4
    assert payments.refresh(payment).status == "pending"


def test_a_cancelled_debt_closes_its_page(payment, deliver_all):
    start(payment)
    payments.cancel(payment)
    payments.cancel(payment)
    deliver_all()
    assert payment.attempts.get().state == AttemptState.CANCELLED
    assert SandboxSession.objects.get().status == "expired"
    with pytest.raises(PaymentClosed):
        start(payment)


def test_a_paid_debt_cannot_be_cancelled(payment):
    start(payment)
    payer.pay(SandboxSession.objects.get().pk)
    paid = payments.refresh(payment)
    with pytest.raises(AlreadyPaid):
        payments.cancel(paid)


@pytest.mark.parametrize(
    "change",
    [
        {"reference": "DJ26_a"},
        {"reference": "D" * 26},
        {"currency": "DJF", "lines": []},
        {"lines": [{"code": "a", "label": "A", "quantity": 2, "unit": 500, "amount": 999}]},
        {"lines": [{"code": "a", "label": "A", "quantity": 1, "unit": -5, "amount": -5}]},
    ],
)
def test_what_cannot_be_a_debt_is_refused(db, change):
    line = {"code": "a", "label": "A", "quantity": 1, "unit": 500, "amount": 500}
    good = {"reference": "DJ26-X-1", "lines": [line], "currency": "DJF", "description": "d"}
    with pytest.raises(BadPayment):
        payments.create(**(good | change))
    assert not Payment.objects.exists()


def test_a_line_that_gives_money_back_is_shown_in_one_sum(db):
    lines = [
        {"code": "fee", "label": {"fr": "Droit"}, "quantity": 1, "unit": 1000, "amount": 1000},
        {"code": "half", "label": {"fr": "Remise"}, "quantity": 1, "unit": -400, "amount": -400},
    ]
    payment = payments.create(reference="BJ26-Y-1", lines=lines, currency="XOF", description="Acte")
    start(payment)
    assert SandboxSession.objects.get().amount_total == 600


def test_without_a_key_nothing_is_sent(payment, settings):
    settings.PAYMENTS = settings.PAYMENTS | {"secret_key": ""}
    with pytest.raises(ProviderRejected, match="guichet"):
        start(payment)
    assert not payment.attempts.exists()


def test_arabic_falls_back_to_the_pages_own_choice(payment):
    start(payment, language="ar")
    assert payment.attempts.get().create_params["locale"] == "auto"


def test_every_transition_has_evidence(payment, deliver_all):
    start(payment)
    payer.pay(SandboxSession.objects.get().pk)
    deliver_all()
    events = AttemptEvent.objects.order_by("pk")
    assert [(e.from_state, e.to_state) for e in events] == [
        ("created", "pending"),
        ("pending", "succeeded"),
    ]
    assert all("sha256:" in event.evidence for event in events)


def test_the_database_refuses_a_second_active_attempt(payment):
    start(payment)
    attempt = payment.attempts.get()
    attempt.pk, attempt.provider_ref, attempt.create_key = None, None, "other"
    attempt.pk = PaymentAttempt._meta.pk.get_default()
    attempt._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt.save(force_insert=True)
    assert {a.state for a in payment.attempts.all()} <= ACTIVE


def test_the_ledger_cannot_be_changed(payment):
    entry = LedgerEntry.objects.get()
    for change in (entry.save, entry.delete, LedgerEntry.objects.all().delete):
        with pytest.raises(TypeError):
            change()
    with pytest.raises(TypeError):
        LedgerEntry.objects.update(amount=1)
    for sql in ("UPDATE payments_ledgerentry SET amount = 1", "DELETE FROM payments_ledgerentry"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_starting_inside_a_transaction_is_a_fault(transactional_db):
    payment = make_payment()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        payments.start(payment, return_url=RETURN, cancel_url=CANCEL, language="fr")


def test_a_key_older_than_the_providers_memory_is_not_sent_again(payment, wire):
    wire.faults = ["refused"] * 4
    with pytest.raises(ProviderUnavailable):
        start(payment)
    payment.attempts.update(created_at=timezone.now() - timedelta(hours=30))
    assert start(payment)
    assert sorted(payment.attempts.values_list("state", flat=True)) == ["failed", "pending"]
    assert SandboxSession.objects.count() == 1

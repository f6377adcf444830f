"""What repairs a lost notice, a killed process, a lost hour."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from eservices.payments import services as payments
from eservices.payments.models import PaymentAttempt, WebhookEvent
from eservices.payments.sandbox import payer
from eservices.payments.sandbox.models import SandboxKey, SandboxSession
from eservices.payments.services import attempts
from portal.outbox.models import OutboxMessage
from tests.payments.conftest import CANCEL, RETURN, make_payment, start

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def ahead(clock, **delta) -> None:
    clock.shift(timedelta(**delta))


def test_a_lost_notice_is_made_up_for(payment, clock):
    start(payment)
    payer.pay(SandboxSession.objects.get().pk, notices=0)
    assert payments.sweep_pending() == 0
    ahead(clock, minutes=2, seconds=1)
    assert payments.sweep_pending() == 1
    payment.refresh_from_db()
    assert payment.status == "succeeded"
    assert payment.attempts.get().next_poll_at is None


def test_questions_become_rarer_and_end(payment, clock):
    start(payment)
    asked = []
    while due_at := PaymentAttempt.objects.get().next_poll_at:
        clock.move_to(due_at)
        assert payments.sweep_pending() == 1
        asked.append((timezone.now() - NOW) // timedelta(minutes=1))
    assert asked == [2, 5, 10, 20, 40, 62, 120, 1500, 4380]
    assert payment.attempts.get().state == "expired"


def test_money_three_days_late_is_found(payment, clock):
    start(payment)
    ahead(clock, hours=2)
    payments.sweep_pending()
    assert payment.attempts.get().state == "expired"
    ahead(clock, days=2)
    payments.sweep_pending()
    payer.pay(SandboxSession.objects.get().pk, notices=0)
    ahead(clock, days=2)
    payments.sweep_pending()
    payment.refresh_from_db()
    assert payment.status == "succeeded"


def test_a_process_killed_between_key_and_call_blocks_nobody(payment, clock):
    claim = attempts._claim(payment.pk, RETURN, CANCEL, "fr")
    ahead(clock, minutes=1, seconds=1)
    payments.sweep_pending()
    claim.attempt.refresh_from_db()
    assert claim.attempt.state == "created"
    ahead(clock, minutes=11)
    payments.sweep_pending()
    claim.attempt.refresh_from_db()
    assert (claim.attempt.state, claim.attempt.next_poll_at) == ("failed", None)
    assert start(payment)


def test_a_process_killed_between_call_and_answer_is_repaired(payment, clock):
    claim = attempts._claim(payment.pk, RETURN, CANCEL, "fr")
    attempts.providers.get("stripe").start(
        claim.attempt.create_params, key=claim.attempt.create_key
    )
    assert SandboxSession.objects.count() == SandboxKey.objects.count() == 1
    ahead(clock, minutes=1, seconds=1)
    payments.sweep_pending()
    claim.attempt.refresh_from_db()
    assert claim.attempt.state == "pending"
    assert start(payment) == claim.attempt.redirect_url
    assert SandboxSession.objects.count() == 1


def test_a_provider_that_is_down_is_left_alone(db, wire, clock):
    for n in range(5):
        start(make_payment(f"DJ26-SWEEP-{n}"))
    ahead(clock, minutes=3)
    wire.faults = ["refused"] * 100
    assert payments.sweep_pending() == 3
    wire.faults = []
    ahead(clock, minutes=6)
    assert payments.sweep_pending() == 5


def test_events_that_were_never_delivered_are_caught_up(payment, deliver_all):
    start(payment)
    payer.pay(SandboxSession.objects.get().pk, notices=0)
    assert payments.catch_up() == 1
    assert payments.catch_up() == 0
    deliver_all()
    payment.refresh_from_db()
    assert payment.status == "succeeded"
    assert WebhookEvent.objects.get().status == "done"


def test_replay_looks_again_only_when_told_to(payment, deliver_all):
    start(payment)
    payer.pay(SandboxSession.objects.get().pk)
    deliver_all()
    before = OutboxMessage.objects.count()
    call_command("payments_replay", "--since", "2026-03-01", stdout=StringIO())
    assert OutboxMessage.objects.count() == before
    out = StringIO()
    call_command("payments_replay", "--since", "2026-03-01", "--wet-run", stdout=out)
    assert "1 notice" in out.getvalue()
    deliver_all()
    assert WebhookEvent.objects.get().status == "done"


def test_the_doctor_is_content_after_a_hard_day(payment, deliver_all):
    start(payment)
    payer.pay_twice(SandboxSession.objects.get().pk)
    start(make_payment("DJ26-OTHER-1"))
    deliver_all()
    out = StringIO()
    call_command("payments_doctor", stdout=out)
    assert "no fault" in out.getvalue()


def test_the_doctor_sees_a_status_that_the_ledger_does_not_say(payment):
    type(payment).objects.update(status="succeeded", paid_at=NOW, receipt_number="X")
    with pytest.raises(SystemExit):
        call_command("payments_doctor", stdout=StringIO())

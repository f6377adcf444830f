"""Money at the counter: credited once, and what comes later by another way is not lost."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from eservices.payments import services as payments
from eservices.payments.errors import AlreadyPaid, PaymentClosed, TillRefused
from eservices.payments.machine import AttemptState
from eservices.payments.models import LedgerEntry, PaymentStatus
from eservices.payments.sandbox import payer
from eservices.payments.sandbox.models import SandboxSession
from eservices.payments.services import doctor
from portal.audit.models import AuditLine
from tests.factories import AgentFactory, OfficeFactory
from tests.payments.conftest import make_payment, start
from tests.payments.test_races import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    return OfficeFactory(code="dj-ecc")


@pytest.fixture
def cashier(office):
    return AgentFactory(office=office, role="cashier", full_name="Saada Guelleh")


def _today(office):
    return timezone.localdate(timezone=ZoneInfo(office.time_zone))


def charges():
    return LedgerEntry.objects.filter(kind="charge")


def test_cash_credits_the_debt_with_a_receipt_and_a_name(payment, office, cashier, deliver_all):
    paid = payments.pay_cash(payment, cashier=cashier, office=office)
    assert paid.status == PaymentStatus.SUCCEEDED
    assert paid.receipt_number == f"{paid.paid_at:%Y}/DJ-ECC/R/000001"
    entry = charges().get()
    assert (entry.debit, entry.credit) == ("cash:dj-ecc", f"receivable:{payment.reference}")
    assert entry.attempt.events.get().actor == cashier
    deliver_all()
    assert list(doctor.faults()) == []


def test_second_payment_is_refused(payment, office, cashier):
    payments.pay_cash(payment, cashier=cashier, office=office)
    with pytest.raises(AlreadyPaid):
        payments.pay_cash(payment, cashier=cashier, office=office)
    with pytest.raises(AlreadyPaid):
        start(payment)
    assert charges().count() == 1


def test_cancelled_debt_takes_no_money(payment, office, cashier):
    payments.cancel(payment)
    with pytest.raises(PaymentClosed):
        payments.pay_cash(payment, cashier=cashier, office=office)
    assert not charges().exists()


def test_open_attempt_is_closed_at_the_provider(payment, office, cashier, deliver_all):
    start(payment)
    payments.pay_cash(payment, cashier=cashier, office=office)
    deliver_all()
    assert payment.attempts.get(provider="stripe").state == AttemptState.CANCELLED
    assert SandboxSession.objects.get().status == "expired"


def test_money_that_wins_the_race_with_the_closing_is_surplus(
    payment, office, cashier, deliver_all
):
    start(payment)
    payments.pay_cash(payment, cashier=cashier, office=office)
    payer.pay(SandboxSession.objects.get().pk)
    deliver_all()
    assert payment.attempts.get(provider="stripe").state == AttemptState.SURPLUS
    assert sorted(charges().values_list("credit", flat=True)) == [
        f"receivable:{payment.reference}",
        "surplus",
    ]
    assert list(doctor.faults()) == []


def test_what_was_paid_online_a_moment_ago_is_found_out(payment, office, cashier):
    start(payment)
    payer.pay(SandboxSession.objects.get().pk, notices=0)
    with pytest.raises(AlreadyPaid):
        payments.pay_cash(payment, cashier=cashier, office=office)
    assert charges().get().debit == "psp:stripe"


def test_takings_of_a_day_are_the_till_and_what_came_online(payment, office, cashier, deliver_all):
    payments.pay_cash(payment, cashier=cashier, office=office)
    start(make_payment("DJ26-22222222-2", unit=200))
    payer.pay(SandboxSession.objects.get().pk)
    deliver_all()
    today = _today(office)
    rows = payments.takings(office, today)
    assert [(row.channel, row.money.amount, row.cashier) for row in rows] == [
        ("cash", 1500, "Saada Guelleh"),
        ("online", 600, ""),
    ]
    assert not payments.takings(office, today - timedelta(days=1))
    assert not payments.takings(OfficeFactory(), today)


def test_money_of_an_exercise_never_meets_real_money(deliver_all):
    school = OfficeFactory(code="dj-formation", is_training=True)
    made = [make_payment(f"DJ26-{n * 8}-{n}", series="DJ-FORMATION") for n in "23"]
    payments.pay_cash(made[0], cashier=AgentFactory(office=school, role="cashier"), office=school)
    payments.cancel(made[1])
    deliver_all()
    accounts = {side for row in LedgerEntry.objects.values_list("debit", "credit") for side in row}
    apart = {one for one in accounts if not one.startswith("receivable:")}
    assert apart == {"training:revenue", "training:cash:dj-formation"}
    assert not LedgerEntry.objects.filter(livemode=True).exists()
    assert [row.channel for row in payments.takings(school, _today(school))] == ["cash"]
    assert list(doctor.faults()) == []


def test_till_is_counted_at_both_ends_and_a_difference_is_explained(payment, office, cashier):
    till = payments.open_till(cashier=cashier, office=office, counted=10_000)
    with pytest.raises(TillRefused):
        payments.open_till(cashier=cashier, office=office, counted=0)
    payments.pay_cash(payment, cashier=cashier, office=office)
    assert payments.expected_in(till) == 11_500
    with pytest.raises(TillRefused, match="Dites pourquoi"):
        payments.close_till(till, counted=11_000)
    closed = payments.close_till(till, counted=11_000, note="Monnaie rendue en trop")
    assert closed.difference == -500
    with pytest.raises(TillRefused):
        payments.close_till(till, counted=11_500)
    line = AuditLine.objects.get(act="till.closed")
    assert (line.actor_key, line.details["difference"]) == (cashier.pk, -500)


def test_money_taken_before_anybody_counted_has_a_till_all_the_same(payment, office, cashier):
    payments.pay_cash(payment, cashier=cashier, office=office)
    till = payments.current_till(cashier, office)
    assert (till.opening, payments.expected_in(till)) == (0, 1500)
    assert payments.tills_of_day(office, _today(office)) == [till]


@pytest.mark.postgres
@pytest.mark.usefixtures("only_postgresql")
@pytest.mark.django_db(transaction=True)
def test_cashiers_at_the_same_instant_credit_once():
    office = OfficeFactory(code="dj-ecc")
    debt = make_payment()
    hands = [AgentFactory(office=office, role="cashier") for _ in range(6)]
    answers = together(
        *(lambda who=who: payments.pay_cash(debt, cashier=who, office=office) for who in hands)
    )
    assert answers.count("already_paid") == 5
    assert charges().count() == 1
    assert list(doctor.faults()) == []

"""A payment in the middle of a circuit: a real debt, the clock stopped, settled once, in any order."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from eservices.cases import deadlines, jobs
from eservices.cases import services as cases
from eservices.cases.errors import BadRequest, NotAllowed
from eservices.cases.models import Case, CaseStatus, PaymentOrder, TaskStatus
from eservices.payments import services as payments
from eservices.payments.models import LedgerEntry
from eservices.payments.sandbox import payer
from eservices.payments.sandbox.models import SandboxSession
from eservices.payments.services import doctor
from portal.notifications.models import Delivery
from tests.factories import UserFactory
from tests.payments.wire import wired
from tests.people import make_agent, make_office, sign_in

TAX = {"key": "tax", "type": "money", "label": {"fr": "Taxe"}}
REVIEW = {
    "key": "site", "kind": "review", "role": "agent", "title": {"fr": "Visite"}, "fields": [TAX],
    "outcomes": [{"key": "seen", "label": {"fr": "Vue"}}],
}  # fmt: skip
PAYMENT = {
    "key": "due", "kind": "payment", "role": "agent", "title": {"fr": "Taxe d'urbanisme"},
    "amount": {"mul": [{"var": "tax"}, 2]},
}  # fmt: skip
SIGNATURE = {"key": "signature", "kind": "signature", "role": "chief", "title": {"fr": "Signature"}}


@pytest.fixture
def billed(open_case, person, deliver_all):
    """A case whose agent fixed the tax; the applicant was asked for twice that."""
    case, agent = open_case(circuit={"stages": [REVIEW, PAYMENT, SIGNATURE]}), person()
    cases.take(case, actor=agent)
    cases.complete(case, actor=agent, outcome="seen", values={"tax": 750})
    deliver_all()
    case.refresh_from_db()
    return case


@pytest.fixture
def wire():
    with wired() as made:
        yield made


def pay(case, office):
    due = cases.payment_due(case)
    payments.pay_cash(due, cashier=make_agent(office, "cashier"), office=office)
    return due


def test_the_amount_becomes_a_debt_and_its_settlement_ends_the_stage(billed, office, deliver_all):
    assert (billed.status, billed.stage) == (CaseStatus.AWAITING_APPLICANT, "due")
    due = cases.payment_due(billed)
    assert (due.amount, due.reference) == (1500, f"{billed.reference}-1")
    assert Delivery.objects.filter(kind="case.to_pay").count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
        pay(billed, office)
        deliver_all()
        cases.settle_order(due.pk)  # the page the payer comes back to, after the worker
        billed.refresh_from_db()
        assert (billed.status, billed.stage, billed.paused_at) == ("in_review", "signature", None)
        assert deadlines.due_now(billed) == billed.due_at
    assert billed.tasks.get(stage="due").outcome == "paid"
    assert billed.events.filter(action="settle").count() == 1
    assert Delivery.objects.filter(kind="payment.received").count() == 1
    assert list(doctor.faults()) == []


@pytest.mark.usefixtures("wire")
def test_the_citizen_reads_what_to_pay_pays_online_and_gets_a_receipt(billed, client):
    person = UserFactory()
    Case.objects.filter(pk=billed.pk).update(applicant=person)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = f"/suivi/{billed.reference}/"
    page = client.get(address).content.decode()
    assert "Taxe d&#x27;urbanisme" in page
    assert "Payer maintenant" in page
    assert client.post(address + "payer/").status_code == 303
    payer.pay(SandboxSession.objects.get().pk, notices=0)
    page = client.get(address + "retour/", follow=True).content.decode()
    assert "Payer maintenant" not in page
    assert f"?paiement={billed.reference}-1" in page
    assert client.get(address + f"recu.pdf?paiement={billed.reference}-1").content[:4] == b"%PDF"
    billed.refresh_from_db()
    assert billed.stage == "signature"
    assert list(doctor.faults()) == []


def test_nobody_ends_a_payment_by_hand(billed, person):
    agent = person()
    with pytest.raises(NotAllowed):
        cases.complete(billed, actor=agent, stage="due", outcome="paid")


def test_giving_up_cancels_the_debt(billed):
    due = cases.payment_due(billed)
    cases.withdraw(billed, reason="Trop cher")
    due.refresh_from_db()
    assert due.status == "cancelled"
    assert list(doctor.faults()) == []


def test_what_is_not_paid_in_time_closes_the_request_which_asks_again_when_opened_again(
    billed, person, office, deliver_all
):
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert jobs.lapse_unanswered() == 1
        assert jobs.lapse_unanswered() == 0
    billed.refresh_from_db()
    assert (billed.status, PaymentOrder.objects.unpaid().count()) == (CaseStatus.WITHDRAWN, 0)
    cases.reopen(billed, actor=person("chief"), reason="Malade")
    agent = person()
    cases.take(billed, actor=agent)
    cases.complete(billed, actor=agent, outcome="seen", values={"tax": 900})
    deliver_all()
    assert pay(billed, office).amount == 1800


def test_what_was_paid_before_a_step_back_is_not_asked_again(billed, person, office, deliver_all):
    pay(billed, office)
    deliver_all()
    chief = person("chief")
    cases.take(billed, actor=chief)
    cases.send_back(billed, actor=chief, reason="Surface à revoir", to="site")
    site = billed.tasks.get(stage="site", status=TaskStatus.OPEN)
    cases.complete(billed, actor=site.assignee, outcome="seen", values={"tax": 1000})
    deliver_all()
    assert cases.payment_due(billed).amount == 500  # 2,000 less the 1,500 that were paid
    assert pay(billed, office).reference == f"{billed.reference}-2"
    deliver_all()
    billed.refresh_from_db()
    assert billed.stage == "signature"
    assert LedgerEntry.objects.filter(kind="charge").count() == 2


def test_agent_fixes_the_amount_at_the_stage_itself_and_nothing_due_goes_on(open_case, person):
    own = {**PAYMENT, "fields": [TAX], "amount": {"var": "tax"}}
    visit = {name: part for name, part in REVIEW.items() if name != "fields"}
    case, agent = open_case(circuit={"stages": [visit, own, SIGNATURE]}), person()
    cases.take(case, actor=agent)
    cases.complete(case, actor=agent, outcome="seen")
    cases.take(case, actor=agent)
    with pytest.raises(BadRequest):
        cases.bill(case, actor=agent)
    cases.fill(case, actor=agent, values={"tax": 0})
    assert cases.bill(case, actor=agent) is None
    case.refresh_from_db()
    assert (case.status, case.stage) == ("in_review", "signature")


def test_a_correction_and_a_payment_owed_at_once_both_hold_the_clock(
    open_case, person, office, deliver_all
):
    block = {
        "key": "both", "title": {"fr": "Ensemble"},
        "branches": [[REVIEW, PAYMENT], {"key": "other", "kind": "review", "role": "agent", "title": {"fr": "Autre"}}],
    }  # fmt: skip
    case, agent, other = open_case(circuit={"stages": [block, SIGNATURE]}), person(), person()
    cases.take(case, actor=agent, stage="site")
    cases.take(case, actor=other, stage="other")
    items = [{"kind": "field", "key": "last_name", "reason": "unreadable", "note": ""}]
    cases.ask(case, actor=other, items=items, message="", stage="other")
    cases.complete(case, actor=agent, stage="site", outcome="seen", values={"tax": 10})
    deliver_all()
    cases.reply(case, answers={"last_name": "ABDI"})
    case.refresh_from_db()
    assert (case.status, case.paused_at is None) == (CaseStatus.AWAITING_APPLICANT, False)
    # The other branch sends everything back: nothing is owed any more, the clock runs.
    cases.complete(case, actor=other, stage="other", outcome="done")
    case.refresh_from_db()
    assert case.status == CaseStatus.AWAITING_APPLICANT
    pay(case, office)
    deliver_all()
    case.refresh_from_db()
    assert (case.status, case.stage) == (CaseStatus.IN_REVIEW, "signature")


def test_the_till_of_the_office_of_the_stage_takes_the_money(
    open_case, person, deliver_all, client
):
    taxes = make_office("tax-office")
    elsewhere = {**PAYMENT, "office": "tax-office"}
    case, agent = open_case(circuit={"stages": [REVIEW, elsewhere, SIGNATURE]}), person()
    cases.take(case, actor=agent)
    cases.complete(case, actor=agent, outcome="seen", values={"tax": 100})
    deliver_all()
    address = f"/agent/caisse/{case.reference}/"
    for where, code in ((make_office("other"), 404), (taxes, 200)):
        sign_in(client, make_agent(where, "cashier"))
        assert client.get(address).status_code == code
    assert client.post(address).status_code == 302
    case.refresh_from_db()
    assert case.stage == "signature"
    assert cases.payment_due(case) is None
    assert PaymentOrder.objects.get().payment.receipt_number.split("/")[1] == "TAX-OFFICE"

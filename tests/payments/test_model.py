"""Random histories of a payer, a provider and us, against the real tables; and mutants that must die."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from itertools import count
from unittest import mock

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from eservices.payments import services as payments
from eservices.payments.errors import PaymentError
from eservices.payments.machine import ACTIVE, CAPTURED, CLOSED, Decision, S, decide
from eservices.payments.models import LedgerEntry, Payment, PaymentAttempt, WebhookEvent
from eservices.payments.providers.base import Status
from eservices.payments.sandbox import payer
from eservices.payments.sandbox.deliver import deliver
from eservices.payments.sandbox.models import SandboxEvent, SandboxSession
from eservices.payments.services import attempts, doctor, ledger, settlement
from portal.outbox.services import drain
from tests.payments.conftest import make_payment, start

N = st.integers(0, 99)


class World(RuleBasedStateMachine):
    """Sessions are paid, refused, expired and confirmed in any order; notices come at any time."""

    @initialize(unit=st.sampled_from([25, 1500, 5_000_000]))
    def begin(self, unit):
        # The service refuses to run inside a transaction; this one is the test's own.
        self.atomic = transaction.Atomic(using=None, savepoint=True, durable=False)
        self.atomic._from_testcase = True
        self.atomic.__enter__()
        # Identifiers in order of birth, so that a history found can be replayed exactly.
        numbers = (f"{n:024x}" for n in count())
        self.patch = mock.patch("secrets.token_hex", side_effect=lambda _size: next(numbers))
        self.patch.start()
        self.payment = make_payment(unit=unit, quantity=1)
        start(self.payment)

    def pick(self, n: int) -> SandboxSession | None:
        rows = list(SandboxSession.objects.order_by("pk"))
        return rows[n % len(rows)] if rows else None

    @rule()
    def start(self):
        if PaymentAttempt.objects.count() > 5:
            return
        with suppress(PaymentError):
            start(self.payment)

    @rule()
    def refresh(self):
        payments.refresh(Payment.objects.get())

    @rule(n=N)
    def look_again(self, n):
        known = list(PaymentAttempt.objects.order_by("created_at"))
        if known:
            payments.sync(known[n % len(known)].pk, cause="test")

    @rule()
    def cancel(self):
        with suppress(PaymentError):
            payments.cancel(self.payment)

    @rule()
    def work(self):
        drain()

    @rule(n=N)
    def deliver(self, n):
        """Any notice, in any order, again and again."""
        events = list(SandboxEvent.objects.order_by("pk"))
        if not events:
            return
        event = events[n % len(events)]
        deliver(event)
        WebhookEvent.objects.filter(dedupe_key=event.pk).update(status="new")
        payments.process(WebhookEvent.objects.get(dedupe_key=event.pk).pk)

    @rule(n=N, wrong=st.integers(0, 1), tells=st.booleans())
    def payer_pays(self, n, wrong, tells):
        if session := self.pick(n):
            payer.pay(session.pk, notices=tells, amount=session.amount_total + wrong)

    @rule(n=N)
    def payer_pays_twice(self, n):
        session = self.pick(n)
        if session and SandboxSession.objects.count() < 6:
            payer.pay_twice(session.pk)

    @rule(n=N)
    def payer_is_refused(self, n):
        if session := self.pick(n):
            payer.decline(session.pk)

    @rule(n=N, fails=st.booleans())
    def provider_confirms_later(self, n, fails):
        session = self.pick(n)
        if session and not session.is_paid and session.status != "expired":
            session.status = "complete"
            session.intent_status = "requires_payment_method" if fails else "processing"
            session.save()

    @rule(n=N)
    def provider_expires(self, n):
        session = self.pick(n)
        if session and session.status == "open":
            payer.expire(session)

    @invariant()
    def money_is_right(self):
        if not hasattr(self, "payment"):
            return
        paid = dict(
            SandboxSession.objects.filter(is_paid=True).values_list("charge_id", "amount_total")
        )
        rows = LedgerEntry.objects.filter(kind="charge").values_list("source", "amount", "credit")
        for source, amount, _credit in rows:
            assert paid[source.removeprefix("stripe:")] == amount, "money out of nothing"
        assert len({source for source, *_ in rows}) == len(rows), "charge written twice"
        owed = ledger.owed(self.payment)
        assert owed in (0, self.payment.amount), "credited above what was due"
        states = PaymentAttempt.objects.values_list("state", flat=True)
        assert sum(state in ACTIVE for state in states) <= 1, "two active attempts"
        with_money = set(
            LedgerEntry.objects.filter(kind="charge").values_list("attempt", flat=True)
        )
        for attempt in PaymentAttempt.objects.all():
            assert (attempt.state in CAPTURED) == (attempt.pk in with_money), (
                "money and state differ"
            )

    def teardown(self):
        if not hasattr(self, "atomic"):
            return
        try:
            self.reconcile()
        finally:
            self.patch.stop()
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def reconcile(self):
        """Once all notices have come and all questions are asked, no money is left out."""
        drain()
        payments.catch_up()
        drain()
        for attempt in PaymentAttempt.objects.exclude(provider_ref=None):
            payments.sync(attempt.pk, cause="test")
        paid = SandboxSession.objects.filter(is_paid=True).values_list("charge_id", flat=True)
        written = LedgerEntry.objects.filter(kind="charge").values_list("source", flat=True)
        assert {f"stripe:{charge}" for charge in paid} == set(written), "money left out"
        payment = Payment.objects.get()
        credited = LedgerEntry.objects.filter(kind="charge", credit__startswith="receivable")
        assert credited.count() == (payment.status == "succeeded")
        assert list(doctor.faults()) == []


def run(examples: int, steps: int, phases=tuple(Phase)) -> None:
    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=True,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_no_history_loses_or_doubles_money():
    run(examples=50, steps=25)


def ignore_after_final(state, expected, snapshot, owed):
    return Decision(state) if state in CLOSED else decide(state, expected, snapshot, owed)


def no_surplus(state, expected, snapshot, owed):
    return decide(state, expected, snapshot, max(owed, snapshot.amount))


def downgrade(state, expected, snapshot, owed):
    if state in CAPTURED and snapshot.status != Status.PAID:
        return Decision(S.FAILED)
    return decide(state, expected, snapshot, owed)


def stale_evidence(look: Callable) -> Callable:
    """Answer with the first thing ever seen of an attempt, as applying a notice's content would."""
    seen: dict = {}

    def stale(attempt, payment_id=""):
        return seen.setdefault(attempt.pk, look(attempt, payment_id))

    return stale


VIOLATIONS = "money|charge|credited|active|differ"
MUTANTS = {
    "closed attempts ignore money": {(settlement, "decide"): ignore_after_final},
    "a paid debt is credited again": {(settlement, "decide"): no_surplus},
    "old evidence is believed": {(attempts, "_look"): stale_evidence(attempts._look)},
    "the ledger forgets to write": {(ledger, "post_charge"): lambda *args, **kwargs: None},
    "unknown pages are not taken over": {
        ("eservices.payments.services.inbox", "_adopt"): lambda event: None
    },
    "money is taken back by other evidence": {
        (settlement, "decide"): downgrade,
        (attempts, "_look"): None,
    },
}


@pytest.mark.django_db
@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_model_notices_a_mutant(mutant):
    with ExitStack() as stack:
        for (owner, name), replacement in MUTANTS[mutant].items():
            target = f"{owner if isinstance(owner, str) else owner.__name__}.{name}"
            stack.enter_context(mock.patch(target, replacement or flicker(attempts._look)))
        with pytest.raises(AssertionError, match=VIOLATIONS):
            run(examples=500, steps=25, phases=(Phase.generate,))


def flicker(look: Callable) -> Callable:
    """Have the provider say once in a while that a paid session is only open."""
    asked: Counter = Counter()

    def unsteady(attempt, payment_id=""):
        snapshot = look(attempt, payment_id)
        asked[attempt.pk] += 1
        if asked[attempt.pk] % 3 == 0 and snapshot.status == Status.PAID:
            return type(snapshot)(Status.OPEN, snapshot.provider_ref, snapshot.ref)
        return snapshot

    return unsteady


@pytest.mark.django_db
def test_an_unsteady_provider_takes_nothing_back():
    with mock.patch.object(attempts, "_look", flicker(attempts._look)):
        payment = make_payment()
        start(payment)
        payer.pay(SandboxSession.objects.get().pk)
        drain()
        for _ask in range(4):
            payments.sync(payment.attempts.get().pk, cause="test")
        assert payment.attempts.get().state == "succeeded"

"""decide() against the table, cell by cell."""

import itertools

import pytest

from eservices.payments.machine import (
    ACTIVE,
    CAPTURED,
    CLOSED,
    AttemptState,
    Effect,
    Expectation,
    decide,
)
from eservices.payments.providers.base import Snapshot, Status

EXPECTED = Expectation(ref="DJ26-AAAA-1", amount=1500, currency="DJF", livemode=False)
S = AttemptState

# One row per state: what it becomes on open, processing, failed, expired, cancelled, not found.
TABLE = """
created            pending   processing failed    expired   cancelled created
create_unknown     pending   processing failed    expired   cancelled create_unknown
pending            pending   processing failed    expired   cancelled pending
processing         pending   processing failed    expired   cancelled processing
cancelling         cancelling processing cancelled cancelled cancelled cancelling
failed             failed    failed     failed    failed    failed    failed
expired            expired   expired    expired   expired   expired   expired
cancelled          cancelled cancelled  cancelled cancelled cancelled cancelled
succeeded          succeeded succeeded  succeeded succeeded succeeded succeeded
surplus            surplus   surplus    surplus   surplus   surplus   surplus
review             review    review     review    review    review    review
partially_refunded partially_refunded partially_refunded partially_refunded partially_refunded partially_refunded partially_refunded
refunded           refunded  refunded   refunded  refunded  refunded  refunded
"""
STATUSES = ["open", "processing", "failed", "expired", "cancelled", "not_found"]
CELLS = [
    (state, status, after)
    for state, *afters in (line.split() for line in TABLE.strip().splitlines())
    for status, after in zip(STATUSES, afters, strict=True)
]


def snapshot(status: str, **changes) -> Snapshot:
    facts = {"ref": EXPECTED.ref, "amount": 1500, "currency": "DJF", "charge_id": "ch_1"}
    return Snapshot(Status(status), **(facts | changes))


def test_table_names_every_state():
    assert {state for state, _, _ in CELLS} == set(AttemptState.values)
    assert set(AttemptState) == ACTIVE | CLOSED | CAPTURED


@pytest.mark.parametrize(("state", "status", "after"), CELLS)
@pytest.mark.parametrize("owed", [0, 1500])
def test_evidence_without_money_moves_no_money(state, status, after, owed):
    decision = decide(S(state), EXPECTED, snapshot(status), owed)
    assert decision.state == after
    assert decision.effect == (Effect.REFUSE if S(state) in CAPTURED else Effect.NONE)


@pytest.mark.parametrize("state", sorted(ACTIVE | CLOSED))
@pytest.mark.parametrize(
    ("owed", "after", "effect"),
    [
        (1500, S.SUCCEEDED, Effect.CREDIT),
        (1499, S.SURPLUS, Effect.SURPLUS),
        (0, S.SURPLUS, Effect.SURPLUS),
    ],
)
def test_money_is_credited_only_while_it_is_owed(state, owed, after, effect):
    decision = decide(S(state), EXPECTED, snapshot("paid"), owed)
    assert (decision.state, decision.effect) == (after, effect)


@pytest.mark.parametrize("state", sorted(ACTIVE | CLOSED))
@pytest.mark.parametrize(
    ("name", "value"),
    [("ref", "DJ26-BBBB-2"), ("ref", ""), ("amount", 1499), ("amount", 150_000), ("currency", "XOF"), ("livemode", True)],
)  # fmt: skip
def test_money_that_is_not_what_was_asked_waits_for_a_person(state, name, value):
    decision = decide(S(state), EXPECTED, snapshot("paid", **{name: value}), 1500)
    assert (decision.state, decision.effect, decision.reason) == (S.REVIEW, Effect.SUSPEND, name)


@pytest.mark.parametrize("state", sorted(CAPTURED))
@pytest.mark.parametrize("owed", [0, 1500])
def test_money_already_known_is_not_counted_again(state, owed):
    decision = decide(S(state), EXPECTED, snapshot("paid", amount=9), owed)
    assert (decision.state, decision.effect) == (state, Effect.NONE)


@pytest.mark.parametrize(
    ("state", "refunded", "after"),
    [
        (S.SUCCEEDED, 500, S.PARTIALLY_REFUNDED),
        (S.SUCCEEDED, 1500, S.REFUNDED),
        (S.PARTIALLY_REFUNDED, 1500, S.REFUNDED),
    ],
)
def test_refund_seen_at_the_provider_is_reversed(state, refunded, after):
    decision = decide(state, EXPECTED, snapshot("paid", refunded=refunded), 0)
    assert (decision.state, decision.effect) == (after, Effect.REVERSE)


def test_evidence_about_something_else_closes_nothing():
    for state, status in itertools.product(ACTIVE, ["expired", "failed", "cancelled"]):
        decision = decide(state, EXPECTED, snapshot(status, ref="DJ26-BBBB-2"), 1500)
        assert (decision.state, decision.effect) == (state, Effect.REFUSE)

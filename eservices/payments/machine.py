"""What one piece of evidence does to one attempt: a pure table, without database and without clock."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from eservices.payments.providers.base import Snapshot, Status


class AttemptState(TextChoices):
    CREATED = "created", _("being opened")
    CREATE_UNKNOWN = "create_unknown", _("opening not confirmed")
    PENDING = "pending", _("waiting for the payer")
    PROCESSING = "processing", _("being confirmed")
    CANCELLING = "cancelling", _("being cancelled")
    SUCCEEDED = "succeeded", _("paid")
    FAILED = "failed", _("failed")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")
    SURPLUS = "surplus", _("paid, but not owed")
    REVIEW = "review", _("paid, but does not match")
    PARTIALLY_REFUNDED = "partially_refunded", _("partly refunded")
    REFUNDED = "refunded", _("refunded")


S = AttemptState
UNOPENED = frozenset({S.CREATED, S.CREATE_UNKNOWN})
ACTIVE = UNOPENED | {S.PENDING, S.PROCESSING, S.CANCELLING}
CLOSED = frozenset({S.FAILED, S.EXPIRED, S.CANCELLED})
CAPTURED = frozenset({S.SUCCEEDED, S.SURPLUS, S.REVIEW, S.PARTIALLY_REFUNDED, S.REFUNDED})


class Effect(StrEnum):
    """What must be written besides the state."""

    NONE = "none"
    CREDIT = "credit"  # the debt is paid
    SURPLUS = "surplus"  # money came that nobody owes
    SUSPEND = "suspend"  # money came that is not what we asked for: a person decides
    REVERSE = "reverse"  # money went back
    REFUSE = "refuse"  # the evidence contradicts what is already known: noted, nothing else


@dataclass(frozen=True)
class Expectation:
    """What the attempt was frozen with before the first call."""

    ref: str
    amount: int
    currency: str
    livemode: bool


@dataclass(frozen=True)
class Decision:
    state: AttemptState
    effect: Effect = Effect.NONE
    reason: str = ""


# Evidence that no money came, by state. What is missing leaves the state alone.
_UNPAID: dict[AttemptState, dict[Status, AttemptState]] = {
    state: {
        Status.OPEN: S.PENDING,
        Status.PROCESSING: S.PROCESSING,
        Status.FAILED: S.FAILED,
        Status.EXPIRED: S.EXPIRED,
        Status.CANCELLED: S.CANCELLED,
    }
    for state in (S.CREATED, S.CREATE_UNKNOWN, S.PENDING, S.PROCESSING)
} | {
    # A cancellation asked for stays asked for until the provider closes; money may still win.
    S.CANCELLING: {
        Status.PROCESSING: S.PROCESSING,
        Status.FAILED: S.CANCELLED,
        Status.EXPIRED: S.CANCELLED,
        Status.CANCELLED: S.CANCELLED,
    }
}


def decide(state: AttemptState, expected: Expectation, snapshot: Snapshot, owed: int) -> Decision:
    """Return the next state and the one effect. Total: any state, any evidence, any debt."""
    if state in CAPTURED:
        return _after_capture(state, expected, snapshot)
    if snapshot.status == Status.PAID:
        return _on_capture(expected, snapshot, owed)
    if snapshot.ref and snapshot.ref != expected.ref:
        return Decision(state, Effect.REFUSE, "reference")
    # A closed attempt opens again only by money: its place may be taken by another one.
    return Decision(_UNPAID.get(state, {}).get(snapshot.status, state))


def mismatch(expected: Expectation, snapshot: Snapshot) -> str:
    """Name what differs from the frozen attempt; empty when all is as asked."""
    for name in ("ref", "amount", "currency", "livemode"):
        if getattr(expected, name) != getattr(snapshot, name):
            return name
    return ""


def _on_capture(expected: Expectation, snapshot: Snapshot, owed: int) -> Decision:
    if wrong := mismatch(expected, snapshot):
        return Decision(S.REVIEW, Effect.SUSPEND, wrong)
    if owed < snapshot.amount:
        return Decision(S.SURPLUS, Effect.SURPLUS, "not_owed")
    return Decision(S.SUCCEEDED, Effect.CREDIT)


def _after_capture(state: AttemptState, expected: Expectation, snapshot: Snapshot) -> Decision:
    if snapshot.status != Status.PAID:
        return Decision(state, Effect.REFUSE, "downgrade")
    if state not in {S.SUCCEEDED, S.PARTIALLY_REFUNDED} or not snapshot.refunded:
        return Decision(state)
    whole = snapshot.refunded >= expected.amount
    return Decision(S.REFUNDED if whole else S.PARTIALLY_REFUNDED, Effect.REVERSE)

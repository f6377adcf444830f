"""What every payment provider must do, in our words. No provider's vocabulary passes this border."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from portal.core.money import Money


class Status(StrEnum):
    """What a provider says of one attempt."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Limits:
    """What one rail accepts, in minor units."""

    minimum: int
    maximum: int
    multiple: int = 1

    def accept(self, amount: int) -> bool:
        return self.minimum <= amount <= self.maximum and amount % self.multiple == 0


@dataclass(frozen=True)
class Line:
    label: str
    quantity: int
    unit: int


@dataclass(frozen=True)
class StartRequest:
    attempt: str
    reference: str
    description: str
    money: Money
    lines: Sequence[Line]
    return_url: str
    cancel_url: str
    language: str
    expires_at: datetime


@dataclass(frozen=True)
class Handle:
    """How a provider finds one attempt again."""

    provider_ref: str
    payment_id: str = ""


@dataclass(frozen=True)
class Snapshot:
    """What the provider answered when asked: the only evidence that moves money.

    `amount` and `currency` are kept as given, because a wrong one must be seen and not refused.
    """

    status: Status
    provider_ref: str = ""
    ref: str = ""
    attempt: str = ""
    amount: int = 0
    currency: str = ""
    livemode: bool = False
    charge_id: str = ""
    payment_id: str = ""
    refunded: int = 0
    redirect_url: str = ""
    expires_at: datetime | None = None
    failure_code: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class VerifiedEvent:
    """A notice whose signature is right. A hint to go and look, never evidence."""

    dedupe_key: str
    type: str
    object_ref: str
    attempt: str
    payment_id: str
    livemode: bool
    created_at: datetime | None
    raw: bytes = field(repr=False)


class Provider(Protocol):
    """Calls raise ProviderUnavailable (try the same again) or ProviderRejected (do not)."""

    code: str
    signature_header: str

    def limits(self, currency: str) -> Limits: ...

    def build_start(self, request: StartRequest) -> dict[str, Any]:
        """Return the exact parameters to freeze before any call. Pure."""
        ...

    def start(self, params: Mapping[str, Any], *, key: str) -> Snapshot:
        """Open the attempt; the same key and parameters always mean the same attempt."""
        ...

    def fetch(self, handle: Handle) -> Snapshot: ...

    def find(self, attempt: str, *, since: datetime) -> Snapshot:
        """Look for an attempt whose identifier at the provider never reached us."""
        ...

    def cancel(self, handle: Handle) -> Snapshot:
        """Close the attempt if it can be, and return what is true afterwards."""
        ...

    def verify(
        self, raw: bytes, signature: str, *, secrets: Sequence[str], now: datetime
    ) -> VerifiedEvent:
        """:raises BadSignature: unless one of `secrets` signed these very bytes just now."""
        ...

    def events(self, *, since: datetime) -> Iterator[VerifiedEvent]:
        """Every event since then, in no promised order: what lost webhooks would have said."""
        ...

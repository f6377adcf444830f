"""The only writers of payments. Debts in the caller's transaction, attempts outside of any."""

from eservices.payments.services.attempts import cancel_attempt, refresh, start, sync
from eservices.payments.services.cash import Taking, pay_cash, takings
from eservices.payments.services.debts import cancel, create
from eservices.payments.services.inbox import accepts, process, receive, replay
from eservices.payments.services.sweep import catch_up, sweep_pending
from eservices.payments.services.tills import (
    close_till,
    current_till,
    expected_in,
    open_till,
    till_currency,
    tills_of_day,
)

__all__ = [
    "Taking",
    "accepts",
    "cancel",
    "cancel_attempt",
    "catch_up",
    "close_till",
    "create",
    "current_till",
    "expected_in",
    "open_till",
    "pay_cash",
    "process",
    "receive",
    "refresh",
    "replay",
    "start",
    "sweep_pending",
    "sync",
    "takings",
    "till_currency",
    "tills_of_day",
]

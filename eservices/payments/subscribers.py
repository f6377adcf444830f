"""What payments hears from the outbox."""

from eservices.payments import services as payments
from eservices.payments.services.inbox import RECEIVED
from portal.outbox.services import subscribe


@subscribe(RECEIVED)
def look_into_notice(event_id: int) -> None:
    payments.process(event_id)


@subscribe("payment.attempt_abandoned")
def close_abandoned_attempt(attempt_id: str) -> None:
    payments.cancel_attempt(attempt_id)

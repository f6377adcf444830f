"""What the pretended provider does a little later."""

from eservices.payments.sandbox import payer
from eservices.payments.sandbox.deliver import deliver
from eservices.payments.sandbox.models import SandboxEvent
from portal.outbox.services import subscribe


@subscribe(payer.NOTICE)
def send_notice(event_id: str) -> None:
    deliver(SandboxEvent.objects.get(pk=event_id))


@subscribe(payer.PAID_LATE)
def receive_late_money(session_id: str, method: str) -> None:
    payer.pay(session_id, method=method)

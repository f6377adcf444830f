"""What the outbox brings here."""

from portal.notifications.services import send_queued
from portal.outbox.services import subscribe


@subscribe("delivery.created")
def send_delivery(key: str) -> None:
    send_queued(key)

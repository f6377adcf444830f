"""What the outbox brings here."""

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from portal.audit.models import AuditHead
from portal.notifications.rendering import Mail
from portal.notifications.services import queue_mail, send_queued
from portal.outbox.services import subscribe


@subscribe("delivery.created")
def send_delivery(key: str) -> None:
    send_queued(key)


@subscribe("audit.day_closed")
def mail_audit_head(day: str) -> None:
    """Send the head of the journal out of this machine: who cuts the journal cannot cut the mail."""
    head = AuditHead.objects.get(day=date.fromisoformat(day))
    with translation.override(settings.LANGUAGE_CODE), transaction.atomic():
        subject = _("Journal of %(portal)s, %(day)s") % {"portal": settings.PORTAL_NAME, "day": day}
        text = "\n\n".join(
            [
                _("%(count)s lines. Head of the chain:") % {"count": head.position},
                f"{head.position}:{head.digest}",
                _("Keep this message. Any later copy of the journal must still hold this line."),
            ]
        )
        for address in settings.AUDIT_MAIL_TO:
            queue_mail(
                to=address,
                mail=Mail(subject, text, ""),
                key=f"audit.head:{day}:{address}",
                kind="audit.head",
                language=settings.LANGUAGE_CODE,
            )

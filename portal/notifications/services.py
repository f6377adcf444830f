"""Write to people. The caller's transaction queues the message; the worker sends it.

A message is sent at least once and nearly always exactly once: a worker killed between the send and
its mark leaves the row under a lease, and the next attempt carries the same idempotency key (SMS)
or the same Message-ID (mail), by which gateways and mail boxes drop the double.
"""

import logging
import smtplib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from portal.notifications import sms
from portal.notifications.errors import MessageRefused, MessageUnavailable
from portal.notifications.models import Channel, Delivery, DeliveryStatus
from portal.notifications.registry import Kind, kind_named
from portal.notifications.rendering import (
    Mail,
    known_language,
    readable,
    render_mail,
    render_sms,
)
from portal.outbox.models import MAX_ATTEMPTS
from portal.outbox.services import publish

logger = logging.getLogger(__name__)

# Longer than either time-out, shorter than the outbox's own lease of 30 seconds: when the outbox
# tries again after a killed sender, the message is free again.
LEASE = timedelta(seconds=25)
HEADER = "X-Guichet-Delivery"


def notify(
    kind: str,
    *,
    to_phone: str,
    to_email: str,
    language: str,
    context: Mapping[str, Any],
    key: str,
    is_training: bool = False,
) -> None:
    """Queue what `kind` says for each channel the person has, once for each `kind` and `key`.

    With `is_training` it is kept as if it had been sent, and leaves to nobody.

    Runs in the caller's transaction. A person without phone and e-mail is told nothing.
    :raises LookupError: nobody registered `kind`.
    """
    about = kind_named(kind)
    _check(about, context)
    if not key.startswith(f"{kind}:"):
        key = f"{kind}:{key}"
    language = known_language(language)
    rows = []
    if to_phone and about.sms:
        rows.append(_row(about, key, Channel.SMS, to_phone, language))
        rows[-1].body = render_sms(about, readable(context, language, brief=True), language)
    if to_email and about.body:
        rows.append(_row(about, key, Channel.EMAIL, to_email, language))
        _fill(rows[-1], render_mail(about, readable(context, language), language))
    if is_training:
        for row in rows:
            row.status, row.sent_at, row.provider_id = (
                DeliveryStatus.SENT,
                timezone.now(),
                "training",
            )
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        return
    _queue(rows, key)


def queue_mail(
    *, to: str, mail: Mail, key: str, kind: str, language: str, is_sensitive: bool = False
) -> None:
    """Queue a mail that is already written."""
    row = Delivery(
        key=key,
        kind=kind,
        channel=Channel.EMAIL,
        to=to,
        language=known_language(language),
        is_sensitive=is_sensitive,
    )
    _fill(row, mail)
    _queue([row], key)


def send_queued(key: str) -> None:
    """Send what is queued under `key`. :raises MessageUnavailable: try again later."""
    unavailable: list[MessageUnavailable] = []
    for delivery in Delivery.objects.unsent().filter(key=key):
        try:
            _send(delivery)
        except MessageUnavailable as exc:  # the other channel must not wait for this one
            unavailable.append(exc)
    if unavailable:
        raise unavailable[0]
    if Delivery.objects.filter(key=key, status=DeliveryStatus.SENDING).exists():
        # Its sender is at work, or was killed: whoever asks must come back, or nobody would.
        raise MessageUnavailable("another worker has it")


@transaction.atomic
def resend(delivery: Delivery) -> None:
    """Queue a message again, whatever became of it before."""
    Delivery.objects.filter(pk=delivery.pk).update(
        status=DeliveryStatus.QUEUED, attempts=0, sent_at=None, last_error="", lease_until=None
    )
    publish("delivery.created", key=delivery.key)


def record_captured(*, to: str, subject: str, body: str, key: str) -> None:
    """Keep a mail that was not queued here and will not leave this machine."""
    Delivery.objects.create(
        key=key,
        kind="mail",
        channel=Channel.EMAIL,
        to=to,
        language=settings.LANGUAGE_CODE,
        subject=subject[:250],
        body=body,
        status=DeliveryStatus.SENT,
        sent_at=timezone.now(),
        provider_id="captured",
    )


def _check(kind: Kind, context: Mapping[str, Any]) -> None:
    """A caller's mistake stops a developer; a citizen's case goes on without the sentence."""
    missing = kind.missing(context)
    if missing and settings.DEV_TOOLS:
        raise ValueError(f"notification {kind.name} needs {', '.join(missing)}")
    if missing:
        logger.error("notification %s lacks %s", kind.name, ", ".join(missing))


def _row(kind: Kind, key: str, channel: Channel, to: str, language: str) -> Delivery:
    return Delivery(
        key=key,
        kind=kind.name,
        channel=channel,
        to=to,
        language=language,
        is_sensitive=kind.is_sensitive,
    )


def _fill(row: Delivery, mail: Mail) -> None:
    row.subject, row.body, row.html = mail.subject, mail.text, mail.html


def _queue(rows: list[Delivery], key: str) -> None:
    if rows:
        # The row and what sends it are one: a row alone would never leave.
        with transaction.atomic(savepoint=False):
            # One statement, and a second call with the same key writes nothing.
            Delivery.objects.bulk_create(rows, ignore_conflicts=True)
            publish("delivery.created", key=key)


def _send(delivery: Delivery) -> None:
    """Send `delivery` unless another worker has it, and record what came of it."""
    now = timezone.now()
    claimed = (
        Delivery.objects.unsent(now)
        .filter(pk=delivery.pk)
        .update(status=DeliveryStatus.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1)
    )
    if not claimed:
        return
    try:
        provider_id = _hand_over(delivery)
    except MessageRefused as exc:
        _record(delivery, DeliveryStatus.FAILED, str(exc))
    except MessageUnavailable as exc:
        if delivery.attempts + 1 >= MAX_ATTEMPTS:
            _record(delivery, DeliveryStatus.FAILED, str(exc))
            return
        _record(delivery, DeliveryStatus.QUEUED, str(exc))
        raise
    else:
        _record_sent(delivery, provider_id)


def _hand_over(delivery: Delivery) -> str:
    if delivery.channel == Channel.EMAIL:
        return _send_mail(delivery)
    if settings.CAPTURE_MESSAGES:
        return "captured"
    return sms.gateway().send(to=delivery.to, text=delivery.body, key=delivery.key)


def _send_mail(delivery: Delivery) -> str:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
    message_id = f"<delivery-{delivery.pk}@{domain}>"
    message = EmailMultiAlternatives(
        delivery.subject,
        delivery.body,
        to=[delivery.to],
        headers={
            "Message-ID": message_id,
            HEADER: str(delivery.pk),
            "Auto-Submitted": "auto-generated",
            "Content-Language": delivery.language,
        },
    )
    if delivery.html:
        message.attach_alternative(delivery.html, "text/html")
    try:
        message.send()
    except smtplib.SMTPAuthenticationError as exc:
        raise MessageUnavailable("the mail server refused our password") from exc
    except smtplib.SMTPRecipientsRefused as exc:
        codes = [code for code, _text in exc.recipients.values()]
        raise _mail_error(min(codes, default=450), str(exc.recipients)) from exc
    except smtplib.SMTPResponseException as exc:
        raise _mail_error(exc.smtp_code, repr(exc.smtp_error)) from exc
    except OSError as exc:  # SMTPException is one too
        raise MessageUnavailable(f"mail server: {exc!r}") from exc
    return "captured" if settings.CAPTURE_MESSAGES else message_id


def _mail_error(code: int, text: str) -> MessageRefused | MessageUnavailable:
    error = MessageRefused if code >= 500 else MessageUnavailable
    return error(f"mail server answered {code}: {text}"[:1000])


def _record(delivery: Delivery, status: DeliveryStatus, error: str) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        status=status, last_error=error[:2000], lease_until=None
    )


def _record_sent(delivery: Delivery, provider_id: str) -> None:
    values: dict[str, Any] = {
        "status": DeliveryStatus.SENT,
        "sent_at": timezone.now(),
        "provider_id": provider_id,
        "last_error": "",
        "lease_until": None,
    }
    if delivery.is_sensitive and not settings.CAPTURE_MESSAGES:
        values |= {"body": "", "html": ""}  # a code must not outlive its use
    Delivery.objects.filter(pk=delivery.pk).update(**values)

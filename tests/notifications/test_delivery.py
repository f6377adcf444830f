"""Queued with the change, sent by the worker, retried, never doubled."""

import smtplib
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from unittest.mock import patch

import httpx
import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from portal.notifications import sms
from portal.notifications.errors import MessageRefused, MessageUnavailable
from portal.notifications.models import Delivery, DeliveryStatus
from portal.notifications.services import notify, resend, send_queued
from portal.outbox.models import MAX_ATTEMPTS, OutboxMessage

pytestmark = pytest.mark.django_db
import_module("portal.urls")  # reads DEV_TOOLS once: before a test takes it away
CONTEXT = {"code": "123456", "minutes": 15}
LINK = {"url": "https://guichet.example/r/", "until": "1 mai"}


def tell(key: str = "1", *, kind: str = "tracking.code", phone: str = "", email: str = "") -> None:
    with transaction.atomic():
        notify(kind, to_phone=phone, to_email=email, language="fr", context=CONTEXT, key=key)


def only() -> Delivery:
    return Delivery.objects.get()


@pytest.fixture
def gateway(settings):
    """A real client before a gateway in this process; returns how it was asked."""
    settings.CAPTURE_MESSAGES = False
    settings.SMS_GATEWAY_URL = "https://sms.example/send"
    settings.SMS_GATEWAY_TOKEN = "secret"
    asked: list[httpx.Request] = []
    answers: list[httpx.Response | Exception] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        given = answers.pop(0) if answers else httpx.Response(200, json={"id": "sms-1"})
        if isinstance(given, Exception):
            raise given
        return given

    made = sms.SmsGateway(settings.SMS_GATEWAY_URL, "secret", httpx.MockTransport(answer))
    with patch.object(sms, "gateway", lambda: made):
        yield asked, answers


def test_one_delivery_for_each_channel() -> None:
    tell(phone="+25377831001", email="a@b.example")
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"sms", "email"}
    assert set(Delivery.objects.values_list("status", flat=True)) == {"queued"}


def test_nobody_to_tell_is_no_error() -> None:
    tell()
    assert not Delivery.objects.exists()


def test_same_key_is_queued_once_and_another_kind_is_apart() -> None:
    for _time in range(3):
        tell(phone="+25377831001")
    tell(phone="+25377831001", kind="account.code")
    assert Delivery.objects.count() == 2


def test_rolled_back_change_tells_nothing() -> None:
    def change() -> None:
        with transaction.atomic():
            notify("tracking.code", to_phone="+25377831001", to_email="", language="fr",
                   context=CONTEXT, key="1")  # fmt: skip
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert not Delivery.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_queueing_costs_little(django_assert_max_num_queries) -> None:
    with transaction.atomic(), django_assert_max_num_queries(3):
        notify("tracking.code", to_phone="+25377831001", to_email="a@b.example", language="fr",
               context=CONTEXT, key="1")  # fmt: skip


def test_the_worker_sends_once_even_when_it_runs_twice(deliver_all: Callable[[], int]) -> None:
    tell(email="a@b.example")
    deliver_all()
    OutboxMessage.objects.update(delivered_at=None, attempts=0, available_at=timezone.now())
    deliver_all()
    assert len(mail.outbox) == 1
    assert only().status == DeliveryStatus.SENT
    assert only().attempts == 1


def test_mail_carries_a_stable_identity(deliver_all: Callable[[], int]) -> None:
    tell(email="a@b.example")
    deliver_all()
    sent = mail.outbox[0]
    assert sent.extra_headers["Message-ID"].startswith(f"<delivery-{only().pk}@")
    assert sent.alternatives
    assert sent.to == ["a@b.example"]


def test_sender_killed_in_the_middle_is_repaired_after_its_lease() -> None:
    tell(email="a@b.example")
    now = timezone.now()
    Delivery.objects.update(status="sending", lease_until=now + timedelta(seconds=30))
    with pytest.raises(MessageUnavailable):  # the outbox comes back; else nobody would send it
        send_queued(only().key)
    assert not mail.outbox
    Delivery.objects.update(lease_until=now - timedelta(seconds=1))
    send_queued(only().key)
    assert len(mail.outbox) == 1


def test_sms_is_handed_to_the_gateway_with_its_key(gateway, deliver_all) -> None:
    asked, _answers = gateway
    tell(phone="+25377831001")
    deliver_all()
    request = asked[0]
    assert request.headers["Authorization"] == "Bearer secret"
    assert request.headers["Idempotency-Key"] == only().key == "tracking.code:1"
    assert b"+25377831001" in request.content
    assert (only().status, only().provider_id) == ("sent", "sms-1")
    assert only().body == ""  # a code is wiped once it has left


@pytest.mark.parametrize(
    "trouble",
    [httpx.Response(503), httpx.Response(429), httpx.Response(401), httpx.Response(302),
     httpx.ConnectError("down"), httpx.ReadTimeout("slow")],
)  # fmt: skip
def test_gateway_away_is_tried_again_later(gateway, deliver_all, trouble) -> None:
    asked, answers = gateway
    answers.append(trouble)
    tell(phone="+25377831001", email="a@b.example")
    deliver_all()
    assert len(mail.outbox) == 1  # the other channel did not wait
    waiting = Delivery.objects.get(channel="sms")
    assert waiting.status == "queued"
    assert waiting.last_error
    message = OutboxMessage.objects.undelivered().get()
    assert message.available_at > timezone.now()
    OutboxMessage.objects.update(available_at=timezone.now())
    deliver_all()
    waiting.refresh_from_db()
    assert (waiting.status, waiting.attempts, waiting.last_error) == ("sent", 2, "")
    assert len(asked) == 2
    assert len(mail.outbox) == 1


def test_gateway_that_refuses_is_not_asked_again(gateway, deliver_all) -> None:
    asked, answers = gateway
    answers.append(httpx.Response(422, text="unknown number"))
    tell(phone="+25377831001")
    deliver_all()
    assert only().status == "failed"
    assert "unknown number" in only().last_error
    assert not OutboxMessage.objects.undelivered().exists()
    with transaction.atomic():
        resend(only())
    deliver_all()
    assert only().status == "sent"
    assert len(asked) == 2


def test_operator_lists_failed_messages_and_sends_them_again(gateway, deliver_all, capsys) -> None:
    asked, answers = gateway
    answers.extend([httpx.Response(422, text="unknown number")] * 2)
    with transaction.atomic():
        notify(
            "draft.resume_link",
            to_phone="+25377831001",
            to_email="",
            language="fr",
            context=LINK,
            key="1",
        )
    tell("2", phone="+25377831002")  # a code
    deliver_all()
    call_command("delivery_resend")
    told = capsys.readouterr().out
    assert "+25377831001: " in told
    assert "unknown number" in told
    assert "+25377831002" not in told, "a code is too old to be sent again"
    call_command("delivery_resend", "--all")
    deliver_all()
    assert sorted(Delivery.objects.values_list("to", "status")) == [
        ("+25377831001", "sent"),
        ("+25377831002", "failed"),
    ]
    assert len(asked) == 3


def test_gateway_that_does_not_number_its_messages(gateway, deliver_all) -> None:
    _asked, answers = gateway
    answers.append(httpx.Response(202, text="OK"))
    tell(phone="+25377831001")
    deliver_all()
    assert (only().status, only().provider_id) == ("sent", "")


def test_after_a_day_of_trouble_the_message_is_shown_as_failed(gateway) -> None:
    _asked, answers = gateway
    answers.append(httpx.Response(503))
    tell(phone="+25377831001")
    Delivery.objects.update(attempts=MAX_ATTEMPTS - 1)
    send_queued(only().key)  # does not raise: nothing more to try
    assert only().status == "failed"


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no such box")}), "failed"),
        (smtplib.SMTPRecipientsRefused({"a@b.example": (451, b"later")}), "queued"),
        (smtplib.SMTPDataError(554, b"spam"), "failed"),
        (smtplib.SMTPDataError(452, b"full"), "queued"),
        (smtplib.SMTPAuthenticationError(535, b"who?"), "queued"),
        (smtplib.SMTPServerDisconnected("gone"), "queued"),
        (ConnectionRefusedError(), "queued"),
    ],
)
def test_mail_server_in_trouble(trouble: Exception, status: str) -> None:
    tell(email="a@b.example")
    with patch("django.core.mail.EmailMessage.send", side_effect=trouble):
        if status == "queued":
            with pytest.raises(MessageUnavailable):
                send_queued(only().key)
        else:
            send_queued(only().key)
    assert only().status == status


def test_no_gateway_is_a_clear_trouble(settings) -> None:
    settings.SMS_GATEWAY_URL = ""
    with pytest.raises(MessageUnavailable, match="GUICHET_SMS_GATEWAY_URL"):
        sms.gateway()


def test_errors_are_told_apart() -> None:
    assert not issubclass(MessageRefused, MessageUnavailable)


def test_a_callers_slip_stops_a_developer_but_no_citizen(settings, caplog) -> None:
    def slip() -> None:
        with transaction.atomic():
            notify("tracking.code", to_phone="+25377831001", to_email="", language="fr",
                   context={"code": "1"}, key="1")  # fmt: skip

    with pytest.raises(ValueError, match="minutes"):
        slip()
    settings.DEV_TOOLS = False
    slip()
    assert "lacks minutes" in caplog.text
    assert Delivery.objects.count() == 1


def test_unknown_language_is_the_portals_own() -> None:
    with transaction.atomic():
        notify("tracking.code", to_phone="+25377831001", to_email="", language="xx-YY",
               context=CONTEXT, key="1")  # fmt: skip
    assert only().language == "fr"

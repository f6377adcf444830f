"""What developers read: captured messages, and how to sign in as sample staff."""

import re
from importlib import import_module

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import Client

from portal.accounts import sample
from portal.notifications.backends import CapturedEmailBackend
from portal.notifications.models import Delivery
from portal.notifications.services import notify

pytestmark = pytest.mark.django_db
import_module("portal.urls")  # reads DEV_TOOLS once: before a test takes it away
MAILBOX, CODES = "/__dev__/mailbox/", "/__dev__/codes/"


def tell(number: int, phone: str = "+25377831001") -> None:
    with transaction.atomic():
        notify(
            "case.granted",
            to_phone=phone,
            to_email="a@b.example",
            language="ar",
            context={"reference": f"R-{number:03}", "url": "/suivi/"},
            key=str(number),
        )


@pytest.mark.parametrize("address", [MAILBOX, CODES])
def test_absent_outside_development(client: Client, settings, address: str) -> None:
    settings.DEV_TOOLS = False
    assert client.get(address).status_code == 404


def test_messages_newest_first_with_links(client: Client) -> None:
    tell(1)
    tell(2)
    page = client.get(MAILBOX).content.decode()
    assert page.index("R-002") < page.index("R-001")
    assert 'href="http://localhost:8000/ar/suivi/"' in page
    assert "SMS" in page
    assert 'dir="auto"' in page


def test_filter_by_recipient_and_pages(client: Client) -> None:
    for number in range(30):
        tell(number)
    tell(99, phone="+25377000009")
    page = client.get(MAILBOX, {"to": "+25377000009"}).content.decode()
    assert "R-099" in page
    assert "R-001" not in page
    second = client.get(MAILBOX, {"page": 2, "to": "+253"})
    assert "?to=%2B253&amp;page=1" in second.content.decode()
    for odd in ({"page": "x"}, {"page": "-1"}, {"to": "%"}, {"to": "\x00'"}, {"to": "x" * 5000}):
        assert client.get(MAILBOX, odd).status_code == 200


def test_text_is_not_markup(client: Client) -> None:
    Delivery.objects.create(
        key="x", kind="x", channel="sms", to="<b>", language="fr", body="<script>alert(1)</script>"
    )
    assert "<script>alert" not in client.get(MAILBOX).content.decode()


def test_mail_of_others_is_captured_too(client: Client) -> None:
    CapturedEmailBackend().send_messages([EmailMessage("Workflow", "Text", to=["e@x.example"])])
    assert "Workflow" in client.get(MAILBOX).content.decode()


def test_codes_of_sample_staff(client: Client, settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path
    assert client.get(CODES).status_code == 200
    logins = sample.load_sample_people()
    page = client.get(CODES).content.decode()
    assert logins[0]["password"] in page
    assert "agent.dj@guichet.example" in page
    staff = [row for row in logins if row["role"] not in {"citizen", "helper"}]
    assert len(re.findall(r">\d{6}<", page)) == len(staff)
    seconds = re.search(r'http-equiv="refresh" content="(\d+)"', page)
    assert seconds
    assert 0 < int(seconds[1]) <= 30

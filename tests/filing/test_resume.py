"""Stopping and coming back: nothing is lost, and a link alone opens nothing."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from eservices.attachments.models import Attachment
from eservices.filing import services, telling
from eservices.filing.models import Draft
from portal.notifications.models import Delivery
from tests.filing.test_way import PERSON, fill, start
from tests.people import make_citizen, sign_in


@pytest.fixture(autouse=True)
def _no_limits():
    cache.clear()


@pytest.mark.parametrize("with_account", [False, True])
def test_link_and_code_continue_on_another_device(client, version, deliver_all, with_account):
    if with_account:
        sign_in(client, make_citizen())
    draft = start(client)
    client.post(reverse("filing:step", args=[draft.pk, "person"]), PERSON)
    client.post(reverse("filing:later", args=[draft.pk]), {"phone": "77 12 34 56"})
    deliver_all()
    sms = Delivery.objects.get(kind="draft.resume_link", channel="sms").body
    path = re.search(r"https?://[^/]+(/\S+)", sms)[1]

    other = type(client)()
    assert "Abdi" not in other.get(path).content.decode()
    page = other.post(path, {"_send": "1"}).content.decode()
    access = re.search(r'name="access" value="([^"]+)"', page)[1]
    deliver_all()
    code = re.search(r"\b\d{6}\b", Delivery.objects.get(kind="draft.code", channel="sms").body)[0]
    response = other.post(path, {"access": access, "code": code})
    assert response.url == reverse("filing:step", args=[draft.pk, "request"])
    back = other.get(reverse("filing:step", args=[draft.pk, "person"])).content.decode()
    assert "ABDI" in back.upper()


def test_forged_link_answers_like_a_true_one_and_sends_nothing(client, version, deliver_all):
    path = reverse("filing:resume", args=["forged"])
    assert client.get(path).status_code == 200
    assert client.post(path, {"_send": "1"}).status_code == 200
    deliver_all()
    assert not Delivery.objects.exists()


def test_saving_and_stopping_keeps_what_is_typed(client, version):
    draft = start(client)
    url = reverse("filing:step", args=[draft.pk, "person"])
    response = client.post(url, {"last_name": "Abdi", "_later": "1"})
    assert response.url == reverse("filing:later", args=[draft.pk])
    assert Draft.objects.get().answers["last_name"].lower() == "abdi"


def test_discarding_takes_the_pieces_too(client, version, photo):
    draft = fill(client, photo)
    client.post(reverse("filing:discard", args=[draft.pk]))
    assert not Draft.objects.exists()
    assert not Attachment.objects.exists()


def test_forgotten_drafts_are_announced_once_then_purged(client, version, photo, deliver_all):
    draft = fill(client, photo)
    soon = timezone.now() + timedelta(days=5)
    Draft.objects.filter(pk=draft.pk).update(phone="+25377123456", expires_at=soon)
    assert telling.warn_expiring() == 1
    assert telling.warn_expiring() == 0
    assert services.purge_expired() == 0
    Draft.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert services.purge_expired() == 1
    assert not Attachment.objects.exists()

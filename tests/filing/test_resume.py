"""Stopping and coming back: nothing is lost, and a link alone opens nothing."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from eservices.attachments.models import Attachment
from eservices.catalog import models as catalog_models
from eservices.filing import services, telling
from eservices.filing.models import Draft
from portal.accounts.models import Office
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


def test_phone_and_code_find_every_draft_saved_with_it(client, version, deliver_all):
    for _number in range(2):
        client.post(reverse("filing:start", args=["extrait-test"]))
    for draft in Draft.objects.all():
        client.post(reverse("filing:later", args=[draft.pk]), {"phone": "77 12 34 56"})
    other, find = type(client)(), reverse("filing:find")
    nobody = other.post(find, {"phone": "77 99 99 99"}).content.decode()
    page = other.post(find, {"phone": "77 12 34 56"})
    assert len(page.content) == len(nobody.encode())
    access = page.context["code_form"].initial["access"]
    deliver_all()
    sms = Delivery.objects.get(kind="draft.code").body
    assert other.post(find, {"access": access, "code": "000 000"}).status_code == 422
    code = re.search(r"\b\d{6}\b", sms)[0]
    assert other.post(find, {"access": access, "code": code}).url == find
    listed = other.get(find).content.decode()
    for draft in Draft.objects.all():
        assert reverse("filing:check", args=[draft.pk]) in listed
        assert other.get(reverse("filing:step", args=[draft.pk, "person"])).status_code == 200


@pytest.mark.parametrize(("name", "with_account"), [("find", False), ("my_requests", True)])
def test_a_draft_is_listed_at_the_time_of_its_office(
    client, version, settings, monkeypatch, name, with_account
):
    settings.TIME_ZONE = "Africa/Abidjan"
    monkeypatch.setattr(catalog_models, "_zones", {})  # what another test read, at another time
    if with_account:
        sign_in(client, make_citizen())
    start(client)
    Draft.objects.update(saved_at=datetime(2026, 5, 4, 22, 41, tzinfo=UTC))
    page = client.get(reverse(f"filing:{name}")).content.decode()
    assert "05/05/2026 01:41" in page
    Office.objects.update(time_zone="Africa/Abidjan")  # corrected by its chief
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert "04/05/2026 22:41" in client.get(reverse(f"filing:{name}")).content.decode()


def test_browser_closed_and_opened_again_is_offered_to_continue(client, version):
    draft = start(client)
    url = reverse("filing:start", args=["extrait-test"])
    assert client.get(url).context["begun"] == []  # nothing was written yet
    client.post(reverse("filing:step", args=[draft.pk, "person"]), PERSON)
    assert reverse("filing:check", args=[draft.pk]) in client.get(url).content.decode()
    assert type(client)().get(url).context["begun"] == []


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


def test_browser_that_lost_its_cookies_finds_its_own_again_and_nobody_elses(client, version):
    draft = start(client)
    page = client.get(reverse("filing:step", args=[draft.pk, "person"])).content.decode()
    way = re.search(r'data-way-back="([^"]+)"', page)[1]
    again, here = reverse("filing:find_again"), reverse("filing:step", args=[draft.pk, "person"])
    other = type(client)()
    assert reverse("filing:find_again") in other.get(here).content.decode()  # it may try
    forged = way.replace(draft.pk.hex, draft.pk.hex[::-1])
    assert other.post(again, {"token": [forged, "x"]}).json() == {"held": []}
    assert other.get(here).status_code == 404
    assert other.post(again, {"token": [forged, way]}).json() == {"held": [str(draft.pk)]}
    assert other.get(here).status_code == 200

    Draft.objects.update(owner=make_citizen())  # of an account: its own door only
    stranger = type(client)()
    assert stranger.post(again, {"token": way}).json() == {"held": []}
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        Draft.objects.update(owner=None)
        assert stranger.post(again, {"token": way}).json() == {"held": []}


def test_shared_computer_is_given_nothing_to_keep(client, version):
    draft = start(client, shared="1")
    page = client.get(reverse("filing:step", args=[draft.pk, "person"])).content.decode()
    assert "data-way-back" not in page

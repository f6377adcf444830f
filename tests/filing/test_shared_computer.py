"""A computer that others use: the session is short, warns, and leaves nothing."""

import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from eservices.filing import access
from eservices.filing.models import Draft
from tests.filing.test_way import fill, send


@pytest.fixture
def draft(client, version):
    client.post(reverse("filing:start", args=["extrait-test"]), {"shared": "1"})
    return Draft.objects.get()


def page_of(draft):
    return reverse("filing:step", args=[draft.pk, "person"])


def test_cookies_end_with_the_browser(client, draft):
    kept = {name: morsel["max-age"] for name, morsel in client.cookies.items() if morsel.value}
    assert kept == {"guichet_shared": "", "guichet_requests_here": ""}
    assert client.get(page_of(draft))["Cache-Control"] == "no-store"


def test_half_an_hour_without_a_sign_closes_the_draft_and_each_page_begins_it_anew(client, draft):
    now = timezone.now()
    with time_machine.travel(now + timezone.timedelta(minutes=25), tick=False):
        assert client.post(reverse("filing:stay")).json() == {"seconds": 1800}
    with time_machine.travel(now + timezone.timedelta(minutes=50), tick=False):
        assert client.get(page_of(draft)).status_code == 200
    with time_machine.travel(now + timezone.timedelta(minutes=81), tick=False):
        assert client.get(page_of(draft)).status_code == 404
        assert client.post(reverse("filing:stay")).status_code == 404


def test_request_that_was_sent_closes_too(client, version, photo):
    draft = fill(client, photo, shared="1")
    page = client.get(send(client, draft).url).content.decode()
    assert 'data-shared="1800"' in page
    assert "data-warning" in page


def test_page_says_when_the_session_ends_and_offers_to_erase_it(client, draft):
    page = client.get(page_of(draft)).content.decode()
    assert re.search(r"cette session se ferme à \d\d:\d\d", page)
    assert 'data-shared="1800"' in page
    assert reverse("filing:forget") in page


def test_erasing_leaves_nothing(client, draft):
    assert client.get(reverse("filing:forget")).status_code == 200  # asked, not done
    assert client.get(page_of(draft)).status_code == 200
    response = client.post(reverse("filing:forget"))
    assert set(response["Clear-Site-Data"].split(", ")) == {'"cache"', '"cookies"', '"storage"'}
    assert client.get(page_of(draft)).status_code == 404
    assert "data-erase" in client.get(response.url).content.decode()


def test_own_device_keeps_thirty_days(client, version):
    client.post(reverse("filing:start", args=["extrait-test"]))
    assert client.cookies[access.HELD]["max-age"] == access.HELD_SECONDS
    page = client.get(page_of(Draft.objects.get())).content.decode()
    assert "data-shared" not in page
    assert reverse("filing:forget") in page

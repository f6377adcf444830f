"""What the citizen's way costs: statements for the database, bytes for a 2G link."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from eservices.cases.models import Case
from eservices.filing.models import Draft
from tests.filing.test_way import PERSON, REQUEST, fill, send, start

FIRST_VISIT = 60_000
NEXT_PAGE = 15_000


def weights(response):
    """Return the compressed bytes of a page and of the files it needs."""
    body = response.content
    assets = set(re.findall(rb'(?:src|href)="/static/([^"?#]+)', body))
    sizes = []
    for path in assets:
        with open(finders.find(path.decode()), "rb") as stream:
            sizes.append(len(gzip.compress(stream.read())))
    return len(gzip.compress(body)), sum(sizes)


def test_each_request_of_the_way_is_cheap(client, version, photo, assert_max_queries):
    slug = reverse("filing:start", args=["extrait-test"])
    draft = start(client)  # the process now keeps what never changes of this version
    client.get(reverse("filing:step", args=[draft.pk, "person"]))
    draft.delete()
    with assert_max_queries(2):  # one more where this browser holds requests: was one begun?
        client.get(slug)
    with assert_max_queries(2):
        client.post(slug)
    draft = Draft.objects.get()
    for step, data in (("person", PERSON), ("request", REQUEST)):
        url = reverse("filing:step", args=[draft.pk, step])
        with assert_max_queries(1):
            client.get(url)
        with assert_max_queries(3):  # the draft is locked: two windows may write at once
            client.post(url, data)
    pieces = reverse("filing:pieces", args=[draft.pk])
    with assert_max_queries(2):
        client.get(pieces)
    with assert_max_queries(8):
        client.post(pieces, {"id_document": photo(), "_continue": "1"})
    check = reverse("filing:check", args=[draft.pk])
    with assert_max_queries(4):
        client.get(check)
    with assert_max_queries(20):
        client.post(check, {"declaration": "1"})
    with assert_max_queries(7):
        client.get(reverse("tracking:case", args=[Case.objects.get().reference]))


def test_pages_are_light(client, version, photo):
    draft = start(client)
    step = client.get(reverse("filing:step", args=[draft.pk, "person"]))
    page, assets = weights(step)
    assert page + assets < FIRST_VISIT
    assert page < NEXT_PAGE
    Draft.objects.all().delete()
    draft = fill(client, photo)
    assert weights(client.get(reverse("filing:check", args=[draft.pk])))[0] < NEXT_PAGE
    status = client.get(send(client, draft).url)
    assert weights(status)[0] < NEXT_PAGE


def test_no_session_and_no_third_party(client, version):
    draft = start(client)
    response = client.get(reverse("filing:step", args=[draft.pk, "person"]))
    assert "sessionid" not in client.cookies
    assert not re.findall(rb'(?:src|href)="(?:https?:)?//', response.content)
    assert "unsafe-inline" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("size", [0, 10_000_000])
def test_enormous_or_empty_posts_are_answered_in_words(client, version, size):
    draft = start(client)
    response = client.post(
        reverse("filing:step", args=[draft.pk, "person"]), {"last_name": "x" * size}
    )
    assert response.status_code in {400, 413, 422}
    assert b"<h1" in response.content


def test_text_of_megabytes_does_not_take_the_other_answers_with_it(client, version):
    draft = start(client)
    response = client.post(
        reverse("filing:step", args=[draft.pk, "person"]),
        PERSON | {"last_name": "x" * 5_000_000},
    )
    assert response.status_code == 422
    assert 'value="Hawa"' in response.content.decode()
    assert Draft.objects.get().answers["first_names"] == "Hawa"


@pytest.mark.parametrize("address", ["/suivi/?a=%00", "/suivi/DJ%00/", "/recherche/?q=a%00b"])
def test_nul_in_an_address_breaks_nothing(client, version, address):
    response = client.get(address)
    assert response.status_code in {200, 400, 404}
    assert b"<h1" in response.content

"""The form on paper: from the same definition, complete, in both directions."""

import gzip
import json

import pytest
from django.urls import reverse

from eservices.cases.models import Case
from tests.filing.test_way import fill, send


def page_of(client, prefix=""):
    response = client.get(prefix + reverse("filing:blank", args=["extrait-test"]))
    assert response.status_code == 200
    return response.content.decode()


def test_every_question_and_document_has_its_boxes(client, version):
    page = page_of(client)
    for text in ("Nom", "Prénoms", "Téléphone", "Copies", "École", "Autre", "Pièce d’identité"):
        assert text in page
    assert "seulement si" in page
    assert page.count('class="p-box"') >= 4
    assert len(gzip.compress(page.encode())) < 15_000


def test_arabic_form_reads_from_the_right(client, version):
    page = page_of(client, "/ar")
    assert 'dir="rtl"' in page
    assert "فقط إذا" in page


def test_what_was_sent_is_printed_for_its_owner_only(client, version, photo):
    send(client, fill(client, photo))
    url = reverse("tracking:summary", args=[Case.objects.get().reference])
    page = client.get(url).content.decode()
    assert "Abdi" in page
    assert "cni.jpg" in page
    assert type(client)().get(url).status_code == 404


@pytest.mark.django_db
def test_form_of_a_service_that_is_not_there(client):
    assert client.get(reverse("filing:blank", args=["rien"])).status_code == 404


def test_the_schema_of_the_answers_is_there_for_programs(client, version):
    response = client.get(reverse("filing:schema", args=["extrait-test"]))
    assert response["Content-Type"].startswith("application/schema+json")
    schema = json.loads(response.content)
    assert schema["x-version"] == version.number
    assert schema["properties"]["copies"]["maximum"] >= 1
    assert client.get(reverse("filing:schema", args=["rien"])).status_code == 404

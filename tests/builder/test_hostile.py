"""Files and drafts that mean harm, or that nobody checked: told in words, never a broken page."""

import copy
import re

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from eservices.catalog.models import EService
from tests.builder.people import client_of, make_staff
from tests.people import make_office
from tests.sample_spec import sample_definition

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher():
    make_office("test-office")
    return client_of(make_staff("Publishers"))


def post_file(client, content):
    upload = SimpleUploadedFile("service.yaml", content)
    return client.post(reverse("builder:import"), {"format": "yaml", "file": upload})


def field(**more):
    return {"key": "x", "type": "text", "label": {"fr": "X"}} | more


def with_fields(*fields):
    definition = sample_definition()
    definition["steps"][0]["fields"] += copy.deepcopy(list(fields))
    return definition


BOMB = "a: &a [x, x]\nb: &b [" + "*a, " * 300 + "]\nsteps: [*b]\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (with_fields(field(key="<b>")), "une clé commence par une lettre"),
        (with_fields(field(label=7)), "steps[0].fields[3].label: un texte est attendu"),
        (with_fields(field(options={"a": 1})), "une liste est attendue"),
        (with_fields("x"), "des entrées nommées sont attendues"),
        (with_fields(field(min=float("nan"))), "un nombre est attendu"),
        (with_fields(field(label={"fr": "a\x00"})), "ne peut pas être gardé"),
        (with_fields(*(field(key=f"x{n}") for n in range(501))), "au plus 60 étapes et 500"),
        (sample_definition(country="DJIBOUTI"), "deux lettres sont attendues"),
        (sample_definition(circuit=[1]), "des entrées nommées sont attendues"),
        (BOMB, "trop profondément"),
        ("steps: " + "[" * 20_000, "trop profondément"),
        ("steps: []\ntitle: é".encode("latin-1"), "UTF-8"),
        ("steps: [!!python/object/apply:os.system ['ls']]", "pas le fichier YAML"),
        ("1: 2\nsteps: []", "mettez-le entre guillemets"),
        ("steps: []\nx: " + "a" * 2_100_000, "2 Mo"),
    ],
)
def test_misshapen_files_are_refused_in_words(publisher, content, told):
    if isinstance(content, dict):
        content = yaml.safe_dump(content)
    response = post_file(publisher, content if isinstance(content, bytes) else content.encode())
    assert response.status_code == 422
    assert told in response.content.decode()
    assert not EService.objects.exists()


def test_a_draft_that_nobody_checked_breaks_no_screen_and_is_not_published(publisher):
    """Well shaped, so it comes in; each fault is then told beside its question."""
    column = {"key": "c", "type": "text", "label": {"fr": "C"}}
    hostile = with_fields(
        field(key="rows", type="group", min=10**9, max=10**9, fields=[column]),
        field(key="bomb", type="pattern", regex="(a+)+$", example="aaa"),
        field(key="endless", show_if={"or": [True] * 20_000}),
        field(key="empty", show_if={}),
        field(key="twice", show_if={"eq": [1, 1], "ne": [1, 2]}),
        field(key="one", type="computed", value={"var": "two"}),
        field(key="two", type="computed", value={"var": "one"}),
        field(key="long", label={"fr": "a" * 30_000}),
        field(key="last_name", label={"fr": "<script>alert(1)</script>"}),
    )
    page = post_file(publisher, yaml.safe_dump(hostile).encode()).content.decode()
    held = re.search(r'name="held" value="([^"]*)"', page)[1]
    names = {"held": held, "slug": "hostile", "code": "H"}
    assert publisher.post(reverse("builder:import"), names).status_code == 302
    eservice = EService.objects.get()
    for name, *args in (
        ("overview",), ("step", "person"), ("field", "rows"), ("field", "empty"), ("preview",),
        ("frame", "person"), ("translations",), ("tests",), ("publish",), ("export",),
    ):  # fmt: skip
        response = publisher.get(reverse(f"builder:{name}", args=[eservice.pk, *args]))
        assert response.status_code == 200, name
        assert name == "export" or b"<script>alert" not in response.content
    check = publisher.get(reverse("builder:check", args=[eservice.pk])).content.decode()
    for told in (
        "nombre entier de 0 à 200", "ne peut pas servir", "trop ou trop peu de parties",
        "ne peut pas être lu", "vient plus tard", "au plus 20000 signes", "a cette clé",
    ):  # fmt: skip
        assert told in check, told
    publish = {"base": eservice.revision, "_publish": "1"}
    address = reverse("builder:publish", args=[eservice.pk])
    assert publisher.post(address, publish).status_code == 422

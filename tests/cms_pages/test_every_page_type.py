"""Every public page type with the whole sample content: what it weighs, what it tells machines."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from wagtail.models import Page

from cms_pages.models import ConsultationIndexPage
from eservices.catalog.models import EServiceVersion
from portal.core import preparation
from tests.cms_pages.public_pages import PAGES

FIRST_VISIT, NEXT_PAGE = 40_000, 12_000
MOST_REQUESTS = 10
IMPORTS = re.compile(r"""(?:import|from)\s*\(?["']\./([\w/]+\.js)["']""")
# Of each type: what must be there. Of each property: the types that schema.org allows in it.
REQUIRED = {
    "GovernmentService": {"name", "description", "identifier", "url", "provider"},
    "GovernmentOrganization": {"name"},
    "ServiceChannel": {"name", "availableLanguage"},
    "Offer": {"price", "priceCurrency"},
    "GovernmentOffice": {"name", "address", "openingHoursSpecification"},
    "OpeningHoursSpecification": {"dayOfWeek", "opens", "closes"},
    "GeoCoordinates": {"latitude", "longitude"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name"},
    "FAQPage": {"mainEntity", "inLanguage"},
    "Question": {"name", "acceptedAnswer"},
    "Answer": {"text"},
    "HowTo": {"name", "step", "inLanguage"},
    "HowToSection": {"position", "name", "itemListElement"},
    "HowToStep": {"name"},
    "Event": {"name", "startDate", "endDate", "location", "organizer", "eventAttendanceMode"},
    "VirtualLocation": {"url"},
    "DigitalDocument": {"name"},
    "Place": {"name", "address"},
    "ContactPoint": {"telephone"},
}
INSIDE = {
    "provider": {"GovernmentOrganization"},
    "availableChannel": {"ServiceChannel"},
    "offers": {"Offer"},
    "mainEntity": {"Question"},
    "step": {"HowToSection"},
    "serviceOutput": {"DigitalDocument"},
}
EXPECTED = {
    "guide": ["GovernmentService", "BreadcrumbList"],
    "office": ["GovernmentOffice"],
    "questions": ["FAQPage", "BreadcrumbList"],
    "step by step": ["HowTo", "BreadcrumbList"],
    "consultation": ["Event", "BreadcrumbList"],
    "life event": ["BreadcrumbList"],
    "guide of a commune": ["GovernmentService", "BreadcrumbList"],
}


@pytest.fixture(scope="module")
def whole(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The whole sample content, loaded once."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_sample", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(whole, name):
    visitor = Client(headers={"host": "localhost", "accept-encoding": "br, gzip"})
    response = visitor.get(PAGES[name])
    html = unpacked(response)
    assert response.status_code == (404 if name == "not found" else 200)
    assert not re.findall(r"""(?:src|srcset)=["'](?:https?:)?//""", html)

    assets = {path: packed(path) for path in loaded(html)}
    pictures = set(re.findall(r"""<img[^>]+src=["']([^"']+)""", html))
    assert len(response.content) <= NEXT_PAGE
    assert len(response.content) + sum(assets.values()) <= FIRST_VISIT, assets
    assert 2 + len(assets) + len(pictures) <= MOST_REQUESTS  # the page, its icon


def unpacked(response) -> str:
    """Return the page; one that is not kept is packed by gzip (ADR 0007)."""
    packing = {"br": brotli.decompress, "gzip": gzip.decompress}[response["Content-Encoding"]]
    return packing(response.content).decode()


def loaded(html: str) -> set[str]:
    """Return the style sheets and scripts of a page, with the modules that these import."""
    wanted = re.findall(r"""<(?:link rel="stylesheet" href|script[^>]* src)="([^"]+)""", html)
    found: set[str] = set()
    while wanted:
        path = wanted.pop()
        if path not in found:
            found.add(path)
            folder = path.rpartition("/")[0]
            wanted += [f"{folder}/{name}" for name in IMPORTS.findall(text(path))]
    return found


def packed(path: str) -> int:
    return len(brotli.compress(text(path).encode()))


def text(path: str) -> str:
    name = path.partition("?")[0].removeprefix(settings.STATIC_URL)
    file = finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", name).lstrip("/"))
    return Path(str(file)).read_text() if file else ""


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["", "/ar"])
def test_every_kind_of_page_says_what_it_is(whole, language):
    visitor = Client(headers={"host": "localhost"})
    for name, types in EXPECTED.items():
        html = visitor.get(language + PAGES[name]).content.decode()
        found = json.loads(re.search(r'ld\+json">(.*?)</script>', html)[1])
        found = found if isinstance(found, list) else [found]
        assert [node["@type"] for node in found] == types, name
        assert [fault for node in found for fault in faults(node)] == [], name
        assert all(node["@context"] == "https://schema.org" for node in found)


def faults(node: dict) -> list[str]:
    """Return what is missing or of the wrong type in `node` and in what it holds."""
    kind = node["@type"]
    found = [f"{kind} without {name}" for name in REQUIRED[kind] - node.keys()]
    for name, value in node.items():
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, dict):
                if name in INSIDE and child["@type"] not in INSIDE[name]:
                    found.append(f"{child['@type']} as {name} of {kind}")
                found += faults(child)
            elif child in (None, ""):
                found.append(f"empty {name} in {kind}")
    return found


@pytest.mark.django_db
def test_load_that_was_interrupted_is_completed_by_the_next_start(whole, settings, tmp_path):
    settings.DATA_DIR, settings.DEV_TOOLS = tmp_path, True
    before = (Page.objects.count(), EServiceVersion.objects.count())
    for page in ConsultationIndexPage.objects.all():  # what is loaded last
        page.delete()
    said: list[str] = []
    preparation.load_sample(said.append)
    assert (Page.objects.count(), EServiceVersion.objects.count()) == before
    preparation.load_sample(said.append)
    assert len(said) == 1

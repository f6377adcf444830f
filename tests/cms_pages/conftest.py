"""The sample site."""

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from cms_pages import page_cache
from cms_pages.models import ProcedurePage
from cms_pages.sample import load_sample_pages
from eservices.catalog.models import EService, EServiceVersion

GUIDE = "/themes/etat-civil/extrait-acte-naissance/"


def make_eservice(code: str, *, unit: int = 500, currency: str = "DJF") -> EService:
    """Return an e-service with one published version and one fee."""
    eservice = EService.objects.create(
        slug=code.lower(), code=code, title={"fr": f"Demande {code}"}, country="DJ"
    )
    publish(eservice, unit=unit, currency=currency)
    return eservice


def publish(eservice: EService, *, unit: int, currency: str = "DJF") -> None:
    number = eservice.versions.count() + 1
    spec = {
        "currency": currency,
        "fees": [
            {"code": "copies", "label": {"fr": "Copies"}, "unit": unit, "per": {"fr": "copie"}}
        ],
        "delay": {"working_days": 3},
    }
    eservice.current = EServiceVersion.objects.create(
        eservice=eservice, number=number, spec=spec, spec_sha256=f"{eservice.slug}-{number}"
    )
    eservice.save()


@pytest.fixture(scope="module")
def sample(django_db_setup, django_db_blocker):
    """Load once for all tests of a module; each of them runs in a savepoint inside."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_eservice("SV-01")
        make_eservice("SV-02", unit=1900, currency="XOF")
        load_sample_pages()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def site(sample, db):
    """The sample site with two e-services open."""


@pytest.fixture
def portal(live_server, settings, from_kept):
    """The whole sample content behind an address that its own links use."""
    settings.BASE_URL = live_server.url
    from_kept("sample", lambda: call_command("load_sample", verbosity=0))
    page_cache.forget()
    return live_server


@pytest.fixture
def guide(site) -> ProcedurePage:
    return ProcedurePage.objects.get(identifier="SV-01", locale__language_code="fr")


@pytest.fixture
def visitor(site) -> Client:
    """An anonymous browser on a site that has already been visited once."""
    client = Client(headers={"host": "localhost"})
    client.get(GUIDE)
    return client

import pytest
from django.db import connection

from eservices.payments import services as payments
from eservices.payments.models import Payment
from eservices.payments.sandbox.api import application as sandbox_application
from tests.payments.wire import wired

RETURN = "https://portal.test/suivi/retour"
CANCEL = "https://portal.test/suivi/paiement"


def make_payment(
    reference: str = "DJ26-7K3M9Q2X-4", unit: int = 500, quantity: int = 3, series: str = "DJ-ECC"
) -> Payment:
    """A boring debt: three copies at 500 DJF."""
    label = {"fr": "Copie", "en": "Copy"}
    line = {"code": "copies", "label": label, "quantity": quantity, "unit": unit}
    return payments.create(
        reference=reference,
        lines=[line | {"amount": quantity * unit}],
        currency="DJF",
        description="Extrait d'acte de naissance",
        receipt_series=series,
    )


def start(payment: Payment, language: str = "fr") -> str:
    return payments.start(payment, return_url=RETURN, cancel_url=CANCEL, language=language)


@pytest.fixture
def payment(db) -> Payment:
    return make_payment()


@pytest.fixture(autouse=True)
def _no_left_over_fault():
    yield
    sandbox_application.faults.clear()


@pytest.fixture
def only_postgresql(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: races are proved on PostgreSQL")


@pytest.fixture
def wire():
    with wired() as made:
        yield made

import pytest

from eservices.registers import services
from portal.accounts.models import Role
from tests.factories import AgentFactory, OfficeFactory

LINES = {
    "code": "lignes-test",
    "title": {"fr": "Lignes budgétaires"},
    "currency": "XOF",
    "languages": ["fr"],
    "key": "code",
    "label": "{code} {name}",
    "columns": [
        {"key": "code", "type": "text", "label": {"fr": "Imputation"}},
        {"key": "name", "type": "text", "label": {"fr": "Intitulé"}},
        {"key": "credit", "type": "money", "label": {"fr": "Crédit"}},
        {"key": "opened", "type": "date", "label": {"fr": "Ouverte le"}, "required": False},
    ],
    "balance": "credit",
}
DRIVERS = {
    "code": "agents-test",
    "title": {"fr": "Agents"},
    "languages": ["fr"],
    "key": "number",
    "label": "{name} ({number})",
    "columns": [
        {"key": "number", "type": "text", "label": {"fr": "Matricule"}},
        {"key": "name", "type": "text", "label": {"fr": "Nom"}},
        {
            "key": "category",
            "type": "choice",
            "label": {"fr": "Catégorie"},
            "options": [{"value": "A", "label": {"fr": "Cadre"}}, {"value": "E", "label": {"fr": "Chauffeur"}}],
        },
    ],
    "periods": True,
}  # fmt: skip


@pytest.fixture
def office(db):
    return OfficeFactory(code="bf-daf-test", country="BF", time_zone="Africa/Ouagadougou")


@pytest.fixture
def keeper(office):
    return AgentFactory(office=office)


@pytest.fixture
def reader(db):
    return AgentFactory(office=OfficeFactory(code="bf-reader"), role=Role.CHIEF)


def with_doors(definition, office):
    doors = [
        {"office": office.code, "role": "agent", "keep": True},
        {"office": office.code, "role": "chief", "keep": True},
    ]
    return {**definition, "doors": doors}


@pytest.fixture
def lines(office):
    return services.save_register(with_doors(LINES, office))


@pytest.fixture
def drivers(office):
    return services.save_register(with_doors(DRIVERS, office))


@pytest.fixture
def line(lines, keeper):
    values = {"code": "21-6", "name": "Missions", "credit": 1_000_000}
    return services.add_entry(lines, values, actor=keeper)


@pytest.fixture
def driver(drivers, keeper):
    values = {"number": "M100", "name": "Salif Traoré", "category": "E"}
    return services.add_entry(drivers, values, actor=keeper)

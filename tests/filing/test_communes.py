"""A request that is filed at a commune: its office handles it, its fee is due, and is pinned."""

import pytest
from django.urls import reverse

from eservices.cases import services as cases
from eservices.cases.errors import NoOffice
from eservices.cases.models import Case
from eservices.catalog import local
from eservices.catalog import services as catalog
from eservices.catalog.errors import DefinitionRefused
from eservices.catalog.models import LocalOffer
from eservices.filing.models import Draft
from tests.filing.test_way import PERSON, REQUEST, send
from tests.people import make_office
from tests.sample_spec import sample_definition

pytestmark = pytest.mark.django_db
START = "/demarches/extrait-test/"


@pytest.fixture
def version(office):
    definition = sample_definition(local=True)
    definition["fees"][0]["ceiling"] = 2 * definition["fees"][0]["unit"]
    return catalog.publish(definition)


@pytest.fixture
def fee(version):
    return version.spec["fees"][0]


@pytest.fixture
def parakou(version, fee):
    office = make_office("dj-parakou")
    local.offer(version.eservice, office, fees={fee["code"]: fee["unit"] + 7}, deliberation="D 1")
    return office


def test_the_person_chooses_an_office_and_the_commune_is_chosen_beforehand(client, parakou):
    page = client.get(START + "?lieu=dj-parakou").content.decode()
    assert '<option value="dj-parakou" selected>' in page
    assert '<option value="test-office">' in page

    response = client.post(START, {"lieu": "elsewhere"})
    assert response.status_code == 422
    assert "Choisissez un service de la liste" in response.content.decode()
    assert not Draft.objects.exists()


def test_the_request_goes_to_the_commune_at_its_own_fee(client, parakou, fee, photo):
    assert client.post(START, {"lieu": "dj-parakou"}).status_code == 302
    draft = Draft.objects.get()
    # The commune changes its mind: what was begun keeps its price.
    LocalOffer.objects.update(fees={})
    for step, data in (("person", PERSON), ("request", REQUEST)):
        client.post(reverse("filing:step", args=[draft.pk, step]), data)
    pieces = {"id_document": photo(), "_continue": "1"}
    client.post(reverse("filing:pieces", args=[draft.pk]), pieces)
    response = send(client, draft)

    assert response.status_code == 302
    case = Case.objects.get()
    assert case.office == parakou
    (line,) = case.payment.lines
    assert line["unit"] == fee["unit"] + 7
    assert case.payment.amount == line["quantity"] * (fee["unit"] + 7)


def test_an_office_that_offers_nothing_receives_nothing(version):
    stranger = make_office("dj-stranger")
    with pytest.raises(NoOffice):
        cases.open_case(
            version=version,
            applicant=cases.Applicant(name="X"),
            answers={**PERSON, **REQUEST},
            office=stranger,
        )


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"local": "yes"}, "local: true or false"),
        ({}, "only a service with local: true"),
        ({"local": True, "ceiling": 1}, "not below the national fee"),
    ],
)
def test_a_definition_says_clearly_how_far_a_commune_may_go(office, changes, fault):
    definition = sample_definition()
    definition["fees"][0]["ceiling"] = 10_000
    if "ceiling" in changes:
        definition["fees"][0]["ceiling"] = changes.pop("ceiling")
    with pytest.raises(DefinitionRefused) as refused:
        catalog.publish({**definition, **changes})
    assert any(fault in error for error in refused.value.details["errors"])

"""A confidential request exists only for its chain and the readers it names, wherever one looks."""

import pytest

from eservices.backoffice import search
from eservices.backoffice.access import Agent
from eservices.backoffice.filters import Filters
from eservices.backoffice.queue import Queue
from eservices.cases import services as cases
from eservices.cases.models import Case
from eservices.casework import relatives
from tests.people import make_agent, make_office, sign_in

NAMED = "nommee@example.org"
SECRET = {
    "if": {"eq": [{"var": "reason"}, "other"]},
    "readers": [NAMED],
}
FIRST = {
    "key": "visa",
    "kind": "visa",
    "role": "chief",
    "office": "tax-office",
    "title": {"fr": "V"},
}
REVIEW = {"key": "review", "kind": "review", "role": "agent", "title": {"fr": "Examen"}}
SIGNATURE = {"key": "signature", "kind": "signature", "role": "chief", "title": {"fr": "S"}}


@pytest.fixture
def secret(open_case, sample_answers):
    make_office("tax-office")
    return open_case(
        answers=sample_answers,
        confidential=SECRET,
        circuit={"stages": [FIRST, REVIEW, SIGNATURE]},
    )


@pytest.fixture
def sample_answers():
    return {
        "last_name": "ABDI", "first_names": "Hawa", "phone": "+25377123456", "copies": 2,
        "reason": "other", "other_reason": "Voyage",
    }  # fmt: skip


def sees(person, case, client):
    """Return every place in which `person` meets the case; all agree."""
    agent = Agent.of(person)
    filters = Filters.read({})
    sign_in(client, person)
    places = {
        "scope": Case.objects.for_agent(person).filter(pk=case.pk).exists(),
        "search": bool(search.find(agent, case.reference).reference),
        "words": bool(search.find(agent, "ABDI").rows),
        "queue": case.reference in [row.reference for row in Queue(agent, filters).page().rows],
        "export": Queue(agent, filters).every().filter(pk=case.pk).exists(),
        "page": client.get(f"/agent/dossiers/{case.reference}/").status_code == 200,
    }
    assert len(set(places.values())) == 1, places
    return places["page"]


def test_the_office_meets_it_only_when_the_circuit_comes_there(secret, person, client):
    agent, chief, office = person(), person("chief"), secret.office
    assert secret.is_restricted
    assert not sees(agent, secret, client)
    visa = make_agent(Case.objects.get().tasks.get().office, "chief")
    assert Case.objects.for_agent(visa).filter(pk=secret.pk).exists()
    cases.take(secret, actor=visa)
    cases.complete(secret, actor=visa, outcome="favourable")
    assert sees(agent, secret, client)
    assert not sees(chief, secret, client)
    cases.take(secret, actor=agent)
    cases.propose(secret, actor=agent, outcome="granted")
    assert sees(chief, secret, client)
    assert Case.objects.for_agent(visa).filter(pk=secret.pk).exists()  # had a part in it
    assert office == secret.office


def test_who_is_named_reads_it_from_another_office(open_case, sample_answers, client):
    stranger = make_office("elsewhere")
    named, other = make_agent(stranger), make_agent(stranger)
    type(named).objects.filter(pk=named.pk).update(email=NAMED)
    case = open_case(answers=sample_answers, confidential=SECRET)
    sign_in(client, named)
    assert client.get(f"/agent/dossiers/{case.reference}/").status_code == 200
    assert case.readings.get().reader_id == named.pk
    sign_in(client, other)
    assert client.get(f"/agent/dossiers/{case.reference}/").status_code == 404


def test_another_request_of_the_same_person_does_not_betray_it(secret, open_case, person):
    agent = person()
    other = open_case(slug="other", code="O-1")
    near = relatives.of(other, reader=agent, office_ids=[other.office_id])
    assert (near.visible, near.hidden) == ([], 0)


def test_a_correction_that_makes_it_public_opens_it(secret, person, client):
    agent = person()
    cases.take(secret, actor=make_agent(secret.tasks.get().office, "chief"))
    holder = secret.tasks.get().assignee
    items = [{"kind": "field", "key": "reason", "reason": "unreadable", "note": ""}]
    cases.ask(secret, actor=holder, items=items, message="")
    cases.reply(secret, answers={"reason": "school"})
    assert Case.objects.for_agent(agent).filter(pk=secret.pk).exists()

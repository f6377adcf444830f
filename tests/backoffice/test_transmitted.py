"""Acts subject to control: the office above reads the act, never the case; all of it on record."""

import pytest
from django.test import Client
from django.urls import reverse

from eservices.cases import services as cases
from eservices.cases import usage
from eservices.cases.models import CaseReading
from eservices.tutelage.models import Transmission
from eservices.tutelage.services import renew, transmit
from portal.audit.models import AuditLine
from portal.notifications.models import Delivery
from portal.outbox.services import drain
from tests.backoffice.test_acts import DOCUMENT, grant
from tests.factories import AgentFactory, CaseFactory, EServiceVersionFactory, OfficeFactory
from tests.private_files import private_folder  # noqa: F401

pytestmark = pytest.mark.django_db
LIST = "/agent/actes/transmis/"


@pytest.fixture
def prefecture(office):
    office.parent = OfficeFactory(code="dj-prefecture")
    office.save()
    return office.parent


@pytest.fixture
def prefect(prefecture):
    return AgentFactory(office=prefecture, role="chief", full_name="Célestin Akakpo")


@pytest.fixture
def granted(office, prefecture, agent, chief):
    return issued(office, agent, chief)


def issued(office, agent, chief, **more):
    version = EServiceVersionFactory(
        offices=[office.code], documents=[{**DOCUMENT, "controlled": True, **more}]
    )
    case = CaseFactory(office=office, version=version, submitted=True)
    grant(case, agent, chief)
    drain()
    case.refresh_from_db()
    return case


def test_the_prefect_reads_the_act_and_the_person_reads_that_he_did(granted, desk, prefect):
    client, sent = desk(prefect), Transmission.objects.get()
    shown = client.get(LIST).content.decode()
    assert sent.document.number in shown
    assert "Hodan" not in shown  # no name of a citizen in the list
    assert client.get(reverse("backoffice:queue")).content.decode().count(LIST) == 1
    pdf = client.get(f"{LIST}{sent.pk}/acte.pdf")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")

    reading = CaseReading.objects.get(case=granted, reader=prefect)
    assert (reading.role, reading.office, reading.what) == ("chief", sent.office, "act:control")
    told = usage.as_json(usage.of_case(granted))["usages"][0]
    assert "Contrôle du document par l'autorité supérieure" in told["action"]
    assert (told["receiverCode"], "Akakpo" in told["receiverName"]) == ("dj-prefecture", True)
    line = AuditLine.objects.get(act="case.read", actor_key=prefect.pk)
    assert line.office == "dj-prefecture"

    address = f"/agent/dossiers/{granted.reference}/"
    for closed in (address, f"{address}acte.pdf", f"{address}historique/", f"{address}imprimer/"):
        assert client.get(closed).status_code == 404
    found = client.get("/agent/recherche/", {"q": granted.reference}).content.decode()
    assert address not in found
    figures = client.get("/agent/chiffres/").content.decode()
    assert sent.issuer.name_in("fr") in figures


def test_others_do_not_find_it(granted, desk, chief, prefecture):
    sent = Transmission.objects.get()
    elsewhere = AgentFactory(office=OfficeFactory(code="dj-autre"), role="chief")
    clerk = AgentFactory(office=prefecture)
    for person in (elsewhere, clerk, chief):
        client = desk(person)
        for address in (f"{LIST}{sent.pk}/", f"{LIST}{sent.pk}/acte.pdf"):
            assert client.get(address).status_code == 404
        assert client.post(f"{LIST}{sent.pk}/vu/").status_code == 404
    assert sent.document.number not in desk(elsewhere).get(LIST).content.decode()
    assert Client().get(f"{LIST}{sent.pk}/acte.pdf").status_code == 302
    assert not CaseReading.objects.filter(what="act:control").exists()


def test_what_was_cancelled_or_replaced_is_to_be_seen_again(granted, desk, chief, prefect):
    client, sent = desk(prefect), Transmission.objects.get()
    assert client.post(f"{LIST}{sent.pk}/vu/").status_code == 302
    assert sent.document.number not in client.get(LIST, {"seen": "no"}).content.decode()

    newer = cases.replace_act(granted, actor=chief, reason="Nom mal écrit")
    drain()
    sent.refresh_from_db()
    assert (sent.seen_at, sent.seen_by) == (None, None)
    assert list(Transmission.objects.values_list("document__status", flat=True)).count("valid") == 1
    cases.cancel_act(granted, actor=chief, reason="Faux")
    drain()
    again = Transmission.objects.get(document=newer)
    assert "Annulé" in client.get(LIST, {"seen": "no"}).content.decode()

    client.post(f"{LIST}{again.pk}/vu/")
    newer.refresh_from_db()
    renew(newer)  # told twice: what was seen stays seen
    transmit(newer)
    again.refresh_from_db()
    assert again.seen_by == prefect
    assert Transmission.objects.count() == 2


def test_an_observation_is_read_in_the_history_by_the_office(granted, desk, chief, prefect):
    client, sent = desk(prefect), Transmission.objects.get()
    refused = client.post(f"{LIST}{sent.pk}/", {"function": "", "text": "Le visa manque."})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Le visa manque." in page  # what was typed stays
    assert "Écrivez votre fonction" in page
    said = {"function": "Le préfet", "text": "Le visa du chef de quartier manque."}
    assert client.post(f"{LIST}{sent.pk}/", said).status_code == 302
    drain()

    history = desk(chief).get(reverse("backoffice:history", args=[granted.reference]))
    page = history.content.decode()
    for words in (said["text"], "Le préfet, Bureau dj-prefecture", "Célestin Akakpo"):
        assert words in page
    mail = Delivery.objects.get(kind="act.observed")
    assert mail.to == chief.email
    assert Transmission.objects.get().seen_by == prefect
    assert AuditLine.objects.filter(act="act.observed", office="dj-prefecture").exists()


def test_only_what_is_subject_to_control_is_sent_and_never_an_exercise(
    office, prefecture, agent, chief
):
    issued(office, agent, chief, controlled=False)
    assert not Transmission.objects.exists()
    office.is_training = True
    office.save()
    version = EServiceVersionFactory(
        slug="autre",
        code="T-9",
        offices=[office.code],
        documents=[{**DOCUMENT, "controlled": True}],
    )
    grant(CaseFactory(office=office, version=version, submitted=True), agent, chief)
    drain()
    assert not Transmission.objects.exists()


def test_the_list_keeps_to_few_queries(granted, desk, prefect, django_assert_max_num_queries):
    client = desk(prefect)
    client.get(LIST)
    with django_assert_max_num_queries(11):
        assert client.get(LIST, {"office": "dj-central", "seen": "no"}).status_code == 200

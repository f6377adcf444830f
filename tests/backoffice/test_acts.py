"""After the act: a chief cancels it or replaces it; the register shows every number."""

import pytest
from django.test import Client
from django.urls import reverse

from eservices.cases import services as cases
from eservices.cases.errors import NotAllowed
from eservices.documents.models import IssuedDocument
from portal.notifications.models import Delivery
from portal.outbox.services import drain
from tests.documents.samples import read
from tests.factories import AgentFactory, CaseFactory, EServiceVersionFactory, OfficeFactory
from tests.private_files import private_folder  # noqa: F401

pytestmark = pytest.mark.django_db
DOCUMENT = {
    "key": "attestation",
    "title": {"fr": "Attestation de résidence"},
    "series": "RES",
    "body": [{"text": {"fr": "Le chef atteste que **{last_name}** réside ici."}}],
}


@pytest.fixture
def granted(office, agent, chief):
    """A granted case whose act was issued."""
    case = filed(office)
    grant(case, agent, chief)
    drain()
    case.refresh_from_db()
    return case


def filed(office):
    version = EServiceVersionFactory(offices=[office.code], documents=[DOCUMENT])
    return CaseFactory(office=office, version=version, submitted=True)


def grant(case, agent, chief) -> None:
    """Take a filed case through its two stages."""
    cases.take(case, actor=agent)
    cases.propose(case, actor=agent, outcome="granted")
    cases.take(case, actor=chief)
    cases.grant(case, actor=chief)


def act_of(case) -> IssuedDocument:
    case.decision.refresh_from_db()
    return case.decision.document


def test_a_chief_cancels_the_act_and_the_person_and_the_public_know(granted, desk, chief):
    client, act = desk(chief), act_of(granted)
    assert "Le remplacer" in client.get(f"/agent/dossiers/{granted.reference}/").content.decode()
    address = reverse("backoffice:cancel_act", args=[granted.reference])
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "Erreur de filiation"}).status_code == 302
    drain()

    act.refresh_from_db()
    assert act.status == "cancelled"
    public = Client().get(reverse("documents:verified", args=[act.code])).content.decode()
    assert "annulé" in public
    told = Delivery.objects.filter(kind="case.act_cancelled")
    assert told.exists()
    assert granted.reference in told.first().body
    answer = client.get(address, follow=True).content.decode()  # twice: nothing to cancel any more
    assert "Annulé" in answer


def test_a_corrected_act_takes_a_new_number_and_ends_the_former(granted, desk, chief):
    former = act_of(granted)
    address = reverse("backoffice:replace_act", args=[granted.reference])
    assert desk(chief).post(address, {"reason": "Nom mal écrit"}).status_code == 302
    drain()
    newer = act_of(granted)
    former.refresh_from_db()
    assert (former.status, former.replaced_by_id) == ("replaced", newer.pk)
    assert newer.number[-6:] == "000002"
    assert Delivery.objects.filter(kind="case.act_replaced").exists()


def test_nobody_but_a_chief_of_that_office_may(granted, desk, agent):
    elsewhere = AgentFactory(office=OfficeFactory(code="bj-ailleurs"), role="chief")
    for person in (agent, elsewhere):
        address = reverse("backoffice:cancel_act", args=[granted.reference])
        assert desk(person).post(address, {"reason": "Essai"}).status_code in {404, 409}
    assert act_of(granted).status == "valid"


def test_the_register_shows_every_number_and_what_became_of_it(granted, desk, chief):
    cases.replace_act(granted, actor=chief, reason="Nom mal écrit")
    client = desk(chief)
    html = client.get(reverse("backoffice:issued")).content.decode()
    first, second = IssuedDocument.objects.order_by("number")
    assert html.index(first.number) < html.index(second.number)
    assert "Nom mal écrit" in html
    pdf = client.get(reverse("backoffice:issued_pdf"))
    assert pdf["Content-Type"] == "application/pdf"
    text = read(pdf.content)
    assert second.number in text

    IssuedDocument.objects.filter(pk=first.pk).update(
        replaced_by=None, status="valid", status_reason=""
    )
    first.delete()
    assert first.number in client.get(reverse("backoffice:issued")).content.decode()  # as missing


def test_the_register_of_another_office_is_never_shown(granted, desk):
    stranger = AgentFactory(office=OfficeFactory(code="bj-ailleurs"), role="chief")
    address = reverse("backoffice:issued") + f"?office={granted.office.code}&year=9999&page=x"
    assert "ABDI" not in desk(stranger).get(address).content.decode()


def test_a_granted_request_is_opened_again_and_its_act_ends_at_once(granted, desk, agent, chief):
    former = act_of(granted)
    address = reverse("backoffice:reopen", args=[granted.reference])
    assert desk(chief).post(address, {"reason": "Filiation contestée"}).status_code == 302
    drain()
    former.refresh_from_db()
    granted.refresh_from_db()
    assert (former.status, granted.status, granted.stage) == ("cancelled", "in_review", "review")
    event = granted.events.get(action="reopen")
    assert (event.note, event.data["number"]) == ("Filiation contestée", former.number)
    assert Delivery.objects.filter(kind="case.reopened").exists()

    grant(granted, agent, chief)
    drain()
    granted.refresh_from_db()
    newer = act_of(granted)
    assert (newer.status, newer.number[-6:]) == ("valid", "000002")
    former.refresh_from_db()
    assert (former.status, former.replaced_by) == ("replaced", newer)
    public = Client().get(reverse("documents:verified", args=[former.code])).text
    assert "remplacé" in public
    assert newer.number not in public  # who holds the old paper learns nothing of the new one
    # Told twice: the second decision is news too.
    assert Delivery.objects.filter(kind="case.granted", channel="sms").count() == 2


def test_a_request_opened_again_before_its_act_was_made_gets_none(office, agent, chief):
    case = filed(office)
    grant(case, agent, chief)
    cases.reopen(case, actor=chief, reason="Erreur")
    drain()
    assert not IssuedDocument.objects.exists()
    assert not Delivery.objects.filter(kind="case.granted").exists()


def test_who_examined_cancels_the_act_and_never_signs_the_corrected_one(granted, desk, agent):
    """Made a chief since, the agent would sign what he examined (SEC-4)."""
    agent.office_memberships.create(office=granted.office, role="chief")
    shown = desk(agent).get(f"/agent/dossiers/{granted.reference}/").content.decode()
    assert "L’annuler" in shown or "L'annuler" in shown
    assert "Le remplacer" not in shown
    address = reverse("backoffice:replace_act", args=[granted.reference])
    desk(agent).post(address, {"reason": "Nom mal écrit"})
    with pytest.raises(NotAllowed):
        cases.replace_act(granted, actor=agent, reason="Nom mal écrit")
    assert IssuedDocument.objects.count() == 1

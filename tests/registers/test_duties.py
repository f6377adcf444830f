"""What is owed after a decision (CIM-7): reminded, received, or written in the recovery list."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from eservices.cases import services as cases
from eservices.cases.models import Case
from eservices.documents import services as documents
from eservices.duties import services as duties
from eservices.duties.models import Duty
from eservices.filing import services
from eservices.registers.models import PeriodReservation, RegisterEntry
from portal.notifications.models import Delivery
from tests.people import sign_in
from tests.registers.test_mission import (  # noqa: F401
    credits_left,
    fill,
    member,
    mission,
    requester,
    sign,
    visa,
)
from tests.sittings.conftest import pdf

RETURN = 12  # the day, from today, when the mission of the tests is back


@pytest.fixture
def signed(mission, requester, deliver_all):  # noqa: F811
    case = services.submit(fill(mission, requester))
    visa(case, "bf-agri-dgpv", "chief", "favourable")
    visa(case, "bf-agri-daf", "agent", "available", values={"commitment": "ENG-1"})
    visa(case, "bf-validation-missions", "agent", "validated")
    sign(case)
    deliver_all()
    case.refresh_from_db()
    return case


def on(offset):
    return duties.sweep(timezone.localdate() + timedelta(days=RETURN + offset))


def recovery():
    return RegisterEntry.objects.filter(register__code="ordres-de-recette-agriculture")


def test_a_missing_report_is_reminded_twice_then_goes_to_the_recovery_list(signed):
    assert on(9) == (0, 0)
    assert on(10) == (1, 0)
    assert on(10) == (0, 0)
    assert on(15) == (1, 0)
    assert Delivery.objects.filter(kind="duty.reminder").count() == 2
    assert recovery().count() == 0
    assert on(16) == (0, 1)
    assert on(17) == (0, 0)
    entry = recovery().get()
    assert entry.values["total"] == 87_000
    assert entry.values["lead"] == "OUÉDRAOGO Alassane"


def test_a_report_received_in_time_settles_the_credits(signed, requester, client):  # noqa: F811
    duty = Duty.objects.get()
    with pytest.raises(duties.DutyRefused):
        duties.receive(duty, actor=requester)
    daf = member("bf-agri-daf")
    sign_in(client, daf)
    page = client.get(reverse("backoffice:duties"))
    assert signed.reference in page.content.decode()
    client.post(reverse("backoffice:duties"), {"duty": str(duty.pk), "note": "Original visé"})
    line = RegisterEntry.objects.get(key="61-2-1-DGPV")
    assert (line.reserved, line.consumed) == (0, 87_000)
    assert on(16) == (0, 0)
    assert recovery().count() == 0
    with pytest.raises(duties.DutyRefused):
        duties.receive(duty, actor=daf)


def test_a_cancelled_order_gives_back_people_and_credits(signed, deliver_all):
    document = signed.decision.document
    documents.revoke(document, "Mission annulée", member("bf-agri-sg", "chief"))
    deliver_all()
    assert credits_left() == 6_000_000
    assert not PeriodReservation.objects.standing().exists()


def test_a_mission_taken_back_owes_nothing_and_leaves_the_list_of_orders(signed, deliver_all):
    orders = RegisterEntry.objects.filter(register__code="ordres-de-mission-agriculture")
    assert (Duty.objects.count(), orders.open().count()) == (1, 1)
    secretary = member("bf-agri-sg", "chief")
    cases.reopen(signed, actor=secretary, reason="Dates à revoir")
    deliver_all()
    assert (Duty.objects.count(), orders.open().count()) == (0, 0)
    assert credits_left() == 6_000_000 - 87_000  # still held: the mission is examined again
    # The superior is named: the request is under examination again, and in his hands.
    cases.complete(signed, actor=member("bf-agri-dgpv", "chief"), outcome="favourable")
    visa(signed, "bf-agri-daf", "agent", "available", values={"commitment": "ENG-2"})
    visa(signed, "bf-validation-missions", "agent", "validated")
    sign(signed)
    deliver_all()
    assert (Duty.objects.count(), orders.open().count()) == (1, 1)
    documents.revoke(Case.objects.get(pk=signed.pk).decision.document, "Annulée", secretary)
    deliver_all()
    assert (Duty.objects.count(), orders.open().count()) == (0, 0)
    assert credits_left() == 6_000_000


def test_who_owes_it_sends_the_report_and_an_agent_reads_it_or_sends_it_back(signed, client):
    sign_in(client, signed.applicant)
    page = f"/suivi/{signed.reference}/"
    assert "Rapport de mission" in client.get(page).content.decode()
    send = f"{page}remettre/report/"
    client.post(send)
    assert Duty.objects.get().sent_at is None  # nothing was chosen
    assert client.post(send, {"files": [pdf()]}).status_code == 302
    assert on(16) == (0, 0)  # sent in time: neither reminded nor missing
    duty, finance = Duty.objects.get(), member("bf-agri-daf", "agent")
    desk = reverse("backoffice:duties")
    sign_in(client, finance)
    listed = client.get(desk).content.decode()
    assert "rapport.pdf" in listed
    assert duties.files([duty])[duty.pk][0].name == "rapport.pdf"
    client.post(desk, {"duty": duty.pk, "send_back": "1", "note": "Visa de départ illisible"})
    assert on(16) == (1, 1)
    sign_in(client, signed.applicant)
    assert "Visa de départ illisible" in client.get(page).content.decode()
    client.post(send, {"files": [pdf()]})
    duties.receive(Duty.objects.get(), actor=finance, note="Visas vus sur l’original")
    assert Duty.objects.get().done_by == finance


def test_an_order_issued_again_is_a_numbered_amendment(signed):
    first = Case.objects.get(pk=signed.pk).decision.document
    second = cases.replace_act(signed, actor=member("bf-agri-sg", "chief"), reason="Chauffeur")
    assert second.title == "AVENANT N° 1 À L'ORDRE DE MISSION"
    first.refresh_from_db()
    assert (first.title, first.replaced_by) == ("ORDRE DE MISSION", second)
    with second.file.open("rb") as stream:
        text = PdfReader(stream).pages[0].extract_text()
    assert first.number in text.replace("\n", "")

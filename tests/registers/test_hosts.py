"""CIM-6 to CIM-8: the host confirms by the code on the order; what the register adds up to."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from eservices.cases import host_link
from eservices.duties import endorsing
from eservices.duties import services as duties
from eservices.duties.models import Duty, Endorsement
from tests.people import sign_in
from tests.registers.test_duties import RETURN, signed  # noqa: F401
from tests.registers.test_mission import member, mission, requester  # noqa: F401
from tests.sittings.conftest import pdf

HOST = {"name": "Adama Zongo", "function": "Chef de service régional", "phone": "70 11 22 33"}


@pytest.fixture
def there(signed):  # noqa: F811
    """The mission is on the spot: the day after it came."""
    with time_machine.travel(timezone.now() + timedelta(days=RETURN - 1), tick=True):
        yield signed


def path_of(case):
    return "/" + host_link.address(case).split("/", 3)[3]


def test_the_order_carries_the_code_that_its_host_scans(signed):  # noqa: F811
    with signed.decision.document.file.open("rb") as stream:
        pages = PdfReader(io.BytesIO(stream.read())).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "Hôte de la mission : scannez ce code" in text
    assert "Visas à Ouahigouya" in text


def test_two_buttons_without_account_record_arrival_and_departure(there, client):
    page = path_of(there)
    shown = client.get(page).content.decode()
    for told in ("OUÉDRAOGO Alassane", "Ouahigouya", "La mission est arrivée", "La mission repart"):
        assert told in shown
    assert "20\u202f000" not in shown  # what they earn is not the host's business
    wrong = client.post(page, HOST | {"mark": "arrival", "phone": "12"})
    assert wrong.status_code == 422
    assert "Adama Zongo" in wrong.content.decode()
    scan = HOST | {"mark": "arrival", "photo": pdf()}
    assert client.post(page, scan).status_code == 302
    again = client.post(page, HOST | {"mark": "arrival"})
    assert again.status_code == 422
    assert "déjà" in again.content.decode()
    client.post(page, HOST | {"mark": "departure"})
    assert [one.mark for one in Endorsement.objects.all()] == ["arrival", "departure"]
    assert "Tout est confirmé" in client.get(page).content.decode()
    sign_in(client, member("bf-agri-daf"))
    assert "Adama Zongo" in client.get(reverse("backoffice:duties")).content.decode()
    duties.receive(Duty.objects.get(), actor=member("bf-agri-daf"))


def test_nothing_is_confirmed_early_late_or_by_who_travels(signed, client, deliver_all):  # noqa: F811
    page = path_of(signed)
    early = client.post(page, HOST | {"mark": "arrival"})
    assert early.status_code == 422
    assert "avant le" in early.content.decode()
    signed.phone = "+22670112233"
    signed.save(update_fields=["phone"])
    with time_machine.travel(timezone.now() + timedelta(days=RETURN - 1), tick=True):
        assert client.post(page, HOST | {"mark": "arrival"}).status_code == 422
        assert client.post(page, HOST | {"mark": "dance", "phone": "70112244"}).status_code == 422
    assert client.get(page[:-3] + "0f/").status_code in (404, 200)
    assert client.get(page.replace(signed.reference, "BF26-AAAAAAAA-0")).status_code == 404
    secretary = member("bf-agri-sg", "chief")
    endorsing.cases.cancel_act(signed, actor=secretary, reason="Annulée")
    assert client.get(page).status_code == 410
    assert not Endorsement.objects.exists()


def test_a_report_without_the_hosts_word_needs_a_note(there):
    duty, finance = Duty.objects.get(), member("bf-agri-daf")
    with pytest.raises(duties.DutyRefused, match="Arrivée – Ouahigouya"):
        duties.receive(duty, actor=finance)
    duties.receive(duty, actor=finance, note="Original cachet et signature vus")


def test_registers_add_up_by_agent_service_destination_and_line(signed, client):  # noqa: F811
    sign_in(client, member("bf-agri-daf"))

    def report(code, key, **query):
        found = client.get(reverse("backoffice:register_report", args=[code, key]), query)
        return found.content.decode("utf-8-sig")

    year = str((timezone.localdate() + timedelta(days=10)).year)
    lines = report("deplacements-agriculture", "par-agent", format="csv").split("\r\n")
    assert lines[0] == "Année;Matricule;Agent;Missions;Jours de sortie;Indemnité"
    assert f"{year};104512 K;OUÉDRAOGO Alassane;1;3;60000" in lines
    assert ";2;6;87000" in report("deplacements-agriculture", "par-service", format="csv")
    assert "Ouahigouya" in report("deplacements-agriculture", "par-destination")
    budget = report("lignes-budgetaires-agriculture", "credits")
    for told in ("6\u202f000\u202f000", "87\u202f000", "5\u202f913\u202f000"):
        assert told in budget
    missing = reverse("backoffice:register_report", args=["deplacements-agriculture", "nothing"])
    assert client.get(missing).status_code == 404

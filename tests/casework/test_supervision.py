"""Who may read the journal, and what the citizen reads of the readings."""

import pytest
from django.test import Client
from django.urls import reverse

from eservices.cases import services as cases
from eservices.casework.models import CannedText
from portal.audit import services as audit
from tests.factories import AgentFactory, CaseFactory
from tests.people import make_administrator, make_citizen, sign_in

pytestmark = pytest.mark.django_db
JOURNAL = "/agent/journal/"


def test_chief_reads_the_journal_of_the_office_and_no_other(desk, office, agent, chief):
    case, foreign = CaseFactory(office=office), CaseFactory()
    cases.record_reading(case, reader=agent, role="agent", reason="Un voisin m'a demandé")
    cases.record_reading(case, reader=chief, role="chief")
    cases.record_reading(foreign, reader=AgentFactory(), role="agent", reason="Ailleurs")
    audit.chain()
    browser = desk(chief)
    shown = browser.get(JOURNAL).text
    assert "Un voisin m&#x27;a demandé" in shown
    assert "Ailleurs" not in shown
    only = browser.get(JOURNAL, {"reasons": "1", "who": "amina", "about": case.reference[:8]}).text
    assert only.count("<tr>") == 2  # the head and one line
    assert "Aucune" in browser.get(JOURNAL, {"last": "2020-01-01"}).text or "No line" in browser.get(
        JOURNAL, {"last": "2020-01-01", "first": "junk", "before": "x"}).text  # fmt: skip
    assert desk(agent).get(JOURNAL).status_code == 404


def test_administrator_reads_the_whole_journal(db):
    audit.record("role.given", subject="Somebody")
    browser = Client()
    sign_in(browser, make_administrator())
    assert "Somebody" in browser.get(JOURNAL).text


def test_journal_costs_few_queries(desk, chief, office, assert_max_queries):
    for number in range(60):
        audit.record("case.read", office=office.code, subject=f"S{number}")
    audit.chain()
    browser = desk(chief)
    browser.get(JOURNAL)
    with assert_max_queries(6):
        answer = browser.get(JOURNAL)
    assert "before=" in answer.text


# --- The citizen -------------------------------------------------------------------------------
def test_citizen_reads_all_readings_of_all_files_in_the_shape_of_the_data_tracker(office, agent):
    citizen = make_citizen()
    case = CaseFactory(office=office, applicant=citizen)
    cases.record_reading(case, reader=agent, role="agent", reason="Réclamation")
    cases.record_reading(CaseFactory(), reader=AgentFactory(), role="agent", reason="Autre")
    browser = Client()
    assert browser.get(reverse("tracking:my_data")).status_code == 302
    sign_in(browser, citizen)
    url = reverse("tracking:my_data")
    shown = browser.get(url).text
    assert ("Réclamation" in shown, "Autre" in shown) == (True, False)
    data = browser.get(url, {"format": "json"}).json()
    (usage,) = data["usages"]
    assert data["totalUsages"] == 1
    assert set(usage) == {"logtime", "action", "receiverCode", "receiverName", "receiverSystem"}
    assert usage["action"].startswith("Réclamation")
    assert "Amina Farah" in usage["receiverName"]
    old = {"format": "json", "periodEnd": "2020-01-01", "limit": "x"}
    assert browser.get(url, old).json() == {"totalUsages": 0, "usages": []}
    assert browser.get(url, {"periodStart": "hier"}).status_code == 200


# --- Canned texts in the administration --------------------------------------------------------
def test_administrator_writes_a_canned_text_and_wrong_places_are_named(db):
    browser = Client()
    sign_in(browser, make_administrator())
    url = "/cms/canned-texts/new/"
    form = {"name": "Rendez-vous", "kind": "message", "is_active": "on"}
    answer = browser.post(url, form | {"text_fr": "Bonjour {nom}"})
    assert "{nom}" in answer.text
    assert not CannedText.objects.exists()
    browser.post(url, form | {"text_fr": "Bonjour {applicant}", "text_ar": "مرحبا {applicant}"})
    assert CannedText.objects.get().text == {"fr": "Bonjour {applicant}", "ar": "مرحبا {applicant}"}

"""Hearings, absences, repairs and what other offices ask, in the browser."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from eservices.cases import services as cases
from eservices.cases.models import Delegation, Hearing, OutsideRequest, TaskStatus
from eservices.cases.services import Applicant
from portal.outbox.models import MAX_ATTEMPTS, OutboxMessage
from tests.factories import (
    ANSWERS,
    AgentFactory,
    CaseFactory,
    EServiceVersionFactory,
    OfficeFactory,
)
from tests.sample_circuit import parallel_circuit

SIGNATURE = {
    "key": "signature", "kind": "signature", "role": "chief", "title": {"fr": "Signature"},
}  # fmt: skip


def at(case, name, *more):
    return reverse(f"backoffice:{name}", args=[case.reference, *more])


@pytest.fixture
def opened(office):
    def make(**stage):
        first = {"key": "one", "kind": "opinion", "role": "agent", "title": {"fr": "Avis"}}
        version = EServiceVersionFactory(
            offices=[office.code], circuit={"stages": [first | stage, SIGNATURE]}
        )
        applicant = Applicant(name="Hodan Ali", phone="+25377831234")
        return cases.open_case(version=version, applicant=applicant, answers=ANSWERS)

    return make


def test_hearing_is_planned_listed_decided_and_its_minutes_printed(
    desk, opened, agent, deliver_all
):
    case, browser = opened(kind="hearing"), desk(agent)
    browser.post(at(case, "take"))
    assert reverse("backoffice:hearings") in browser.get(at(case, "stage", "one")).text
    past = {"office": agent.office_memberships.get().office_id, "room": "Salle 1"}
    answer = browser.post(reverse("backoffice:hearings"), past | {"starts_at": "2020-01-01T08:00"})
    assert answer.status_code == 422
    assert "Salle 1" in answer.text
    day = (timezone.now() + timedelta(days=9)).strftime("%Y-%m-%dT08:30")
    browser.post(reverse("backoffice:hearings"), past | {"starts_at": day})
    hearing = Hearing.objects.get()
    browser.post(at(case, "enlist", "one"), {"hearing-hearing": hearing.pk})
    page = reverse("backoffice:hearing", args=[hearing.pk])
    item = hearing.items.get()
    Hearing.objects.update(starts_at=timezone.now())  # its day comes
    wrong = {f"outcome-{item.pk}": "rejected", f"reason-{item.pk}": "Texte gardé"}
    answer = browser.post(page, wrong)
    assert answer.status_code == 422
    assert "Texte gardé" in answer.text
    browser.post(page, {f"outcome-{item.pk}": "favourable", "present": "A. Notable"})
    deliver_all()
    minutes = browser.get(reverse("backoffice:minutes", args=[hearing.pk]))
    assert b"".join(minutes.streaming_content).startswith(b"%PDF-")
    other = desk(AgentFactory(office=OfficeFactory()))
    assert other.get(page).status_code == 404


def test_outside_person_is_asked_from_the_page_of_the_stage(desk, opened, agent, office):
    case, browser = opened(outside={}), desk(agent)
    browser.post(at(case, "take"))
    answer = browser.post(at(case, "outside", "one"), {"outside-name": "Chef"}, follow=True)
    assert "g-notice--danger" in answer.text or "g-notice--error" in answer.text
    data = {"outside-name": "Chef", "outside-phone": "+25377831235"}
    browser.post(at(case, "outside", "one"), data)
    assert OutsideRequest.objects.get().phone == "+25377831235"
    assert "Chef" in browser.get(at(case, "stage", "one")).text


def test_agent_names_a_delegate_for_himself_only(desk, office, agent, chief):
    browser, today = desk(agent), timezone.localdate()
    data = {
        "office": office.pk, "absent": chief.pk, "delegate": chief.pk,
        "first_day": today.isoformat(), "last_day": (today + timedelta(3)).isoformat(),
    }  # fmt: skip
    page = reverse("backoffice:delegations")
    assert browser.post(page, data).status_code == 422
    browser.post(page, data | {"absent": agent.pk})
    held = Delegation.objects.get()
    assert (held.absent, held.delegate) == (agent, chief)
    assert f"{today + timedelta(3):%d/%m/%Y}" in browser.get(page).text
    type(chief).objects.filter(pk=chief.pk).update(is_active=False)
    assert "ne travaille plus ici" in browser.get(page).text
    type(chief).objects.filter(pk=chief.pk).update(is_active=True)
    desk(chief).post(page, {"end": held.pk})
    held.refresh_from_db()
    assert held.ended_at is not None


def test_repair_list_shows_a_closed_office_and_a_failed_act_with_their_remedy(
    desk, office, agent, chief
):
    tax = OfficeFactory(code="tax-office", is_active=False)
    version = EServiceVersionFactory(offices=[office.code], circuit=parallel_circuit())
    case = cases.open_case(version=version, applicant=Applicant(name="Hodan"), answers=ANSWERS)
    cases.take(case, actor=agent)
    cases.complete(case, actor=agent, outcome="accepted", values={"sensitive": False})
    granted = CaseFactory(office=office, granted=True)
    handler = "eservices.cases.subscribers.issue_document"
    message = OutboxMessage.objects.create(
        topic="case.granted", handler=handler, payload={"case_id": granted.pk},
        attempts=MAX_ATTEMPTS, last_error="RenderingFailed",
    )  # fmt: skip
    page = reverse("backoffice:repair")
    assert desk(agent).get(page).status_code == 404
    browser = desk(chief)
    shown = browser.get(page).text
    assert case.reference in shown
    assert granted.reference in shown
    browser.post(page, {"message": message.pk})
    message.refresh_from_db()
    assert message.attempts == 0
    assert browser.post(page, {"message": "99999"}).status_code == 404
    tax.is_active = True
    tax.save()
    reroute = f"{at(case, 'reroute')}?stage=tax"
    browser.post(reroute, {"office": office.pk, "reason": "Les impôts sont fermés."})
    task = case.tasks.get(stage="tax", status=TaskStatus.OPEN)
    assert (task.office, task.problem, task.is_guest) == (office, "", False)
    assert case.events.get(action="reroute").is_public


def test_other_offices_requests_are_listed_oldest_first(desk, office, agent):
    tax = OfficeFactory(code="tax-office")
    version = EServiceVersionFactory(offices=[office.code], circuit=parallel_circuit())
    case = cases.open_case(version=version, applicant=Applicant(name="Hodan"), answers=ANSWERS)
    cases.take(case, actor=agent)
    cases.complete(case, actor=agent, outcome="accepted", values={"sensitive": False})
    shown = desk(AgentFactory(office=tax)).get(reverse("backoffice:guests")).text
    assert case.reference in shown
    assert case.reference not in desk(agent).get(reverse("backoffice:guests")).text


def test_inbox_holds_what_other_offices_ask_at_its_age(desk, office, agent):
    tax = OfficeFactory(code="tax-office")
    version = EServiceVersionFactory(offices=[office.code], circuit=parallel_circuit())
    asked = cases.open_case(version=version, applicant=Applicant(name="Hodan"), answers=ANSWERS)
    cases.take(asked, actor=agent)
    cases.complete(asked, actor=agent, outcome="accepted", values={"sensitive": False})
    now = timezone.now()
    own = [CaseFactory(office=tax, filed_at=now + timedelta(days=n)) for n in (-2, 2)]
    answer = desk(AgentFactory(office=tax)).get(reverse("backoffice:queue"))
    rows = answer.context["page"].rows
    assert [row.pk for row in rows] == [own[0].pk, asked.pk, own[1].pk]
    assert [row.asked_by for row in rows] == ["", office.name_in(), ""]
    narrowed = desk(AgentFactory(office=tax)).get(reverse("backoffice:queue"), {"show": "overdue"})
    assert asked.pk not in [row.pk for row in narrowed.context["page"].rows]


def test_chief_opens_a_refused_request_again(desk, office, agent, chief):
    case = CaseFactory(office=office, refused=True)
    desk(agent).post(at(case, "reopen"), {"reason": "Non"})
    case.refresh_from_db()
    assert case.status == "refused"
    browser = desk(chief)
    browser.post(at(case, "reason"), {"why": "control"})
    assert browser.post(at(case, "reopen"), {"reason": ""}).status_code == 422
    browser.post(at(case, "reopen"), {"reason": "Pièce retrouvée"})
    case.refresh_from_db()
    assert case.status == "in_review"

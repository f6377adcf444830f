"""Whose turn it is: what the applicant reads, a superior named by place, nobody serving himself."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from eservices.backoffice.repair import RepairList
from eservices.cases import services as cases
from eservices.cases import tracking
from eservices.cases.errors import NotAllowed
from eservices.cases.models import Case, CaseEvent, OutsideRequest, TaskTimer
from eservices.cases.services import Applicant, timers
from eservices.catalog import services as catalog
from tests.cases.conftest import ANSWERS
from tests.cases.test_contesting import follow
from tests.people import sign_in
from tests.sample_spec import sample_definition

SIGNATURE = {"key": "end", "kind": "signature", "role": "chief", "title": {"fr": "Signature"}}
SUPERIOR = {
    "key": "visa", "kind": "visa", "role": "chief", "actor": "superior", "title": {"fr": "Visa"},
}  # fmt: skip
STAGES = [
    {"key": "one", "kind": "opinion", "role": "agent", "title": {"fr": "Contrôle"}},
    {"key": "two", "kind": "opinion", "role": "agent", "title": {"fr": "Impôts"},
     "office": "tax-office"},
    SIGNATURE,
]  # fmt: skip


def page(case):
    return tracking.overview(tracking.find(case.reference), "fr")


def told(case):
    found = page(case)
    return found["explanation"], [step.state_text for step in found["stages"]]


def test_nobody_is_said_to_work_on_what_only_waits(open_case, staff):
    case = open_case(circuit={"stages": STAGES})
    text, states = told(case)
    assert "attend son tour : " in text
    assert case.office.name_in() in text
    assert states == ["attend son tour", "plus tard", "plus tard"]
    cases.take(case, actor=staff["agent"])
    earlier = timezone.now() + timedelta(days=2)
    CaseEvent.objects.filter(case=case, action="take").update(at=earlier)
    text, states = told(case)
    assert "en main depuis le " + date_format(timezone.localtime(earlier), "DATE_FORMAT") in text
    assert states[0] == "en cours"
    cases.complete(case, actor=staff["agent"], outcome="favourable")
    text, states = told(case)
    assert "attend son tour : tax-office." in text
    assert states == ["terminée", "attend son tour", "plus tard"]
    cases.take(case, actor=staff["tax"])
    cases.release(case, actor=staff["tax"], reason="Absent")
    assert "attend son tour : tax-office." in told(case)[0]


def test_a_stage_that_nobody_can_do_and_an_opinion_asked_are_told(open_case, offices, deliver_all):
    offices["tax"].is_active = False
    offices["tax"].save()
    case = open_case(circuit={"stages": [STAGES[1], SIGNATURE]})
    assert "Personne n'est encore désigné" in told(case)[0]
    outside = {"name": "Chef Koffi", "phone": {"var": "phone"}}
    case = open_case(circuit={"stages": [STAGES[0] | {"outside": outside}, SIGNATURE]})
    deliver_all()
    assert "Chef Koffi" in told(case)[0]


def test_what_is_asked_is_read_at_the_top_of_the_page(open_case, staff, client):
    case = open_case()
    follow(client, case)
    address, due = reverse("tracking:case", args=[case.reference]), "Réponse prévue"
    assert due in client.get(address).text
    cases.take(case, actor=staff["agent"])
    items = [
        {"kind": "field", "key": "last_name", "reason": "unreadable", "note": "Vu au registre"}
    ]
    cases.ask(case, actor=staff["agent"], items=items, message="Une seule chose.")
    (asked,) = page(case)["asked"]
    assert asked[0]
    assert "Vu au registre" in asked[1]
    told = client.get(address).text
    assert "Vu au registre" in told
    assert "Délai suspendu depuis le" in told


@pytest.fixture
def filed_by(office):
    """A request that a member of staff files, and whose first stage is a superior's."""

    def make(person, first=SUPERIOR):
        circuit = {"stages": [first, SIGNATURE]}
        version = catalog.publish(sample_definition(fees=[], circuit=circuit))
        applicant = Applicant(name=str(person), phone="+25377123456", user=person)
        return cases.open_case(version=version, applicant=applicant, answers=ANSWERS)

    return make


def test_the_superior_begins_alone_and_somebody_absent_is_replaced(filed_by, staff, person):
    case = filed_by(staff["agent"])
    with pytest.raises(NotAllowed):
        cases.take(case, actor=person("chief"))
    assert "attend son tour" in told(case)[0]
    cases.name_delegate(
        case.office, absent=staff["chief"], delegate=staff["second"], by=staff["chief"],
        starts_at=timezone.now(), ends_at=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    cases.take(case, actor=staff["second"])
    assert case.tasks.get().assignee == staff["chief"]
    done = cases.complete(case, actor=staff["second"], outcome="favourable")
    assert (done.done_by, done.done_for) == (staff["second"], staff["chief"])


def test_a_chief_has_the_chief_above_as_superior_and_none_is_a_line_to_repair(
    filed_by, staff, offices, person
):
    above = person("chief", offices["ministry"])
    assert filed_by(staff["chief"]).tasks.get().assignee == above
    case = filed_by(above)
    task = case.tasks.get()
    assert (task.assignee, task.problem) == (None, "no_person")
    assert [one.task.pk for one in RepairList([case.office_id]).stuck] == [task.pk]
    assert "Personne n'est encore désigné" in told(case)[0]


def test_nobody_works_on_a_request_of_his_or_her_own(filed_by, staff, person):
    case = filed_by(staff["chief"], first=STAGES[0])
    cases.take(case, actor=staff["agent"])
    cases.complete(case, actor=staff["agent"], outcome="favourable")
    case = Case.objects.get(pk=case.pk)
    with pytest.raises(NotAllowed):
        cases.take(case, actor=staff["chief"])
    assert [one.task.case for one in RepairList([case.office_id]).stuck] == [case]
    other = person("chief")
    assert not RepairList([case.office_id]).stuck
    with pytest.raises(NotAllowed):
        cases.assign(case, to=staff["agent"], actor=staff["chief"], reason="Vite")
    cases.take(case, actor=other)


def test_what_nobody_of_staff_ended_is_told_by_who_did(open_case, staff, client, deliver_all):
    """An outside person who answered is named; a proposal made by silence has no name."""
    sign_in(client, staff["chief"])

    def file(case):
        return client.get(reverse("backoffice:case", args=[case.reference])).text

    outside = {"name": "Chef Koffi", "phone": {"var": "phone"}}
    case = open_case(circuit={"stages": [STAGES[0] | {"outside": outside}, SIGNATURE]})
    deliver_all()
    cases.answer_outside(OutsideRequest.objects.get(), outcome="favourable")
    assert "Chef Koffi" in file(case)
    assert "Pas de réponse dans le délai" not in file(case)
    outcomes = [
        {"key": "ok", "label": {"fr": "Oui"}}, {"key": "no", "label": {"fr": "Non"}, "to": "refuse"},
    ]  # fmt: skip
    silent = {"outcomes": outcomes, "timers": [{"after": {"hours": 1}, "do": "refuse"}]}
    case = open_case(circuit={"stages": [STAGES[0] | silent, SIGNATURE]})
    TaskTimer.objects.update(due_at=timezone.now())
    assert timers.run_due() == 1
    assert "None" not in file(case)
    assert "Pas de réponse dans le délai" in file(case)

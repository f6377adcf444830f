"""An agent's dishonest day (J6): holding, skipping, looking a neighbour up. The chief sees all."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from eservices.cases import services as cases
from eservices.figures import services as figures
from portal.accounts.models import Role
from portal.notifications.models import Delivery
from tests.factories import AgentFactory, CaseFactory, EServiceVersionFactory, OfficeFactory


@pytest.fixture
def version(office):
    return EServiceVersionFactory(offices=[office.code])


def test_three_tricks_stand_in_the_report_of_the_same_day(office, version, agent, chief, desk):
    now = timezone.now()
    ours = {"office": office, "version": version}
    held = CaseFactory(**ours, filed_at=now - timedelta(days=9), due_at=now + timedelta(hours=1))
    waiting = [CaseFactory(**ours, filed_at=now - timedelta(days=8 - n)) for n in range(3)]
    friend = CaseFactory(**ours, filed_at=now - timedelta(hours=3), applicant_name="Un ami")
    colleague = AgentFactory(office=office, full_name="Idriss Waberi")
    neighbour = CaseFactory(**ours, in_review=True, assignee=colleague)
    with time_machine.travel(now - timedelta(days=7), tick=False):
        cases.take(held, actor=agent)
    browser = desk(agent)
    browser.post(reverse("backoffice:take", args=[friend.reference]), {"reason": "Départ demain"})
    file = reverse("backoffice:case", args=[neighbour.reference])
    assert neighbour.applicant_name not in browser.get(file).text
    browser.post(reverse("backoffice:reason", args=[neighbour.reference]),
                 {"why": "control"})  # fmt: skip
    cases.assign(held, to=colleague, actor=chief, reason="Dossier retenu sans action")
    figures.rebuild()  # as the worker counts after each act

    report = desk(chief).get(reverse("backoffice:fairness"))
    skipped = report.context["skipped"].rows[0]
    assert (skipped.case, skipped.actor, skipped.note) == (friend, agent, "Départ demain")
    assert skipped.data["skipped"] == len(waiting)
    looked = report.context["looked"].rows[0]
    assert (looked.case, looked.reader) == (neighbour, agent)
    assert held.pk not in [one.case.pk for one in report.context["held"].rows]  # given just now
    given = report.context["taken_away"].rows[0]
    assert (given.case, given.taken_from, given.given_to) == (held, agent, colleague)
    summary = {one.person: dict(one.counts) for one in report.context["people"]}
    assert summary == {agent: {"skipped": 1, "looked": 1, "taken_away": 1}}
    for text in ("Départ demain", "Dossier retenu sans action", agent.full_name):
        assert text in report.text


@pytest.mark.django_db(transaction=True)  # as a worker runs the job
def test_held_file_is_reported_and_its_chief_is_told_once_a_day(office, agent, chief, desk):
    from eservices.backoffice import jobs

    now = timezone.now()
    held = CaseFactory(office=office, filed_at=now - timedelta(days=9), due_at=now)
    with time_machine.travel(now - timedelta(days=7), tick=False):
        cases.take(held, actor=agent)
    held.events.exclude(action="take").update(at=now - timedelta(days=9))
    figures.rebuild()
    report = desk(chief).get(reverse("backoffice:fairness"))
    assert report.context["held"].rows[0].case == held
    assert report.context["untouched"] == 1
    listed = desk(chief).get(reverse("backoffice:queue"), {"show": "untouched"})
    assert [row.pk for row in listed.context["page"].rows] == [held.pk]
    jobs.warn_of_untouched()
    jobs.warn_of_untouched()
    assert Delivery.objects.filter(kind="desk.untouched", to=chief.email).count() == 1


def test_passing_a_file_on_is_told_where_it_was_done(office, agent, chief, desk):
    elsewhere = OfficeFactory()
    version = EServiceVersionFactory(offices=[office.code, elsewhere.code])
    case = CaseFactory(office=office, version=version, in_review=True, assignee=agent)
    cases.transfer(case, actor=agent, office=elsewhere, reason="Hors de ma commune")
    told = desk(chief).get(reverse("backoffice:fairness")).context["passed_on"]
    assert [(row.case_id, row.actor) for row in told.rows] == [(case.pk, agent)]
    there = AgentFactory(office=elsewhere, role=Role.CHIEF)
    assert not desk(there).get(reverse("backoffice:fairness")).context["passed_on"].rows

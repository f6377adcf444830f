"""What a stage asked of another office keeps of its case, after anything that may happen to it."""

import random
from datetime import timedelta

import time_machine
from django.utils import timezone

from eservices.backoffice.access import Agent
from eservices.backoffice.filters import SHOWN, Filters
from eservices.backoffice.queue import Queue
from eservices.cases import deadlines
from eservices.cases import services as cases
from eservices.cases.errors import BadRequest, NotAllowed, TransitionNotAllowed
from eservices.cases.models import Case, CaseTask
from eservices.figures import services as figures
from portal.core.models import Holiday
from tests.sample_circuit import parallel_circuit

REFUSALS = (BadRequest, NotAllowed, TransitionNotAllowed)
ITEMS = [{"kind": "field", "key": "last_name", "reason": "unreadable", "note": ""}]
VALUES = {"admissibility": {"sensitive": True}, "registry": {"rccm": "CI-1"}, "tax": {"ncc": "N1"}}


def act(chance, case, people, offices):
    """Do something, possible or not, at one of the stages that are open."""
    open_ones = list(case.tasks.filter(status="open").order_by("pk")) or [CaseTask()]
    task = chance.choice(open_ones)
    there = [one for one in people if one.office_memberships.filter(office=task.office_id)]
    who, stage = task.assignee or chance.choice(there or people), task.stage
    outcome = chance.choice({"admissibility": ["accepted", "rejected"], "tax_chief": ["favourable"],
                             "police": ["favourable"]}.get(stage, ["done", "returned"]))  # fmt: skip
    more = {"reason": "Il manque une pièce.", "values": VALUES.get(stage, {})}
    if outcome == "rejected":
        more["motive"] = "not_found"
    finish = [lambda: cases.complete(case, actor=who, stage=stage, outcome=outcome, **more)] * 4
    return chance.choice([
        *finish,
        lambda: cases.take(case, actor=who, stage=stage, reason="Urgent"),
        lambda: cases.take(case, actor=who, stage=stage, reason="Urgent"),
        lambda: cases.release(case, actor=who, stage=stage, reason="Absent"),
        lambda: cases.ask(case, actor=who, stage=stage, items=ITEMS, message="Le nom ?"),
        lambda: cases.ask(case, actor=who, stage=stage, items=ITEMS, message="Le nom ?"),
        lambda: cases.reply(case, answers={"last_name": "ABDI"}),
        lambda: cases.reroute(case, actor=who, stage=stage, office=chance.choice(offices), reason="X")
        if chance.random() < 0.3
        else None,
        lambda: cases.grant(case, actor=who),
        lambda: cases.withdraw(case) if chance.random() < 0.1 else None,
    ])  # fmt: skip


def assert_counters_say_what_lists_hold(people):
    for user in people:
        agent = Agent.of(user)
        assert agent is not None
        for one in Queue(agent, Filters()).counters():
            if one.show in SHOWN and one.show != "untouched":  # that one waits for the figures
                held = Queue(agent, Filters(show=one.show)).every().count()
                assert one.number == held, (one.show, user)


def test_random_history_leaves_guests_in_step(open_case, office, offices, staff, deliver_all):
    chance, people, where = random.Random(8), list(staff.values()), list(offices.values())
    secret = {"confidential": {"if": {"eq": [{"var": "reason"}, "school"]}}}
    made = [open_case(circuit=parallel_circuit()) for _ in range(3)]
    made += [open_case(circuit=parallel_circuit(), slug="secret", code="S-1", **secret)]
    moment, kept = timezone.now(), set()
    for step in range(300):
        moment += timedelta(minutes=chance.randrange(240))
        with time_machine.travel(moment, tick=False):
            if step % 40 == 0:
                made.append(open_case(circuit=parallel_circuit()))
            if step % 60 == 30:
                day = (moment + timedelta(days=1)).date()
                Holiday.objects.create(calendar=office.calendar, day=day, name="Fête")
                deadlines.follow_calendars()
            try:
                act(chance, Case.objects.get(pk=chance.choice(made).pk), people, where)()
            except REFUSALS:
                continue
            assert [cases.repair_guests(one.pk) for one in where] == [0, 0, 0]
            asked = CaseTask.objects.asked_of_guests()
            kept |= set(asked.values_list("case_status", "case_is_restricted"))
            if step % 10 == 0:
                assert_counters_say_what_lists_hold(people)
    assert {one for one, _secret in kept} == {"in_review", "awaiting_applicant"}
    assert {secret for _one, secret in kept} == {True, False}


def test_rebuilding_the_figures_repairs_what_guests_keep(open_case, offices, staff):
    case = open_case(circuit=parallel_circuit())
    cases.take(case, actor=staff["agent"])
    cases.complete(case, actor=staff["agent"], outcome="accepted", values={"sensitive": True})
    asked = CaseTask.objects.asked_of_guests()
    assert asked.update(case_status="submitted", case_due_at=None, case_eservice=None) == 2
    figures.rebuild()
    case.refresh_from_db()
    kept = set(asked.values_list("case_status", "case_due_at", "case_eservice"))
    assert kept == {("in_review", case.due_at, case.eservice_id)}

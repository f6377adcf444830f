"""Timers, absences, calendars, and what comes after the end: appeal, opening again, silence."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from eservices.backoffice.repair import RepairList
from eservices.cases import deadlines, jobs, public_circuit
from eservices.cases import services as cases
from eservices.cases.errors import BadRequest, NotAllowed
from eservices.cases.models import Case, CaseStatus, Decision, TaskStatus
from portal.accounts import services
from portal.accounts.models import Office
from portal.core.models import Holiday, WeekChange
from portal.notifications.models import Delivery

SIGNATURE = {
    "key": "signature", "kind": "signature", "role": "chief", "title": {"fr": "Signature"},
}  # fmt: skip


def circuit(*timers, **stage):
    first = {
        "key": "opinion", "kind": "opinion", "role": "agent", "title": {"fr": "Avis"},
        "timers": [{"after": {"hours": hours}, "do": do} for hours, do in timers],
    }  # fmt: skip
    return {"stages": [first | stage, SIGNATURE]}


def later(**span):
    return time_machine.travel(timezone.now() + timedelta(**span), tick=False)


def test_reminder_escalation_and_silence_each_once(open_case, person, deliver_all):
    agent, chief = person(), person("chief")
    plan = circuit((12, "remind"), (20, "escalate"), (24, "record"))
    case = open_case(circuit=plan)
    with pytest.raises(NotAllowed):
        cases.take(case, actor=chief)
    for hours, kind, to in ((13, "stage.reminder", agent), (21, "stage.escalated", chief)):
        with later(hours=hours):
            assert jobs.run_timers() == 1
            assert jobs.run_timers() == 0
            deliver_all()
        assert Delivery.objects.filter(kind=kind, to=to.email).count() == 1
    cases.take(case, actor=chief)
    with later(hours=25):
        assert jobs.run_timers() == 1
    case.refresh_from_db()
    task = case.tasks.get(stage="opinion")
    assert (case.stage, task.outcome, task.done_by) == ("signature", "silence", None)
    assert case.events.get(action="silence").is_public


def test_silence_accepts_or_refuses_as_the_service_says(open_case):
    outcomes = [
        {"key": "no", "label": {"fr": "Non"}, "to": "refuse"},
        {"key": "yes", "label": {"fr": "Oui"}},
    ]
    for do, outcome in (("accept", "yes"), ("refuse", "no")):
        case = open_case(circuit=circuit((5, do), outcomes=outcomes))
        with later(hours=6):
            jobs.run_timers()
        assert case.tasks.get(stage="opinion").outcome == outcome
        assert Decision.objects.filter(case=case).exists() is (do == "refuse")


def test_a_timer_that_fails_stops_no_other_and_waits_to_be_repaired(open_case, person, office):
    person(), person("chief")
    broken, case = (open_case(circuit=circuit((hours, "record"))) for hours in (1, 2))
    broken.tasks.update(stage="gone")  # of a circuit that was altered by hand
    with later(hours=3):
        assert jobs.run_timers() == 1
    case.refresh_from_db()
    assert case.stage == "signature"
    (told,) = RepairList([office.pk]).stuck
    assert told.task.case == broken


def test_timers_stop_while_the_applicant_is_asked(open_case, person):
    case, agent = open_case(circuit=circuit((24, "record"))), person()
    cases.take(case, actor=agent)
    items = [{"kind": "field", "key": "last_name", "reason": "unreadable", "note": ""}]
    cases.ask(case, actor=agent, items=items, message="Le nom ?")
    with later(hours=100):
        assert jobs.run_timers() == 0
        cases.reply(case, answers={"last_name": "ABDI"})
        assert jobs.run_timers() == 0
    with later(hours=125):
        assert jobs.run_timers() == 1


def test_delegate_does_the_work_and_the_record_says_for_whom(proposed, person, office):
    case, _agent, chief = proposed
    delegate = person()
    dates = {
        "starts_at": timezone.now() - timedelta(hours=1),
        "ends_at": timezone.now() + timedelta(days=2),
    }
    with pytest.raises(NotAllowed):
        cases.grant(case, actor=delegate)
    with pytest.raises(NotAllowed):
        cases.name_delegate(office, absent=chief, delegate=delegate, by=delegate, **dates)
    with pytest.raises(BadRequest):
        cases.name_delegate(office, absent=chief, delegate=chief, by=chief, **dates)
    held = cases.name_delegate(office, absent=chief, delegate=delegate, by=chief, **dates)
    cases.grant(case, actor=delegate)
    task = case.tasks.get(stage="signature")
    assert (task.done_by, task.done_for) == (delegate, chief)
    assert case.events.get(action="grant").data["for"] == str(chief)
    cases.end_delegation(held, by=chief)
    with later(days=3):
        assert not type(held).objects.running(timezone.now()).exists()


def test_delegate_who_examined_does_not_sign_for_the_chief(proposed, office):
    case, agent, chief = proposed
    now = timezone.now()
    cases.name_delegate(
        office, absent=chief, delegate=agent, by=chief, starts_at=now, ends_at=now + timedelta(9)
    )
    with pytest.raises(NotAllowed):
        cases.grant(case, actor=agent)


def test_tasks_of_an_agent_who_left_return_to_the_office(open_case, person):
    case, agent = open_case(), person()
    cases.take(case, actor=agent)
    agent.office_memberships.all().delete()
    assert jobs.return_orphans() == 1
    assert jobs.return_orphans() == 0
    case.refresh_from_db()
    assert case.assignee is None
    cases.take(case, actor=person())


@time_machine.travel("2026-11-19 08:00:00+00:00", tick=False)
def test_deadlines_move_when_holidays_are_entered(open_case, office):
    hours = open_case(delay={"hours": 72}, slug="hours", code="H-1")
    case = open_case()
    jobs.follow_calendars()
    assert case.due_at.date() == date(2026, 11, 24)
    holiday = Holiday.objects.create(calendar=office.calendar, day=date(2026, 11, 23), name="Fête")
    assert deadlines.follow_calendars() == 1
    assert deadlines.follow_calendars() == 0
    assert Case.objects.get(pk=case.pk).due_at.date() == date(2026, 11, 25)
    assert Case.objects.get(pk=hours.pk).due_at == hours.due_at
    moved = case.events.get(action="calendar")
    words = public_circuit.note(moved, "fr")
    assert words.index("24 novembre 2026") < words.index("devient le 25 novembre 2026")
    assert "23 novembre (Fête)" in words
    holiday.delete()
    deadlines.follow_calendars()
    assert Case.objects.get(pk=case.pk).due_at.date() == date(2026, 11, 24)
    # The office no longer works on Sundays: its requests follow its new week.
    week = services.save_calendar("week", name="Lundi à jeudi", weekdays="0123")
    Office.objects.filter(pk=office.pk).update(calendar=week)
    assert deadlines.follow_calendars() == 1
    assert Case.objects.get(pk=case.pk).due_at.date() == date(2026, 11, 25)


@time_machine.travel("2026-11-19 08:00:00+00:00", tick=False)
def test_what_a_holiday_moves_is_followed_batch_by_batch(open_case, office, monkeypatch):
    """However many cases are open: a run that the queue would end goes on where it was."""
    monkeypatch.setattr(deadlines, "BATCH", 1)
    monkeypatch.setattr(deadlines, "WORK_SECONDS", -1)
    stage = {"deadline": {"working_days": 3}}
    two = [open_case(circuit=circuit(**stage)) for _ in range(2)]
    jobs.follow_calendars()
    Holiday.objects.create(calendar=office.calendar, day=date(2026, 11, 23), name="Fête")
    assert [jobs.follow_calendars() for _ in range(5)] == [1, 1, 0, 0, 0]
    for case in two:
        case.refresh_from_db()
        assert case.due_at.date() == date(2026, 11, 25)
        assert case.tasks.get().due_at.date() == date(2026, 11, 25)
        assert case.events.filter(action="calendar").count() == 1


@time_machine.travel("2026-11-19 08:00:00+00:00", tick=False)
def test_another_week_counts_from_its_first_day_on(open_case, office):
    """Sunday to Thursday until the 22nd, Monday to Friday from the 23rd: six days end on Friday."""
    hours = open_case(delay={"hours": 72}, slug="hours", code="H-1")
    case = open_case(delay={"working_days": 6}, slug="days", code="D-1")
    jobs.follow_calendars()
    assert case.due_at.date() == date(2026, 11, 29)
    week = WeekChange.objects.create(
        calendar=office.calendar, starts_on=date(2026, 11, 23), weekdays="01234"
    )
    assert deadlines.follow_calendars() == 1
    # Sunday 22 still counts, Friday 27 does, Sunday 29 no longer.
    assert Case.objects.get(pk=case.pk).due_at.date() == date(2026, 11, 27)
    assert Case.objects.get(pk=hours.pk).due_at == hours.due_at
    words = public_circuit.note(case.events.get(action="calendar"), "fr")
    assert "À partir du 23 novembre 2026, le bureau travaille : lundi à vendredi." in words
    assert office.calendar.weekdays_on(date(2026, 11, 22)) == {6, 0, 1, 2, 3}
    week.delete()
    deadlines.follow_calendars()
    assert Case.objects.get(pk=case.pk).due_at.date() == date(2026, 11, 29)


@time_machine.travel("2026-11-19 08:00:00+00:00", tick=False)
def test_silence_in_working_days_waits_for_a_holiday_entered_later(open_case, office):
    """Thursday; two working days later is Monday, or Tuesday when Sunday becomes a holiday."""
    plan = circuit((1, "remind"))
    plan["stages"][0]["timers"] = [{"after": {"working_days": 2}, "do": "record"}]
    plan["stages"][0]["deadline"] = {"hours": 72}
    case = open_case(circuit=plan)
    jobs.follow_calendars()
    task = case.tasks.get()
    assert (task.due_at - task.opened_at) == timedelta(hours=72)
    before = task.timers.get().due_at
    Holiday.objects.create(calendar=office.calendar, day=date(2026, 11, 22), name="Fête")
    deadlines.follow_calendars()
    after = task.timers.get().due_at
    assert after.date() == before.date() + timedelta(days=1)
    task.refresh_from_db()
    assert (task.due_at - task.opened_at) == timedelta(hours=72)
    with time_machine.travel(before + timedelta(minutes=1), tick=False):
        assert jobs.run_timers() == 0
    with time_machine.travel(after + timedelta(minutes=1), tick=False):
        assert jobs.run_timers() == 1
    assert case.tasks.get(stage="opinion").outcome == "silence"


def test_pause_is_given_back_when_deadlines_are_worked_out_anew(open_case, person):
    with time_machine.travel("2026-11-19 08:00:00+00:00", tick=False):
        case, agent = open_case(), person()
        cases.take(case, actor=agent)
        items = [{"kind": "field", "key": "last_name", "reason": "unreadable", "note": ""}]
        cases.ask(case, actor=agent, items=items, message="")
    with time_machine.travel("2026-11-29 08:00:00+00:00", tick=False):
        cases.reply(case, answers={"last_name": "ABDI"})
        case.refresh_from_db()
        assert deadlines.due_now(case) == case.due_at


@pytest.fixture
def refused(proposed):
    case, _agent, chief = proposed
    cases.refuse(case, actor=chief, motive="not_found", reason="Introuvable")
    case.refresh_from_db()
    return case, chief


def test_refusal_is_contested_once_and_in_time_by_another_person(refused, person, deliver_all):
    case, chief = refused
    deliver_all()
    until = cases.appeal_deadline(case)
    decided_on = case.decided_at.astimezone(until.tzinfo).date()
    assert until.date() - decided_on == timedelta(days=60)
    with later(days=62), pytest.raises(BadRequest):
        cases.appeal(case, reason="Trop tard")
    with pytest.raises(BadRequest):
        cases.appeal(case, reason=" ")
    contested = cases.appeal(case, reason="L’acte existe.")
    assert (contested.appeal_of, contested.status) == (case, CaseStatus.SUBMITTED)
    with pytest.raises(BadRequest):
        cases.appeal(case, reason="Encore")
    agent = person()
    cases.take(contested, actor=agent)
    cases.propose(contested, actor=agent, outcome="granted")
    with pytest.raises(NotAllowed):
        cases.take(contested, actor=chief)
    cases.take(contested, actor=person("chief"))


def test_refused_case_is_opened_again_in_public(refused, deliver_all, person):
    case, chief = refused
    with pytest.raises(NotAllowed):
        cases.reopen(case, actor=person(), reason="Pour voir")
    cases.reopen(case, actor=chief, reason="Une pièce a été retrouvée.")
    case.refresh_from_db()
    assert (case.status, case.stage, case.decided_at) == (CaseStatus.IN_REVIEW, "review", None)
    event = case.events.get(action="reopen")
    assert event.is_public
    assert event.data["decision"]["motive"] == "not_found"
    deliver_all()
    assert Delivery.objects.filter(kind="case.reopened").count() == 1


def test_unanswered_complement_closes_the_case_which_may_be_opened_again(
    open_case, person, deliver_all
):
    case, agent = open_case(), person()
    cases.take(case, actor=agent)
    items = [{"kind": "field", "key": "last_name", "reason": "unreadable", "note": ""}]
    cases.ask(case, actor=agent, items=items, message="")
    assert jobs.lapse_unanswered() == 0
    with later(days=31):
        assert jobs.lapse_unanswered() == 1
        deliver_all()
    case.refresh_from_db()
    assert case.status == CaseStatus.WITHDRAWN
    assert Delivery.objects.filter(kind="case.lapsed").count() == 1
    cases.reopen(case, actor=person("chief"), reason="Il était malade.")
    assert case.tasks.filter(status=TaskStatus.OPEN).count() == 1

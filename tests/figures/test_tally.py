"""The maintained figures against a recount by hand, after anything that may happen to cases."""

import random
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from eservices.cases import services as cases
from eservices.cases.errors import BadRequest, NotAllowed, TransitionNotAllowed
from eservices.cases.models import Case, CaseEvent, CaseStatus, Complement, Decision
from eservices.cases.services import Applicant
from eservices.figures import facts, services
from eservices.figures.activity import Activity
from eservices.figures.facts import bin_of, bin_start
from eservices.figures.measures import total
from eservices.figures.models import CaseTally, Kind, Tally
from eservices.figures.periods import Period
from portal.accounts.models import Role
from tests.factories import AgentFactory, CaseFactory, EServiceVersionFactory, OfficeFactory

ANSWERS = {
    "last_name": "ABDI", "first_names": "Hawa", "phone": "+25377123456", "copies": 1, "reason": "school",
}  # fmt: skip
REFUSALS = (BadRequest, NotAllowed, TransitionNotAllowed)


def held():
    """What the tallies say, key by key, whatever the number of rows."""
    sums = Counter()
    for row in Tally.objects.all():
        key = (
            row.office_id,
            row.eservice_id,
            row.person_id,
            row.kind,
            row.detail,
            row.day,
            row.bin,
        )
        sums[key] += row.n
        sums[(*key, "seconds")] += row.seconds
    return {key: number for key, number in sums.items() if number}


def idleness():
    """How long each case has been left alone, as it is kept."""
    columns = ("case", "office", "holder", "touched_at", "idle_at", "moved_at")
    return list(CaseTally.objects.order_by("case").values_list(*columns))


def act(chance, case, people, offices):
    """Do something, possible or not, with a case."""
    here = [one for one in people if one.offices().filter(pk=case.office_id).exists()]
    actor = case.assignee if case.assignee and chance.random() < 0.8 else chance.choice(here)
    other = next(office for office in offices if office.pk != case.office_id)
    item = {"kind": "field", "key": "reason", "reason": "unreadable", "note": ""}
    return chance.choice([
        lambda: cases.take(case, actor=actor, reason="Urgent"),
        lambda: cases.take(case, actor=actor),
        lambda: cases.release(case, actor=actor, reason="Absent"),
        lambda: cases.ask(case, actor=actor, items=[item], message="Illisible"),
        lambda: cases.reply(case, answers={"reason": "school"}),
        lambda: cases.propose(case, actor=actor, outcome="granted"),
        lambda: cases.propose(case, actor=actor, outcome="refused", motive="not_found"),
        lambda: cases.send_back(case, actor=actor, reason="À revoir"),
        lambda: cases.grant(case, actor=actor),
        lambda: cases.refuse(case, actor=actor, motive="not_found"),
        lambda: cases.transfer(case, actor=actor, office=other, reason="Compétence")
        if chance.random() < 0.4
        else None,
        lambda: cases.assign(case, to=chance.choice(people), actor=actor, reason="Charge"),
        lambda: cases.withdraw(case) if chance.random() < 0.3 else None,
        lambda: cases.hand_over(case, actor=actor, recipient="Hawa", identity="CNI"),
    ])  # fmt: skip


def everybody_takes_part(offices):
    people = [AgentFactory(office=office) for office in offices for _ in range(2)]
    people += [AgentFactory(office=office, role=Role.CHIEF) for office in offices]
    return people


@pytest.mark.parametrize("seed", [1, 2])
def test_random_history_is_counted_as_by_hand(db, deliver_all, seed):
    chance = random.Random(seed)
    offices = [OfficeFactory(code="dj-a"), OfficeFactory(code="dj-b")]
    version = EServiceVersionFactory(offices=[office.code for office in offices])
    people = everybody_takes_part(offices)
    moment = timezone.now() - timedelta(days=60)
    for step in range(450):
        moment += timedelta(minutes=chance.randrange(200))
        with time_machine.travel(moment, tick=False):
            if step % 25 == 0:
                applicant = Applicant(name="Hawa Abdi", language="fr")
                cases.open_case(version=version, applicant=applicant, answers=ANSWERS)
                continue
            case = chance.choice(Case.objects.order_by("pk"))
            try:
                act(chance, case, people, offices)()
            except REFUSALS:
                continue
    while deliver_all():
        pass
    assert Complement.objects.exists()
    assert Case.objects.filter(decided_at__isnull=False).exists()
    assert_places_match(offices, version.eservice_id)
    services.count(CaseFactory(office=offices[0], in_review=True).pk)  # at least one is held
    before = held()
    while services.compact():
        pass
    assert held() == before
    assert Tally.objects.count() == len([key for key in before if len(key) == 7])
    idle = idleness()
    assert any(holder for _case, _office, holder, *_times in idle)
    told = []
    assert services.rebuild(told.append) == Case.objects.count()
    assert (held(), idleness()) == (before, idle)
    assert [line.partition(":")[0] for line in told] == ["dj-a", "dj-b"]
    services.rebuild(after="dj-a")  # what was interrupted goes on: the first office stays as it is
    assert (held(), idleness()) == (before, idle)


def test_case_that_moves_during_a_rebuild_is_counted_once(db):
    offices = [OfficeFactory(code="dj-a"), OfficeFactory(code="dj-b")]
    forward, back = (CaseFactory(office=office) for office in offices)
    services.rebuild()

    def move(line):
        """Between the two offices each case goes to the other; only one is counted before the end."""
        if line.startswith("dj-a"):
            Case.objects.filter(pk=forward.pk).update(office=offices[1])
            Case.objects.filter(pk=back.pk).update(office=offices[0])
            services.count(forward.pk)

    services.rebuild(move)
    services.count(back.pk)
    received = Tally.objects.filter(kind=Kind.RECEIVED).values_list("office", "n")
    sums = Counter()
    for office, number in received:
        sums[office] += number
    assert sums == {office.pk: 1 for office in offices}


def assert_places_match(offices, eservice_id):
    zone = facts.ZoneInfo("Africa/Djibouti")
    today = timezone.localdate(timezone=zone)
    activity = Activity.of(
        [office.pk for office in offices], Period(today - timedelta(days=80), today, zone)
    )
    for office in offices:
        one = activity.places[office.pk, eservice_id]
        mine = Case.objects.filter(office=office)
        delays = sorted(c.decided_at - c.filed_at for c in mine.filter(decided_at__isnull=False))
        assert one.received == mine.filter(filed_at__isnull=False).count()
        assert (
            one.granted
            == mine.filter(decision__outcome="granted", decided_at__isnull=False).count()
        )
        assert one.refused == mine.filter(status=CaseStatus.REFUSED).count()
        assert one.withdrawn == mine.filter(status=CaseStatus.WITHDRAWN).count()
        assert one.complements == Complement.objects.filter(case__office=office).count()
        assert one.open == mine.open().count()
        assert one.decided == len(delays)
        if delays:
            assert one.median == told(delays[-(-len(delays) // 2) - 1])
            assert one.slowest_tenth == told(delays[-(-9 * len(delays) // 10) - 1])
            seconds = sum(int(delay.total_seconds()) for delay in delays)
            assert one.average == timedelta(seconds=seconds // len(delays))
    refusals = Counter()
    for refused in Decision.objects.filter(outcome="refused", case__decided_at__isnull=False):
        for person in {refused.proposed_by_id, refused.decided_by_id} - {None}:
            refusals[refused.case.office_id, person, f"{eservice_id}:{refused.motive}"] += 1
    kept = Counter()
    for one in Tally.objects.filter(kind=Kind.REFUSED, person__isnull=False):
        kept[one.office_id, one.person_id, one.detail] += one.n
    assert +kept == refusals  # each agent's refusals by motive
    takes = CaseEvent.objects.filter(action="take").exclude(actor=None).count()
    assert Tally.objects.filter(kind=Kind.TAKEN).count() >= 1
    assert sum(Tally.objects.filter(kind=Kind.TAKEN).values_list("n", flat=True)) == takes


def told(delay):
    return bin_start(bin_of(delay))


def test_delays_are_told_in_hours_then_in_days():
    hour = timedelta(hours=1)
    expected = {0: 0, 1: 1, 47.9: 47, 48: 48, 71.9: 48, 72: 72, 2400: 2400}
    for hours, shown in expected.items():
        assert told(hours * hour) == shown * hour
    assert told(timedelta(seconds=-5)) == timedelta()


def test_counting_twice_changes_nothing(db):
    case = CaseFactory(granted=True)
    assert services.count(case.pk) > 0
    assert services.count(case.pk) == 0


def test_case_moved_behind_the_back_of_the_circuit_is_put_right(db):
    case = CaseFactory(in_review=True)
    services.count(case.pk)
    agent = AgentFactory(office=case.office)
    Case.objects.filter(pk=case.pk).update(assignee=agent)
    services.count(case.pk)
    open_rows = Tally.objects.filter(kind=Kind.OPEN, person__isnull=False)
    assert sum(row.n for row in open_rows) == 1
    assert sum(row.n for row in open_rows if row.person_id == agent.pk) == 1


def test_figures_outlive_the_cases_that_are_destroyed(db):
    case = CaseFactory(granted=True)
    office, service = case.office, case.eservice_id
    services.count(case.pk)
    services.retire([case.pk])
    case.decision.delete()
    case.delete()
    services.rebuild()
    zone = facts.ZoneInfo("Africa/Djibouti")
    today = timezone.localdate(timezone=zone)
    period = Period(today - timedelta(days=9), today, zone)
    activity = Activity.of([office.pk], period)
    assert activity.places[office.pk, service].granted == 1
    assert not CaseTally.objects.exists()


def test_nobody_sees_what_a_colleague_did_today_before_they_do(db):
    case = CaseFactory(in_review=True)
    CaseEvent.objects.create(case=case, action="take", to_status="in_review", actor=case.assignee)
    services.count(case.pk)
    zone = facts.ZoneInfo("Africa/Djibouti")
    today = timezone.localdate(timezone=zone)
    period = Period(today - timedelta(days=9), today, zone)
    ids = [case.office_id]
    chief_sees = total(Activity.of(ids, period, people_in=ids).people.values())
    assert (chief_sees.taken, chief_sees.open) == (0, 1)
    assert Activity.of(ids, period, user=case.assignee).person(case.assignee).taken == 1

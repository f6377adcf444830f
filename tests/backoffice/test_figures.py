"""The figures against a computation by hand, in few queries; each person sees their own share."""

import random
from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from eservices.cases.models import Case, CaseEvent, CaseReading, Complement
from eservices.figures import services as figures
from eservices.figures.facts import bin_of, bin_start
from eservices.figures.measures import Figures
from portal.accounts.models import Role
from tests.factories import CaseFactory, EServiceVersionFactory, OfficeFactory

FIGURES = "backoffice:figures"


@pytest.fixture
def history(office, agent, chief):
    """Sixty decided cases, ten open ones, and two of another office."""
    chance = random.Random(7)
    now = timezone.now()
    versions = [
        EServiceVersionFactory(offices=[office.code], slug=f"s-{n}", code=f"S-{n}")
        for n in range(2)
    ]
    for number in range(60):
        decided = now - timedelta(days=chance.randrange(60), hours=1)
        filed = decided - timedelta(hours=chance.randrange(2, 400))
        case = CaseFactory(
            office=office,
            version=versions[number % 2],
            filed_at=filed,
            due_at=filed + timedelta(days=5),
            reviewer=agent,
            **{chance.choice(["granted", "refused"]): True},
            decided_at=decided,
        )
        case.tasks.filter(done_by=agent).update(done_at=decided)
        if number % 7 == 0:
            Complement.objects.create(
                case=case, items=[], asked_by=agent, asked_at=decided,
                answer_by=decided, answered_at=decided,
            )  # fmt: skip
    for days in (0, 2, 3.5, 5, 8, 10, 16, 20, 40, 50):
        filed = now - timedelta(days=days, minutes=1)
        CaseFactory(
            office=office, version=versions[0], filed_at=filed, in_review=True, assignee=agent
        )
    CaseFactory(granted=True)
    CaseFactory()
    figures.rebuild()
    return office


def in_period(days=30):
    start = timezone.localtime(timezone=ZoneInfo("Africa/Djibouti")).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return start - timedelta(days=days - 1)


def by_hand(office, since):
    decided = list(
        Case.objects.filter(office=office, decided_at__gte=since).select_related("decision")
    )
    delays = sorted(case.decided_at - case.filed_at for case in decided)
    rank = next(i for i in range(1, len(delays) + 1) if i * 10 >= len(delays) * 9)
    middle = next(i for i in range(1, len(delays) + 1) if i * 2 >= len(delays))
    seconds = sum(int(delay.total_seconds()) for delay in delays)
    return {
        "received": Case.objects.filter(office=office, filed_at__gte=since).count(),
        "granted": sum(case.status == "granted" for case in decided),
        "refused": sum(case.status == "refused" for case in decided),
        "complements": Complement.objects.filter(case__office=office, asked_at__gte=since).count(),
        "average": timedelta(seconds=seconds // len(delays)),
        "median": bin_start(bin_of(delays[middle - 1])),
        "slowest_tenth": bin_start(bin_of(delays[rank - 1])),
        "share_on_time": 100 * sum(c.decided_at <= c.due_at for c in decided) // len(decided),
        "ages": [2, 2, 2, 2, 2],
    }


def test_figures_of_an_office_are_those_counted_by_hand(history, office, agent, chief, desk):
    with timezone.override("Africa/Djibouti"):
        expected = by_hand(office, in_period())
        today = Case.objects.filter(office=office, decided_at__gte=in_period(1)).count()
    answer = desk(chief).get(reverse(FIGURES))
    shown = answer.context["tables"][0].rows[-1]
    assert list(shown[1:]) == [
        expected["received"], expected["granted"] + expected["refused"], expected["granted"],
        expected["refused"], expected["complements"], expected["average"], expected["median"],
        expected["slowest_tenth"], shown[9], 10,
    ]  # fmt: skip
    assert shown[9].value == expected["share_on_time"]
    tables = {table.key: table for table in answer.context["tables"]}
    assert list(tables["backlog"].rows[-1][1:-1]) == [*expected["ages"], 10]
    assert sum(row[2] for row in tables["motives"].rows) == expected["refused"]
    row = next(row for row in tables["agents"].rows if row[0] == agent.full_name)
    assert row[2] == expected["granted"] + expected["refused"] - today
    assert row[-1] == 10
    motives = [one for one in tables["motives-agents"].rows if one[0] == agent.full_name]
    assert sum(one[-1] for one in motives) == row[5] > 0
    assert {one[2] for one in motives} <= {one[1] for one in tables["motives"].rows}
    assert "<svg" in answer.text


@pytest.mark.parametrize("number", [1, 2, 9, 10, 11, 40])
def test_nine_decisions_in_ten_are_not_slower(number):
    figures = Figures(granted=number, delays=Counter(range(number)))
    within = [one for one in range(number) if timedelta(hours=one) <= figures.slowest_tenth]
    assert len(within) * 10 >= number * 9
    assert (len(within) - 1) * 10 < number * 9


def test_period_narrows_and_nonsense_is_no_choice(history, chief, desk):
    browser = desk(chief)
    tomorrow = timezone.localdate() + timedelta(days=1)
    long_ago = browser.get(reverse(FIGURES), {"from": "2001-01-01", "to": "2001-02-01"})
    assert long_ago.context["tables"][0].rows[-1][2] == 0
    for query in ({"from": "hier"}, {"from": "9999-12-31"}, {"to": "0001-01-01"}, {"to": tomorrow}):
        answer = browser.get(reverse(FIGURES), query)
        assert answer.status_code == 200
        assert answer.context["period"].end <= timezone.localdate() + timedelta(days=1)


def test_agent_sees_own_figures_only(history, agent, desk, django_assert_max_num_queries):
    browser = desk(agent)
    with django_assert_max_num_queries(15):
        answer = browser.get(reverse(FIGURES))
    assert answer.context["tables"] == []
    assert answer.context["mine"].rows[0][1] > 0
    assert answer.context["mine"].rows[0][-1] == 10
    assert browser.get(reverse(FIGURES), {"table": "agents"}).status_code == 404
    assert browser.get(reverse("backoffice:fairness")).status_code == 404


def test_chief_of_one_office_sees_no_colleague_of_another(history, office, chief, desk):
    other = OfficeFactory()
    chief.office_memberships.create(office=other, role=Role.AGENT)
    elsewhere = CaseFactory(office=other, granted=True)
    answer = desk(chief).get(reverse(FIGURES))
    assert str(elsewhere.decision.proposed_by) not in answer.text


def test_figures_take_few_queries(history, chief, desk, django_assert_max_num_queries):
    browser = desk(chief)
    browser.get(reverse(FIGURES))  # the first page of a session writes the session
    with django_assert_max_num_queries(15):
        browser.get(reverse(FIGURES))


def test_csv_neutralises_names_that_are_formulas(history, office, chief, agent, desk):
    agent.full_name = "=HYPERLINK(1)"
    agent.save()
    table = desk(chief).get(reverse(FIGURES), {"table": "agents"})
    assert table["Content-Type"].startswith("text/csv")
    assert "'=HYPERLINK(1);" in table.text


def test_empty_office_has_figures_too(chief, desk):
    assert desk(chief).get(reverse(FIGURES)).status_code == 200
    assert desk(chief).get(reverse("backoffice:fairness")).status_code == 200


def test_fairness_report_names_what_happened(
    office, agent, chief, desk, django_assert_max_num_queries
):
    now = timezone.now()
    ours = {"office": office, "in_review": True, "assignee": agent}
    quick, slow = CaseFactory(**ours), CaseFactory(**ours)
    late = CaseFactory(**ours, filed_at=now - timedelta(days=4), due_at=now + timedelta(days=1))
    for case in (quick, slow):
        CaseEvent.objects.create(case=case, action="take", to_status="in_review", actor=agent)
    CaseEvent.objects.create(
        case=quick, action="take", to_status="in_review", actor=agent,
        data={"skipped": 4}, note="Départ demain", told_by=office,
    )  # fmt: skip
    CaseEvent.objects.create(
        case=slow, action="release", to_status="in_review", actor=agent, note="Congé",
        told_by=office,
    )  # fmt: skip
    for reason in ("", "Contrôle du service"):
        CaseReading.objects.create(
            case=slow, reader=chief, office=office, role="chief", what="case:print", reason=reason
        )
    stranger = CaseFactory(in_review=True, filed_at=now - timedelta(days=9))
    figures.rebuild()
    browser = desk(chief)
    with django_assert_max_num_queries(18):  # three of them write the session that is new here
        answer = browser.get(reverse("backoffice:fairness"))
    numbers = {
        name: answer.context[name].number for name in ("skipped", "held", "looked", "passed_on")
    }
    assert numbers == {"skipped": 1, "held": 1, "looked": 1, "passed_on": 1}
    assert answer.context["held"].rows[0].case == late
    for text in ("Départ demain", "Congé", "Contrôle du service", "sur papier"):
        assert text in answer.text
    assert stranger.reference not in answer.text
    alone = browser.get(reverse("backoffice:fairness"), {"part": "looked"})
    assert "Contrôle du service" in alone.text
    assert "Congé" not in alone.text

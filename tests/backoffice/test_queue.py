"""The queue: order, filters, pages, counters, search, and the next case."""

import gzip
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from eservices.backoffice import search
from eservices.backoffice.access import Agent
from eservices.backoffice.cursors import read_cursor, write_cursor
from eservices.cases import services as cases
from eservices.cases.models import Case, CaseReader, CaseTask
from eservices.cases.services import Applicant
from portal.core.prepared import prepared
from tests.factories import (
    ANSWERS,
    AgentFactory,
    CaseFactory,
    EServiceVersionFactory,
    OfficeFactory,
)
from tests.sample_circuit import parallel_circuit

QUEUE = reverse("backoffice:queue")


def filed(office, days, **values):
    return CaseFactory(office=office, filed_at=timezone.now() - timedelta(days=days), **values)


def shown(answer):
    return [row.reference for row in answer.context["page"].rows]


def test_queue_is_oldest_first_and_of_my_office_only(desk, office, agent):
    young, old = filed(office, 1), filed(office, 9)
    CaseFactory()
    filed(office, 20, granted=True)
    assert shown(desk(agent).get(QUEUE)) == [old.reference, young.reference]


def test_queue_of_two_offices_is_one_list(desk, office):
    second = OfficeFactory()
    agent = AgentFactory(office=office)
    agent.office_memberships.create(office=second, role="agent")
    cases_ = [filed(office, 1), filed(second, 2), filed(office, 3)]
    browser = desk(agent)
    assert shown(browser.get(QUEUE)) == [case.reference for case in reversed(cases_)]
    assert shown(browser.get(QUEUE, {"office": second.code})) == [cases_[1].reference]


def test_pages_follow_each_other_both_ways(desk, office, agent, monkeypatch):
    monkeypatch.setattr("eservices.backoffice.queue.PAGE", 2)
    same = timezone.now() - timedelta(days=1)
    expected = [CaseFactory(office=office, filed_at=same).reference for _ in range(5)]
    browser = desk(agent)
    first = browser.get(QUEUE)
    second = browser.get(QUEUE, {"after": first.context["page"].next})
    third = browser.get(QUEUE, {"after": second.context["page"].next})
    assert shown(first) + shown(second) + shown(third) == expected
    assert not first.context["page"].previous
    assert not third.context["page"].next
    back = browser.get(QUEUE, {"before": third.context["page"].previous})
    assert shown(back) == shown(second)


@pytest.mark.parametrize("cursor", ["", "x", "-", "1-", "99999999999999999999-1", "1-x", "²-1"])
def test_nonsense_cursor_is_the_first_page(desk, office, agent, cursor):
    case = CaseFactory(office=office)
    assert shown(desk(agent).get(QUEUE, {"after": cursor})) == [case.reference]


def test_cursor_keeps_its_place():
    key = (timezone.now(), 42)
    assert read_cursor(write_cursor(key)) == key


def test_counters_and_their_filters_agree(desk, office, agent, chief):
    overdue = filed(office, 9)
    today = filed(office, 1, due_at=timezone.now() + timedelta(minutes=5))
    mine = filed(office, 1, in_review=True, assignee=chief)
    waiting = filed(office, 1, awaiting_applicant=True)
    to_sign = filed(office, 1, proposed=True)
    browser = desk(chief)
    counted = {one.show: one.number for one in browser.get(QUEUE).context["counters"]}
    assert counted["overdue"] == 1
    assert (counted["mine"], counted["waiting"], counted["sign"]) == (1, 1, 1)
    assert counted["unassigned"] == 3
    for show, case in [
        ("overdue", overdue),
        ("mine", mine),
        ("waiting", waiting),
        ("sign", to_sign),
    ]:
        assert shown(browser.get(QUEUE, {"show": show})) == [case.reference]
    assert today.reference in shown(browser.get(QUEUE, {"show": "unassigned"}))


def test_status_filter_reaches_closed_cases(desk, office, agent):
    granted = CaseFactory(office=office, granted=True)
    refused = CaseFactory(office=office, refused=True)
    browser = desk(agent)
    assert shown(browser.get(QUEUE, {"status": "granted"})) == [granted.reference]
    assert shown(browser.get(QUEUE, {"status": "refused"})) == [refused.reference]


def test_service_filter(desk, office, agent):
    version = EServiceVersionFactory(offices=[office.code], slug="autre", code="T-2")
    other = CaseFactory(office=office, version=version)
    CaseFactory(office=office)
    assert shown(desk(agent).get(QUEUE, {"service": "autre"})) == [other.reference]


def test_empty_queue_says_so(desk, agent):
    browser = desk(agent)
    assert "g-empty" in browser.get(QUEUE).text
    assert "g-empty" in browser.get(QUEUE, {"show": "overdue"}).text


def test_queue_costs_few_queries_and_bytes(desk, office, agent):
    for days in range(30):
        filed(office, days, **({"in_review": True} if days % 3 else {}))
    browser = desk(agent)
    browser.get(QUEUE)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = browser.get(QUEUE)
    assert len(queries) <= 13, [query["sql"][:200] for query in queries]
    assert len(gzip.compress(answer.content)) < 15_000


def test_next_and_previous_follow_the_filter(desk, office, agent):
    first, second, third = filed(office, 9), filed(office, 2), filed(office, 1)
    filed(office, 1.5, in_review=True)
    browser = desk(agent)
    address = reverse("backoffice:case", args=[second.reference])
    context = browser.get(address, {"show": "unassigned"}).context
    assert (context["previous"], context["following"]) == (first.reference, third.reference)


def test_search_by_reference_phone_and_words(desk, office, agent):
    case = CaseFactory(office=office, applicant_name="Éléonore Waberi", granted=True)
    CaseFactory(applicant_name="Éléonore Waberi")
    browser = desk(agent)
    address = reverse("backoffice:search")
    for between in (" - ", " ", "", "."):
        typed = case.reference.lower().replace("-", between)
        assert browser.get(address, {"q": typed})["Location"].endswith(f"{case.reference}/")
    for words in ("77 83 12 34", "robleh", "Róbleh hodan", "waberi"):
        rows = browser.get(address, {"q": words}).context["found"].rows
        assert [row.reference for row in rows] == [case.reference], words
    for words in ("", "x", "zzz", "%", "DJ26-AAAAAAAA-A", "\x00", "1" * 500):
        assert browser.get(address, {"q": words}).context["found"].rows == []


def test_search_by_phone_finds_exactly_what_the_agent_may_read(office, agent, monkeypatch):
    other, phone = OfficeFactory(), "+25321350001"
    kinds: list[dict] = [
        {"office": office}, {"office": office, "is_restricted": True}, {"office": other},
        {"office": other}, {"office": other}, {"office": other, "is_restricted": True},
        {"office": office, "status": "awaiting_payment", "filed_at": None},
    ]  # fmt: skip
    made = [CaseFactory(phone=phone, **kind) for kind in kinds]
    asked = {
        "stage": "visa",
        "kind": "opinion",
        "role": "agent",
        "office": office,
        "is_guest": True,
    }
    made[1].tasks.all().delete()  # nobody of the office has a part in it
    CaseTask.objects.create(case=made[3], status="done", **asked)
    CaseTask.objects.create(case=made[4], status="cancelled", **asked)
    CaseReader.objects.create(case=made[5], user=agent)
    at_desk = Agent.of(agent)
    expected = {made[0].pk, made[3].pk, made[5].pk}
    assert set(search.find(at_desk, "21 35 00 01").keys) == expected
    readable = Case.objects.at_desk(agent, [office.pk], at_desk.roles).filter(phone=phone)
    assert {case.pk for case in readable} == expected  # the rule itself
    newest = CaseFactory(office=office, phone=phone, filed_at=timezone.now())
    monkeypatch.setattr(search, "FOUND", 2)
    monkeypatch.setattr(search, "_of_phone", prepared(search._of_phone.build))
    assert search.find(at_desk, phone).keys[0] == newest.pk
    assert len(search.find(at_desk, phone).keys) == 2


def test_next_case_is_the_oldest_that_waits_for_my_role(desk, office, agent, chief):
    filed(office, 20, proposed=True)
    filed(office, 15, in_review=True)
    oldest = filed(office, 10)
    filed(office, 1)
    answer = desk(agent).post(reverse("backoffice:take_next"))
    assert answer["Location"] == reverse("backoffice:case", args=[oldest.reference])
    oldest.refresh_from_db()
    assert oldest.assignee == agent


def test_no_next_case_is_said(desk, agent):
    answer = desk(agent).post(reverse("backoffice:take_next"), follow=True)
    assert "g-notice" in answer.text


def test_own_proposal_is_not_the_next_to_sign(office):
    both = AgentFactory(office=office)
    both.office_memberships.create(office=office, role="chief")
    filed(office, 20, proposed=True, reviewer=both)
    other = filed(office, 10, proposed=True)
    assert cases.take_next(actor=both, office_ids=[office.pk]) == other
    assert cases.take_next(actor=both, office_ids=[office.pk]) is None


def test_taking_out_of_order_needs_a_motive_that_is_kept(desk, office, agent):
    filed(office, 9)
    young = filed(office, 1)
    browser, address = desk(agent), reverse("backoffice:take", args=[young.reference])
    assert browser.post(address).status_code == 422
    browser.post(address, {"reason": "Bourse à rendre demain"})
    event = young.events.get(action="take")
    assert (event.note, event.is_public, event.data) == (
        "Bourse à rendre demain",
        False,
        {"skipped": 1, "stage": "review"},
    )


def test_a_signature_out_of_order_needs_its_motive_too(desk, office, agent, chief):
    old, young = (filed(office, days, proposed=True, reviewer=agent) for days in (9, 1))
    browser, address = desk(chief), reverse("backoffice:take", args=[young.reference])
    assert browser.post(address).status_code == 422
    browser.post(address, {"reason": "Départ demain"})
    event = young.events.filter(action="take").latest("pk")
    assert (event.actor, event.data["skipped"]) == (chief, 1)
    # What the portal gives next, and what one may not sign oneself, passes nothing over.
    own = filed(office, 20, proposed=True, reviewer=chief)
    assert cases.take_next(actor=chief, office_ids=[office.pk]) == old
    assert "skipped" not in old.events.filter(action="take").latest("pk").data
    assert own.assignee_id is None


@pytest.fixture
def branches(office):
    """Return a case whose own office and two others have a stage each, at the same time."""
    tax = OfficeFactory(code="tax-office")
    version = EServiceVersionFactory(offices=[office.code], circuit=parallel_circuit())
    case = cases.open_case(
        version=version,
        applicant=Applicant(name="Hodan Ali", phone="+25377831234"),
        answers=ANSWERS,
    )
    first = AgentFactory(office=office)
    cases.take(case, actor=first)
    values = {"sensitive": False}
    cases.complete(case, actor=first, outcome="accepted", values=values)
    return case, tax


def test_each_office_counts_its_own_branch(desk, agent, branches, assert_max_queries):
    case, tax = branches
    taxman = AgentFactory(office=tax)

    def counted(person):
        browser = desk(person)
        browser.get(QUEUE)  # the first page of a session writes it
        with assert_max_queries(14):
            answer = browser.get(QUEUE)
        return {one.show: one.number for one in answer.context["counters"] if one.number}

    assert counted(taxman) == {"guest": 1, "unassigned": 1}
    assert counted(agent) == {"other": 1, "unassigned": 1}
    cases.take(case, actor=agent, stage="registry")
    cases.take(case, actor=taxman, stage="tax")
    CaseTask.objects.filter(stage="tax").update(due_at=timezone.now() - timedelta(hours=1))
    # The case is not late; what is asked of the taxman is.
    assert counted(taxman) == {"guest": 1, "mine": 1, "overdue": 1}
    assert counted(agent) == {"other": 1, "mine": 1}
    for show in ("mine", "overdue", "guest"):
        row = desk(taxman).get(QUEUE, {"show": show}).context["page"].rows[0]
        assert (row.pk, row.holders, bool(row.late)) == (case.pk, [str(taxman)], True)
    case.refresh_from_db()
    cases.complete(case, actor=agent, stage="registry", outcome="done", values={"rccm": "DJ-1"})
    assert counted(agent) == {"other": 1}, "nothing here waits for this office"


def test_colleague_filter_finds_who_has_one_branch_of_several(desk, office, agent, chief, branches):
    case, tax = branches
    cases.take(case, actor=AgentFactory(office=tax), stage="tax")
    cases.take(case, actor=agent, stage="registry")
    browser = desk(chief)
    assert shown(browser.get(QUEUE, {"with": agent.pk})) == [case.reference]
    assert shown(browser.get(QUEUE, {"with": chief.pk})) == []

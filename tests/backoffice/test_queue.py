"""The queue: order, filters, pages, counters, search, and the next case."""

import gzip
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from eservices.backoffice.queue import read_cursor, write_cursor
from eservices.cases import services as cases
from tests.factories import AgentFactory, CaseFactory, EServiceVersionFactory, OfficeFactory

QUEUE = reverse("backoffice:queue")


def filed(office, days, **values):
    return CaseFactory(office=office, filed_at=timezone.now() - timedelta(days=days), **values)


def shown(answer):
    return [row.case.reference for row in answer.context["page"].rows]


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
    assert len(queries) <= 12, [query["sql"][:200] for query in queries]
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
    typed = case.reference.lower().replace("-", " - ")
    assert browser.get(address, {"q": typed})["Location"].endswith(f"{case.reference}/")
    for words in ("77 83 12 34", "robleh", "Róbleh hodan", "waberi"):
        rows = browser.get(address, {"q": words}).context["found"].rows
        assert [row.case.reference for row in rows] == [case.reference], words
    for words in ("", "x", "zzz", "%", "DJ26-AAAAAAAA-A", "\x00", "1" * 500):
        assert browser.get(address, {"q": words}).context["found"].rows == []


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
        {"skipped": 1},
    )

"""Who may enter the desk, and whose cases are seen there."""

import pytest
from django.urls import reverse

from portal.accounts.models import Role
from tests.factories import AgentFactory, CaseFactory, UserFactory

CASE_PAGES = [
    "case", "print", "preview", "act", "take", "release", "ask", "propose", "send_back", "grant",
    "refuse", "transfer", "hand_over",
]  # fmt: skip


@pytest.mark.parametrize("name", ["queue", "mine", "search"])
def test_anonymous_person_is_sent_to_sign_in(client, db, name):
    answer = client.get(reverse(f"backoffice:{name}"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", CASE_PAGES)
def test_anonymous_person_is_sent_to_sign_in_from_a_case(client, db, name):
    case = CaseFactory()
    answer = client.get(reverse(f"backoffice:{name}", args=[case.reference]))
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["queue", "mine", "search"])
def test_desk_does_not_exist_for_a_citizen_or_a_cashier(desk, office, name):
    address = reverse(f"backoffice:{name}")
    assert desk(UserFactory()).get(address).status_code == 404
    answer = desk(AgentFactory(office=office, role=Role.CASHIER)).get(address)
    if name == "search":
        assert answer.status_code == 404
    else:  # the way in leads a cashier to the cash desk
        assert answer["Location"] == reverse("backoffice:cash")


@pytest.mark.parametrize("name", CASE_PAGES)
def test_case_does_not_exist_for_the_wrong_person(desk, office, name):
    case = CaseFactory(office=office)
    address = reverse(f"backoffice:{name}", args=[case.reference])
    applicant = UserFactory()
    case.applicant = applicant
    case.save()
    strangers = [applicant, AgentFactory(), AgentFactory(office=office, role=Role.CASHIER)]
    for person in strangers:
        browser = desk(person)
        assert browser.get(address).status_code == 404
        assert browser.post(address, {}).status_code in {404, 405}


def test_piece_does_not_exist_for_the_agent_of_another_office(desk, office, add_piece):
    case = CaseFactory(office=office)
    piece = add_piece(case)
    address = reverse("backoffice:piece", args=[case.reference, piece.pk])
    assert desk(AgentFactory()).get(address).status_code == 404


def test_piece_of_another_case_does_not_open_under_this_one(desk, office, agent, add_piece):
    mine, other = CaseFactory(office=office), CaseFactory()
    piece = add_piece(other)
    address = reverse("backoffice:piece", args=[mine.reference, piece.pk])
    assert desk(agent).get(address).status_code == 404


def test_unpaid_case_is_nobody_s_work(desk, office, agent):
    case = CaseFactory(office=office, status="awaiting_payment", filed_at=None, due_at=None)
    browser = desk(agent)
    assert browser.get(reverse("backoffice:case", args=[case.reference])).status_code == 404
    assert case.reference not in browser.get(reverse("backoffice:queue")).text


def test_pages_of_the_desk_are_kept_by_no_cache(desk, office, agent):
    answer = desk(agent).get(reverse("backoffice:queue"))
    assert answer["Cache-Control"] == "private, no-store"

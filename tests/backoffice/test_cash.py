"""The cash desk: find, take, print, close; a file is never shown there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from eservices.backoffice.sheets import safe
from eservices.payments import services as payments
from eservices.payments.models import LedgerEntry
from portal.accounts.models import Role
from tests.factories import AgentFactory, CaseFactory, OfficeFactory, UserFactory

LINE = {"code": "copies", "label": {"fr": "Copie"}, "quantity": 3, "unit": 500, "amount": 1500}


@pytest.fixture
def cashier(office):
    return AgentFactory(office=office, role=Role.CASHIER, full_name="Saada Guelleh")


@pytest.fixture
def unpaid(office):
    """Make a request of the office that waits for 1 500 FDJ."""

    def make(where=office, **values):
        values = {"status": "awaiting_payment", "filed_at": None, "due_at": None} | values
        case = CaseFactory(office=where, **values)
        case.tasks.all().delete()
        case.payment = payments.create(
            reference=case.reference,
            lines=[LINE],
            currency="DJF",
            description="Extrait",
            receipt_series=where.code.upper(),
        )
        case.save()
        return case

    return make


def page(name, *args):
    return reverse(f"backoffice:{name}", args=args)


def test_number_or_phone_leads_to_the_fee(desk, cashier, unpaid):
    case, browser = unpaid(), desk(cashier)
    for words in (case.reference.lower(), "77 83 12 34"):
        answer = browser.get(page("cash"), {"q": words})
        assert answer["Location"] == page("cash_request", case.reference)
    shown = browser.get(page("cash_request", case.reference)).text
    assert "Copie" in shown
    assert "1\u202f500" in shown
    assert "school" not in shown


def test_two_requests_of_one_phone_are_listed(desk, cashier, unpaid):
    first, second = unpaid(), unpaid()
    shown = desk(cashier).get(page("cash"), {"q": "77831234"}).text
    assert first.reference in shown
    assert second.reference in shown


def test_cash_files_the_request_and_prints_a_receipt(desk, cashier, unpaid):
    case, browser = unpaid(), desk(cashier)
    answer = browser.post(page("cash_request", case.reference), follow=True)
    case.refresh_from_db()
    assert case.status == "submitted"
    assert case.payment.receipt_number in answer.text
    pdf = browser.get(page("cash_receipt", case.reference))
    assert pdf.content.startswith(b"%PDF")
    assert pdf["Content-Disposition"].startswith("inline")


def test_second_click_credits_nothing_and_says_so(desk, cashier, unpaid):
    case, browser = unpaid(), desk(cashier)
    first = browser.post(page("cash_request", case.reference))
    second = browser.post(page("cash_request", case.reference))
    assert (first.status_code, second.status_code) == (302, 409)
    case.payment.refresh_from_db()
    assert case.payment.receipt_number in second.text
    assert LedgerEntry.objects.filter(kind="charge").count() == 1


def test_withdrawn_request_takes_no_money(desk, cashier, unpaid):
    case = unpaid()
    payments.cancel(case.payment)
    answer = desk(cashier).post(page("cash_request", case.reference))
    assert answer.status_code == 409
    assert page("cash_receipt", case.reference) not in answer.text


def test_cash_desk_is_for_cashiers_of_that_office(desk, office, agent, chief, unpaid, client):
    case, elsewhere = unpaid(), unpaid(where=OfficeFactory())
    for person in (agent, chief, UserFactory()):
        browser = desk(person)
        for address in (page("cash"), page("closing"), page("cash_request", case.reference)):
            assert browser.get(address).status_code == 404
        assert browser.post(page("cash_request", case.reference)).status_code == 404
    cashier = desk(AgentFactory(office=office, role=Role.CASHIER))
    assert cashier.post(page("cash_request", elsewhere.reference)).status_code == 404
    assert client.get(page("cash")).status_code == 302
    assert not LedgerEntry.objects.filter(kind="charge").exists()


def test_receipt_of_what_is_not_paid_does_not_exist(desk, cashier, unpaid):
    assert desk(cashier).get(page("cash_receipt", unpaid().reference)).status_code == 404


def test_closing_adds_up_by_channel_on_page_and_in_csv(desk, cashier, unpaid, office):
    browser = desk(cashier)
    for case in (unpaid(), unpaid()):
        browser.post(page("cash_request", case.reference))
    shown = browser.get(page("closing")).text
    assert "3\u202f000" in shown
    assert "Saada Guelleh" in shown
    table = browser.get(page("closing"), {"format": "csv"})
    assert table["Content-Type"].startswith("text/csv")
    assert table.text.count(";1500;DJF;Saada Guelleh") == 2
    yesterday = timezone.localdate() - timedelta(days=2)
    assert "3\u202f000" not in browser.get(page("closing"), {"day": f"{yesterday}"}).text
    assert browser.get(page("closing"), {"day": "demain", "office": "x"}).status_code == 200


def test_cashier_opens_takes_and_closes_with_a_difference(desk, cashier, unpaid):
    browser, case = desk(cashier), unpaid()
    wrong = browser.post(page("drawer"), {"open": "1", "counted": "dix mille"})
    assert (wrong.status_code, "dix mille" in wrong.text) == (422, True)
    browser.post(page("drawer"), {"open": "1", "counted": "10 000"})
    browser.post(page("cash_request", case.reference))
    assert "11\u202f500" in browser.get(page("cash")).text
    unexplained = browser.post(page("drawer"), {"close": "1", "counted": "11000"})
    assert (unexplained.status_code, "11000" in unexplained.text) == (409, True)
    count = {"close": "1", "counted": "11000", "note": "Monnaie rendue en trop"}
    shown = browser.post(page("drawer"), count, follow=True).text
    assert "-500" in shown
    assert "Monnaie rendue en trop" in shown
    again = browser.post(page("drawer"), count, follow=True)
    assert "déjà fermée" in again.text


def test_person_who_is_agent_and_cashier_sees_both_desks(desk, office, agent):
    agent.office_memberships.create(office=office, role=Role.CASHIER)
    browser = desk(agent)
    assert page("cash") in browser.get(page("queue")).text
    assert page("queue") in browser.get(page("cash")).text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\r=1"])
def test_no_cell_is_a_formula(text):
    assert safe(text) == f"'{text}"
    assert safe(-3) == -3
    assert safe("DJ26-7") == "DJ26-7"

"""A session that ends while an agent writes: what was typed comes back, to nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from eservices.cases import services as cases
from eservices.cases.models import Case
from tests.factories import AgentFactory, CaseFactory
from tests.people import sign_in

REASON = "La pièce est au nom d'une autre personne. Demandez un duplicata."


@pytest.fixture
def case(office, agent) -> Case:
    case = CaseFactory(office=office)
    cases.take(case, actor=agent)
    return case


@pytest.fixture
def browser(agent, case, desk) -> Client:
    """A browser whose session ended after a page of the desk was open."""
    client = desk(agent)
    client.get(reverse("backoffice:case", args=[case.reference]))
    del client.cookies["sessionid"]
    return client


def send(browser, name, case, **typed):
    return browser.post(reverse(f"backoffice:{name}", args=[case.reference]), typed)


def test_a_proposal_is_on_the_screen_again_after_signing_in_and_nothing_was_done(
    browser, agent, case
):
    answer = send(browser, "propose", case, outcome="refused", reason=REASON)
    assert answer.status_code == 302
    sign_in(browser, agent)
    page = browser.get(answer.url.partition("next=")[2])
    assert page.context["form"].initial["reason"] == REASON
    assert page.context["form"]["outcome"].value() == "refused"
    assert "vous reconnecter" in page.text
    case.refresh_from_db()
    assert case.status == "in_review"
    again = browser.get(reverse("backoffice:propose", args=[case.reference]))
    assert REASON not in again.text  # given back once


@pytest.mark.parametrize(("name", "field"), [("message", "text"), ("note", "note")])
def test_letters_and_notes_come_back_too(browser, agent, case, name, field):
    send(browser, name, case, **{field: REASON})
    sign_in(browser, agent)
    page = browser.get(reverse(f"backoffice:{name}", args=[case.reference]))
    assert page.context[f"{name}_form"].initial[field] == REASON
    assert not case.messages.exists()


def test_somebody_else_who_signs_in_here_reads_nothing_of_it(browser, office, case):
    send(browser, "message", case, text=REASON)
    sign_in(browser, AgentFactory(office=office))
    page = browser.get(reverse("backoffice:message", args=[case.reference]), follow=True)
    assert "d'une autre personne" not in page.text
    assert "desk_held" not in browser.session  # forgotten, not only hidden


def test_who_never_sat_at_the_desk_fills_no_session(client, case):
    send(client, "message", case, text=REASON)
    assert "desk_held" not in client.session


def test_a_page_that_cannot_show_it_again_holds_nothing(browser):
    browser.post(reverse("backoffice:sitting_pack", args=[1]), {"password": "karité et mil"})
    browser.post(reverse("backoffice:bulk"), {"reason": REASON})
    assert "desk_held" not in browser.session


def test_an_old_page_after_signing_in_in_another_window_shows_its_text_again(agent, case):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, agent)
    address = reverse("backoffice:propose", args=[case.reference])
    browser.get(address)
    stale = {"csrfmiddlewaretoken": "x" * 64, "outcome": "granted", "reason": REASON}
    page = browser.post(address, stale, follow=True)
    assert page.status_code == 200
    assert page.context["form"].initial["reason"] == REASON
    case.refresh_from_db()
    assert not case.events.filter(action="propose").exists()
    elsewhere = browser.post("/accounts/login/", {"csrfmiddlewaretoken": "x" * 64})
    assert elsewhere.status_code == 403


def test_a_button_pressed_too_late_leads_back_to_where_it_stands(browser, agent):
    answer = browser.post(reverse("backoffice:take_next"))
    sign_in(browser, agent)
    assert browser.get(answer.url.partition("next=")[2]).url == reverse("backoffice:queue")

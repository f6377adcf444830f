"""The agent's way through a case, as seen in the browser."""

import pytest
from django.urls import reverse

from eservices.cases import services as cases
from eservices.cases.models import CaseStatus, Complement
from eservices.documents import rendering
from portal.accounts.models import Role
from tests.factories import AgentFactory, CaseFactory, EServiceVersionFactory, OfficeFactory
from tests.people import use_second_factor


def page(name, case):
    return reverse(f"backoffice:{name}", args=[case.reference])


def test_case_is_taken_proposed_signed_and_handed_over(desk, office, agent, chief):
    case = CaseFactory(office=office)
    at_desk, at_chief = desk(agent), desk(chief)
    assert page("take", case) in at_desk.get(page("case", case)).text
    at_desk.post(page("take", case))
    case.refresh_from_db()
    assert (case.status, case.assignee) == (CaseStatus.IN_REVIEW, agent)
    at_desk.post(page("propose", case), {"outcome": "granted", "reason": "Registre 12"})
    case.refresh_from_db()
    assert (case.stage, case.assignee) == ("signature", None)
    at_chief.post(page("take", case))
    shown = at_chief.get(page("case", case)).text
    assert "Registre 12" in shown
    assert page("grant", case) in shown
    answer = at_chief.post(page("grant", case), {"reason": ""})
    assert answer["Location"] == page("case", case)
    case.refresh_from_db()
    assert case.status == CaseStatus.GRANTED
    answer = at_desk.post(
        page("hand_over", case),
        {
            "recipient": "Hodan Ali",
            "identity_kind": "passport",
            "identity_number": "123",
            "checked": "on",
            "in_register": "on",
        },
    )
    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED
    assert case.events.get(action="hand_over").data == {
        "recipient": "Hodan Ali",
        "identity": "Passeport 123",
    }


def test_proposer_is_not_offered_the_signature(desk, office, agent):
    case = CaseFactory(office=office, proposed=True, reviewer=agent)
    assert page("take", case) not in desk(agent).get(page("case", case)).text


def test_signature_asks_for_the_second_factor_again_and_then_signs(desk, office, chief):
    case = CaseFactory(office=office, proposed=True, assignee=chief)
    browser = desk(chief)
    session = browser.session
    session["account_authentication_methods"][0]["at"] -= 16 * 60
    session.save()
    answer = browser.post(page("grant", case), {"reason": ""})
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    case.refresh_from_db()
    assert case.status == CaseStatus.IN_REVIEW
    use_second_factor(browser, chief)
    browser.post(page("grant", case), {"reason": ""})
    case.refresh_from_db()
    assert case.status == CaseStatus.GRANTED


def test_complement_names_the_answers_and_pieces_with_their_reasons(desk, office, agent, add_piece):
    case = CaseFactory(office=office, in_review=True, assignee=agent)
    add_piece(case)
    browser = desk(agent)
    assert "carte.jpg" in browser.get(page("ask", case)).text
    browser.post(
        page("ask", case),
        {
            "ask": ["field:last_name", "piece:id_document"],
            "reason-field:last_name": "unreadable",
            "note-field:last_name": "Comme sur la carte",
            "reason-piece:id_document": "unreadable",
            "message": "Reprenez la photo.",
        },
    )
    complement = Complement.objects.get(case=case)
    assert complement.message == "Reprenez la photo."
    assert complement.items == [
        {"kind": "field", "key": "last_name", "reason": "unreadable", "note": "Comme sur la carte"},
        {"kind": "piece", "key": "id_document", "reason": "unreadable", "note": ""},
    ]
    case.refresh_from_db()
    assert case.status == CaseStatus.AWAITING_APPLICANT
    assert "Comme sur la carte" in browser.get(page("case", case)).text


@pytest.mark.parametrize("data", [{}, {"ask": ["field:last_name"]}, {"ask": ["x"]}])
def test_complement_without_item_or_reason_is_shown_again(desk, office, agent, data):
    case = CaseFactory(office=office, in_review=True, assignee=agent)
    answer = desk(agent).post(page("ask", case), data | {"message": "Texte gardé"})
    assert answer.status_code == 422
    assert "Texte gardé" in answer.text
    case.refresh_from_db()
    assert case.status == CaseStatus.IN_REVIEW


def test_corrected_answer_is_shown_with_what_stood_before(desk, office, agent):
    case = CaseFactory(office=office, awaiting_applicant=True, assignee=agent)
    cases.reply(case, answers={"last_name": "Waberi"})
    shown = desk(agent).get(page("case", case)).text
    assert "Waberi" in shown
    assert "<del><bdi>Robleh</bdi></del>" in shown


def test_refusal_needs_a_motive_of_the_list(desk, office, chief):
    case = CaseFactory(office=office, proposed=True, assignee=chief)
    browser = desk(chief)
    for motive in ("", "because"):
        answer = browser.post(page("refuse", case), {"motive": motive, "reason": "Texte gardé"})
        assert answer.status_code == 422
        assert "Texte gardé" in answer.text
    browser.post(page("refuse", case), {"motive": "not_found", "reason": "Cherché de 1960 à 1970."})
    case.refresh_from_db()
    assert case.status == CaseStatus.REFUSED
    assert case.decision.motive_label == {"fr": "Acte introuvable"}
    assert "Acte introuvable" in browser.get(page("case", case)).text


def test_proposal_to_refuse_needs_a_motive(desk, office, agent):
    case = CaseFactory(office=office, in_review=True, assignee=agent)
    answer = desk(agent).post(page("propose", case), {"outcome": "refused", "reason": "Non"})
    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.stage == "review"


def test_second_agent_is_told_who_was_faster_and_keeps_the_text(desk, office, agent):
    case = CaseFactory(office=office)
    other = AgentFactory(office=office, full_name="Idriss Waberi")
    browser = desk(agent)
    cases.take(case, actor=other)
    answer = browser.post(page("take", case), {"reason": "Urgence médicale"})
    assert answer.status_code == 409
    assert "Idriss Waberi" in answer.text


def test_decision_that_came_too_late_keeps_what_was_typed(desk, office, chief):
    case = CaseFactory(office=office, proposed=True, assignee=chief)
    browser = desk(chief)
    browser.get(page("refuse", case))
    cases.grant(case, actor=chief)
    answer = browser.post(page("refuse", case), {"motive": "not_found", "reason": "Texte gardé"})
    assert answer.status_code == 409
    assert "Texte gardé" in answer.text
    case.refresh_from_db()
    assert case.status == CaseStatus.GRANTED


def test_release_returns_the_case_to_the_queue(desk, office, agent):
    case = CaseFactory(office=office, in_review=True, assignee=agent)
    desk(agent).post(page("release", case), {"reason": "Absence"})
    case.refresh_from_db()
    assert case.assignee is None
    assert not case.events.get(action="release").is_public


def test_chief_sends_a_proposal_back(desk, office, agent, chief):
    case = CaseFactory(office=office, proposed=True, reviewer=agent, assignee=chief)
    desk(chief).post(page("send_back", case), {"reason": "Vérifier la date"})
    case.refresh_from_db()
    assert (case.stage, case.assignee) == ("review", agent)
    assert "Vérifier la date" in desk(agent).get(page("case", case)).text


def test_case_passes_to_another_office_of_the_service_only(desk, office, agent):
    branch, foreign = OfficeFactory(), OfficeFactory()
    version = EServiceVersionFactory(offices=[office.code, branch.code])
    case = CaseFactory(office=office, version=version, in_review=True, assignee=agent)
    browser = desk(agent)
    answer = browser.post(page("transfer", case), {"office": foreign.pk, "reason": "Né ailleurs"})
    assert answer.status_code == 422
    browser.post(page("transfer", case), {"office": branch.pk, "reason": "Né ailleurs"})
    case.refresh_from_db()
    assert (case.office, case.status) == (branch, CaseStatus.SUBMITTED)
    assert browser.get(page("case", case)).status_code == 404
    # The answer was lost and the page is loaded again: it says what was done, to who did it only.
    again = browser.post(page("transfer", case), {"office": branch.pk, "reason": "Né ailleurs"})
    assert again.status_code == 302
    assert desk(AgentFactory(office=office)).get(page("transfer", case)).status_code == 404


def test_message_goes_to_the_applicant(desk, office, agent):
    case = CaseFactory(office=office, in_review=True, assignee=agent)
    browser = desk(agent)
    browser.post(page("message", case), {"text": "Passez mardi."})
    assert case.messages.get().author == agent
    assert "Passez mardi." in browser.get(page("exchanges", case)).text
    assert browser.post(page("message", case), {"text": " "}).status_code == 422


def test_action_that_is_not_possible_now_leads_back_with_a_word(desk, office, agent):
    case = CaseFactory(office=office)
    answer = desk(agent).get(page("propose", case), follow=True)
    assert answer.redirect_chain[0][0] == page("case", case)
    assert "g-notice--warning" in answer.text


def test_preview_shows_the_act_without_issuing_it(desk, office, chief):
    case = CaseFactory(office=office, proposed=True, assignee=chief)
    answer = desk(chief).get(page("preview", case))
    assert answer.content.startswith(b"%PDF-")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    case.refresh_from_db()
    assert case.decision.document is None


def test_preview_that_cannot_be_drawn_says_so_where_it_is_shown(
    desk, office, chief, monkeypatch, tmp_path
):
    (tmp_path / "main.typ").write_text("#panic()")
    monkeypatch.setattr(rendering, "TEMPLATES", tmp_path)
    case = CaseFactory(office=office, proposed=True, assignee=chief)
    answer = desk(chief).get(page("preview", case))
    assert answer.status_code == 409
    assert str(rendering.FAILED) in answer.text
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_summary_is_printed(desk, office, agent):
    case = CaseFactory(office=office, in_review=True, assignee=agent)
    assert "Robleh" in desk(agent).get(page("print", case)).text
    assert case.readings.get().reader == agent


def test_chief_may_not_take_a_review(desk, office, chief):
    case = CaseFactory(office=office)
    assert chief.office_memberships.get().role == Role.CHIEF
    assert desk(chief).post(page("take", case)).status_code == 409

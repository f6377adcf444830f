"""Reading a citizen's file leaves a trace, and outside one's work it needs a reason."""

from django.urls import reverse

from tests.factories import AgentFactory, CaseFactory


def page(name, case, *more):
    return reverse(f"backoffice:{name}", args=[case.reference, *more])


def test_each_opening_of_a_case_and_a_piece_is_recorded_once(desk, office, agent, add_piece):
    case = CaseFactory(office=office, in_review=True, assignee=agent)
    piece = add_piece(case)
    browser = desk(agent)
    for _ in range(2):
        assert page("piece", case, piece.pk) in browser.get(page("case", case)).text
        answer = browser.get(page("piece", case, piece.pk))
        assert answer["Content-Disposition"].startswith("inline")
        assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
    readings = list(case.readings.order_by("pk"))
    assert [reading.what for reading in readings] == ["case", "carte.jpg"]
    assert {(one.reader, one.office, one.role) for one in readings} == {(agent, office, "agent")}


def test_colleague_s_file_opens_for_a_reason_that_is_recorded(desk, office, agent, add_piece):
    case = CaseFactory(office=office, in_review=True)
    piece = add_piece(case)
    browser = desk(agent)
    shown = browser.get(page("case", case)).text
    assert "Robleh" not in shown.replace(case.applicant_name, "")
    assert not case.readings.exists()
    assert browser.get(page("piece", case, piece.pk))["Location"] == page("case", case)
    assert browser.post(page("reason", case), {"why": "other"}).status_code == 422
    browser.post(page("reason", case), {"why": "other", "details": "Réclamation n° 3"})
    assert "Robleh" in browser.get(page("case", case)).text
    assert browser.get(page("piece", case, piece.pk)).status_code == 200
    assert set(case.readings.values_list("what", "reason")) == {
        ("case", "Réclamation n° 3"),
        ("carte.jpg", "Réclamation n° 3"),
    }


def test_invalid_post_shows_nothing_to_who_has_no_reason(desk, office, agent):
    case = CaseFactory(office=office, in_review=True)
    answer = desk(agent).post(page("ask", case), {})
    assert "Robleh" not in answer.text.replace(case.applicant_name, "")


def test_who_worked_on_a_case_opens_it_again_without_reason(desk, office, agent):
    case = CaseFactory(office=office, granted=True, reviewer=agent)
    assert desk(agent).get(page("case", case)).templates[0].name == "backoffice/case.html"


def test_chief_sees_who_read_the_file(desk, office, chief):
    other = AgentFactory(office=office, full_name="Idriss Waberi")
    case = CaseFactory(office=office, proposed=True)
    desk(other).get(page("case", case))
    assert "Idriss Waberi" in desk(chief).get(page("history", case)).text


def test_case_file_costs_few_queries(desk, office, agent, add_piece, assert_max_queries):
    CaseFactory(office=office)
    case = CaseFactory(office=office, awaiting_applicant=True, assignee=agent)
    add_piece(case)
    browser = desk(agent)
    browser.get(page("case", case))
    case.readings.all().delete()
    with assert_max_queries(15):
        browser.get(page("case", case))

"""Filters on answers, kept views, bulk actions, distribution, spelling variants, the live part."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from eservices.backoffice import queue
from eservices.backoffice.models import Distribution, Export, SavedView
from eservices.backoffice.services import distribution
from eservices.cases import services as cases
from eservices.cases.models import Case, CaseTask
from portal.accounts.models import Role
from tests.factories import AgentFactory, CaseFactory, EServiceVersionFactory, OfficeFactory
from tests.sample_circuit import parallel_circuit

QUEUE = "backoffice:queue"


@pytest.fixture
def version(office):
    return EServiceVersionFactory(offices=[office.code])


@pytest.fixture
def make_case(office, version):
    def make(name="Hodan Robleh", **changes):
        answers = {"last_name": name, "first_names": "x", "copies": 2, "reason": "school"}
        answers |= changes.pop("answers", {})
        return CaseFactory(
            office=office, version=version, applicant_name=name, answers=answers, **changes
        )

    return make


def shown(answer):
    rows = answer.context["page"].rows
    found = Case.objects.in_bulk([row.pk for row in rows])
    return [found[row.pk] for row in rows]


def test_filters_on_answers_compose_and_reach_the_case_file(make_case, agent, desk):
    one = make_case(answers={"copies": 3, "reason": "other"})
    two = make_case(answers={"copies": 5, "reason": "other"})
    make_case(answers={"copies": 5, "reason": "school"})
    browser, url = desk(agent), reverse(QUEUE)
    query = {"service": one.eservice.slug, "f.reason": "other", "f.copies:min": "3"}
    assert shown(browser.get(url, query)) == [one, two]
    query["f.copies:max"] = "4"
    assert shown(browser.get(url, query)) == [one]
    answer = browser.get(
        url, {"service": one.eservice.slug, "f.last_name": "rob", "f.reason": "other"}
    )
    assert shown(answer) == [one, two]
    assert "f.reason=other" in answer.text
    file = browser.get(
        reverse("backoffice:case", args=[one.reference]), query | {"f.copies:max": "9"}
    )
    assert file.context["following"] == two.reference


@pytest.mark.parametrize(
    "query",
    [
        {"f.copies:min": "x"}, {"f.copies:min": "NaN"}, {"f.copies:max": "1e99"}, {"f.zzz": "1"},
        {"f.answers__id": "1"}, {"with": "abc"}, {"with": "99999999999"}, {"since": "2026-13-45"},
        {"label": "-1"}, {"order": "name"}, {"f.last_name": "\x00'\""}, {"f.last_name": "-12345678 \ue000"}, {"until": "8999-12-31"}, {"f.copies:min": "-012345678"}, {"after": "1-2", "order": "due"},
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_fault(make_case, agent, desk, query):
    case = make_case()
    answer = desk(agent).get(reverse(QUEUE), {"service": case.eservice.slug} | query)
    assert answer.status_code == 200


def test_a_choice_made_again_is_answered_for_who_makes_it(make_case, agent, chief, desk):
    query = {"service": make_case().eservice.slug, "show": "mine", "since": "2020-01-01"}
    for person in (agent, chief, agent):
        case = make_case(in_review=True, assignee=person)
        mine = shown(desk(person).get(reverse(QUEUE), query))
        assert case in mine
        assert {one.assignee for one in mine} == {person}
    assert not shown(desk(agent).get(reverse(QUEUE), query | {"since": "2100-01-01"}))


def test_queue_in_order_of_deadline_page_by_page(make_case, agent, desk):
    made = [make_case() for _ in range(30)]
    late = made[17]
    Case.objects.filter(pk=late.pk).update(due_at=late.filed_at)
    browser, url = desk(agent), reverse(QUEUE)
    first = browser.get(url, {"order": "due"})
    assert shown(first)[0] == late
    second = browser.get(url, {"order": "due", "after": first.context["page"].next})
    assert {case.pk for case in shown(first) + shown(second)} == {case.pk for case in made}


def test_queue_with_everything_takes_few_queries(make_case, chief, desk, assert_max_queries):
    for _ in range(5):
        make_case(in_review=True)
    make_case(in_review=True, is_restricted=True)
    browser, url = desk(chief), reverse(QUEUE)
    query = {"service": Case.objects.first().eservice.slug, "f.reason": "school"}
    browser.get(url, query)
    with assert_max_queries(14):
        browser.get(url, query)


def test_view_is_kept_and_shared_in_the_office_only(make_case, office, agent, chief, desk):
    make_case()
    browser = desk(agent)
    data = {
        "query": "show=overdue&order=due&nonsense=1",
        "name": " En retard ",
        "share": office.code,
    }
    browser.post(reverse("backoffice:save_view"), data)
    view = SavedView.objects.get()
    assert (view.name, view.query, view.office) == ("En retard", "show=overdue&order=due", office)
    assert "En retard" in desk(chief).get(reverse(QUEUE)).text
    change = reverse("backoffice:change_view", args=[view.pk])
    assert desk(chief).post(change, {"name": "À moi"}).status_code == 404
    browser.post(change, {"name": " "})
    browser.post(change, {"name": "Retards du matin", "share": office.code})
    view.refresh_from_db()
    assert (view.name, view.office) == ("Retards du matin", office)
    browser.post(change, {"name": "En retard", "share": office.code})
    stranger = AgentFactory()
    assert "En retard" not in desk(stranger).get(reverse(QUEUE)).text
    desk(chief).post(reverse("backoffice:delete_view", args=[view.pk]))
    assert SavedView.objects.exists()
    browser.post(reverse("backoffice:save_view"), data)
    assert SavedView.objects.count() == 1
    browser.post(reverse("backoffice:delete_view", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_bulk_take_tells_of_each_case_what_came_of_it(make_case, agent, desk):
    old, free, taken = make_case(), make_case(), make_case(in_review=True)
    elsewhere = CaseFactory()
    browser, url = desk(agent), reverse("backoffice:bulk")
    chosen = [case.reference for case in (free, taken, elsewhere)]
    results = browser.post(url, {"action": "take", "case": chosen}).context["results"]
    assert [(one.reference, one.is_done, one.is_here) for one in results] == [
        (free.reference, False, True), (taken.reference, False, True),
        (elsewhere.reference, False, False),
    ]  # fmt: skip
    both = {"action": "take", "case": [free.reference, old.reference]}
    assert all(one.is_done for one in browser.post(url, both).context["results"])
    assert Case.objects.filter(assignee=agent).count() == 2
    for action in ("label", "transfer", "release", "assign", "nonsense"):
        done = browser.post(url, {"action": action, "case": [old.reference]}).context["results"]
        assert not done[0].is_done, action


def test_labels_are_added_filtered_and_removed_in_bulk(make_case, agent, desk):
    one, _two = make_case(name="Awa <i>'\"&"), make_case()
    browser, url = desk(agent), reverse("backoffice:bulk")
    browser.post(url, {"action": "label", "label": " Pièce  <b>", "case": [one.reference]})
    label = one.desk_labels.get().label
    assert label.name == "Pièce <b>"
    answer = browser.get(reverse(QUEUE), {"label": label.pk})
    assert shown(answer) == [one]
    assertContains(answer, "<bdi>Awa &lt;i&gt;&#x27;&quot;&amp;</bdi>")  # lines are made by hand
    assertContains(answer, '<span class="g-tag g-tag--neutral">Pièce &lt;b&gt;</span>')
    assertContains(answer, f'{one.reference}/?label={label.pk}">')
    browser.post(url, {"action": "unlabel", "label": label.name, "case": [one.reference]})
    assert not one.desk_labels.exists()
    assert not one.office.labels.exists()


def test_chief_gives_several_cases_to_a_person(make_case, agent, chief, desk):
    made = [make_case() for _ in range(3)]
    data = {"action": "assign", "person": agent.pk, "reason": "Congé de Moussa",
            "case": [case.reference for case in made]}  # fmt: skip
    results = desk(chief).post(reverse("backoffice:bulk"), data).context["results"]
    assert all(one.is_done for one in results)
    assert Case.objects.filter(assignee=agent).count() == 3


def test_office_balances_new_requests_and_the_choice_is_on_record(office, chief, agent, desk):
    other, version = AgentFactory(office=office), EServiceVersionFactory(offices=[office.code])
    for _ in range(2):
        CaseFactory(office=office, version=version, in_review=True, assignee=agent)
    url = reverse("backoffice:distribution")
    assert desk(agent).get(url).status_code == 404
    desk(chief).post(url, {"office": office.code, "service": "", "method": "load"})
    assert Distribution.objects.get().chosen_by == chief
    case = CaseFactory(office=office, version=version)
    distribution.distribute(case.pk)
    distribution.distribute(case.pk)
    case.refresh_from_db()
    assert case.assignee == other
    event = case.events.get(action="assign")
    assert (event.actor, event.data["method"]) == (None, "load")
    assert "load" not in desk(chief).get(url).text.split("<tbody>")[1]


def test_service_rule_wins_over_the_office_and_a_drawn_case_stays_in_the_office(
    office, chief, agent
):
    version = EServiceVersionFactory(offices=[office.code])
    distribution.choose(office=office, eservice=None, method="load", actor=chief)
    distribution.choose(office=office, eservice=version.eservice, method="queue", actor=chief)
    case = CaseFactory(office=office, version=version)
    assert distribution.distribute(case.pk) is None
    distribution.choose(office=office, eservice=version.eservice, method="random", actor=chief)
    AgentFactory(office=OfficeFactory())
    assert distribution.distribute(case.pk) == agent


def test_new_case_is_given_out_by_the_worker(office, chief, agent, deliver_all):
    version = EServiceVersionFactory(offices=[office.code])
    distribution.choose(office=office, eservice=None, method="random", actor=chief)
    answers = {"last_name": "A", "first_names": "B", "phone": "+25377123456", "copies": 1,
               "reason": "school"}  # fmt: skip
    case = cases.open_case(
        version=version, applicant=cases.Applicant(name="A B", language="fr"), answers=answers
    )
    deliver_all()
    case.refresh_from_db()
    assert case.assignee == agent


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("Mohamed", "Mohammed"), ("Mouhamed Ali", "mohamad"), ("Abdoulaye", "Abdulay"),
        ("محمد حسن", "Mohamed"), ("Mohamed Hassan", "محمد"), ("Houssein", "Hussein"),
        ("Fatouma Djama", "Fatima Jama"), ("Ouédraogo", "wedraogo"), ("Aïcha", "Aisha"),
        ("Cheikh", "Sheikh"), ("Youssouf", "Yusuf"), ("Khadidja", "Kadija"),
    ],
)  # fmt: skip
def test_names_are_found_however_they_are_spelled(make_case, agent, desk, written, sought):
    case, other = make_case(name=written), make_case(name="Zeinab Guelleh")
    found = desk(agent).get(reverse("backoffice:search"), {"q": sought}).context["found"]
    references = [row.reference for row in [*found.rows, *found.similar]]
    assert case.reference in references
    assert other.reference not in references


def test_exact_spelling_comes_before_similar_ones(make_case, agent, desk):
    similar, exact = make_case(name="Mohammed Aden"), make_case(name="Mohamed Aden")
    found = desk(agent).get(reverse("backoffice:search"), {"q": "mohamed"}).context["found"]
    assert [row.pk for row in found.rows] == [exact.pk]
    assert [row.pk for row in found.similar] == [similar.pk]


def test_live_part_is_sent_only_when_it_has_changed(make_case, agent, desk, assert_max_queries):
    make_case()
    browser, url = desk(agent), reverse(QUEUE)
    first = browser.get(url, {"live": "1"})
    assert "<html" not in first.text
    same = browser.get(url, {"live": "1"}, headers={"if-none-match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    make_case()
    with assert_max_queries(10):
        fresh = browser.get(url, {"live": "1"}, headers={"if-none-match": first["ETag"]})
    assert fresh.status_code == 200


def test_agents_of_two_offices_see_one_inbox(make_case, agent, desk):
    one = make_case()
    other = OfficeFactory()
    agent.office_memberships.create(office=other, role=Role.AGENT)
    two = CaseFactory(office=other)
    assert {case.pk for case in shown(desk(agent).get(reverse(QUEUE)))} == {one.pk, two.pk}
    assert not Export.objects.exists()


def test_what_other_offices_ask_stands_in_the_inbox_at_its_age(
    office, desk, monkeypatch, assert_max_queries
):
    """Two branches of one case may ask the same office: it is one line, also across pages."""
    monkeypatch.setattr(queue, "PAGE", 2)
    expert = OfficeFactory(code="tax-office")
    version = EServiceVersionFactory(offices=[office.code], circuit=parallel_circuit())
    theirs = {"office": office, "version": version, "stage": "review"}
    agent = AgentFactory(office=expert)
    days = [timezone.now() - timedelta(days=number) for number in (9, 7, 5, 3)]
    asked, own, later, secret = (
        CaseFactory(**theirs, filed_at=days[0]),
        CaseFactory(office=expert, filed_at=days[1]),
        CaseFactory(**theirs, filed_at=days[2]),
        CaseFactory(**theirs, filed_at=days[3], is_restricted=True),
    )
    for case, stages in ((asked, ("registry", "tax")), (later, ("tax",)), (secret, ("tax",))):
        for stage in stages:
            CaseTask.objects.create(
                case=case, stage=stage, kind="opinion", office=expert, is_guest=True,
                role=Role.CHIEF if case == secret else Role.AGENT,
            )  # fmt: skip
    cases.repair_guests(expert.pk)
    browser = desk(agent)
    browser.get(reverse(QUEUE))
    with assert_max_queries(14):
        first = browser.get(reverse(QUEUE))
    assert shown(first) == [asked, own]
    assert office.name_in() in first.text
    second = browser.get(reverse(QUEUE), {"after": first.context["page"].next})
    assert shown(second) == [later]
    back = browser.get(reverse(QUEUE), {"before": second.context["page"].previous})
    assert shown(back) == [asked, own]
    assert shown(browser.get(reverse(QUEUE), {"order": "due"})) == [asked, own]
    assert shown(browser.get(reverse(QUEUE), {"show": "guest"})) == [asked, later]
    numbers = {one.show: one.number for one in first.context["counters"]}
    assert numbers["guest"] == 2
    file = reverse("backoffice:case", args=[own.reference])
    with assert_max_queries(14):
        opened = browser.get(file)
    beside = (opened.context["previous"], opened.context["following"])
    assert beside == (asked.reference, later.reference)

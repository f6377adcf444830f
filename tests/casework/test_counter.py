"""A case for the person at the counter: one page, no account, the same numbers as online."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from eservices.cases import telling
from eservices.cases.models import Case, CaseStatus
from eservices.casework import counter, jobs, onepage
from eservices.casework.models import CounterDraft, Intake
from eservices.catalog import local
from eservices.catalog import services as catalog
from portal.accounts.models import Role
from portal.accounts.services import add_member
from portal.audit.models import AuditLine
from portal.core.money import Money
from portal.notifications.models import Delivery
from tests.factories import AgentFactory, EServiceVersionFactory, OfficeFactory
from tests.sample_spec import sample_definition

pytestmark = pytest.mark.django_db

KEYED = {
    "last_name": "Robleh", "first_names": "Hodan Ali", "phone": "+25377831234", "copies": "2",
    "reason": "school", "_identity_kind": "national_id", "_identity_number": "1234567",
}  # fmt: skip


@pytest.fixture
def eservice(office):
    return EServiceVersionFactory(offices=[office.code]).eservice


@pytest.fixture
def draft(desk, agent, eservice):
    """A draft begun by the agent at the counter."""
    answer = desk(agent).post(reverse("backoffice:counter"), {"service": eservice.slug})
    draft = CounterDraft.objects.get()
    assert answer["Location"] == page("keying", draft.pk)
    return draft


def page(name, *args):
    return reverse(f"backoffice:{name}", args=args)


def keyed(draft, **changes):
    """Everything that a complete page sends; pieces are ticked as seen on paper."""
    spec = catalog.compiled(draft.version)
    seen = [piece.key for piece in spec.pieces]
    return {**KEYED, "_seen": seen, "_open": "1", **changes}


def test_case_is_opened_from_one_page(desk, agent, draft):
    answer = desk(agent).post(page("keying", draft.pk), keyed(draft))
    case = Case.objects.get()
    assert answer["Location"] == page("counter_done", case.reference)
    assert case.status == CaseStatus.SUBMITTED
    assert case.reference.startswith("DJ")
    assert case.answers["last_name"] == "Robleh"
    assert (case.applicant, case.phone) == (None, "+25377831234")
    intake = Intake.objects.get()
    assert (intake.agent, intake.identity_number) == (agent, "1234567")
    line = AuditLine.objects.get(act="counter.opened")
    assert (line.subject, line.details) == (case.reference, {"identity": "national_id"})
    assert not CounterDraft.objects.exists()


def test_second_click_gives_the_same_case(desk, agent, draft):
    browser = desk(agent)
    for _ in range(2):
        answer = browser.post(page("keying", draft.pk), keyed(draft))
    assert answer["Location"] == page("counter_done", Case.objects.get().reference)


def test_person_is_told_by_sms(desk, agent, draft):
    desk(agent).post(page("keying", draft.pk), keyed(draft))
    case = Case.objects.get()
    telling.submitted(case)
    assert case.reference in Delivery.objects.get(to="+25377831234").body


def test_what_is_keyed_is_kept_while_it_is_being_keyed(desk, agent, draft):
    browser = desk(agent)
    half = {"last_name": "Robleh", "copies": "many", "_identity_number": "99"}
    kept = browser.post(page("keying_save", draft.pk), half).json()
    assert "FDJ" in kept["fee"] or "DJF" in kept["fee"]
    shown = desk(agent).get(page("keying", draft.pk)).text
    assert 'value="Robleh"' in shown
    assert 'value="99"' in shown
    assert not Case.objects.exists()


def test_faults_are_named_and_what_was_typed_stays(desk, agent, draft):
    typed = keyed(draft, copies="", _identity_number="", _seen=[])
    answer = desk(agent).post(page("keying", draft.pk), typed)
    assert answer.status_code == 422
    assert 'href="#identity_kind"' in answer.text
    assert 'href="#id_copies"' in answer.text
    assert 'value="Robleh"' in answer.text
    assert Case.objects.count() == 0


def test_piece_is_photographed_or_seen_on_paper(desk, agent, office):
    version = catalog.publish(sample_definition(offices=[office.code], slug="s", code="S"))
    piece = catalog.compiled(version).pieces[0].key
    browser = desk(agent)
    browser.post(page("counter"), {"service": "s"})
    draft = CounterDraft.objects.get()
    bad = SimpleUploadedFile("x.jpg", b"not a photo", content_type="image/jpeg")
    answer = browser.post(page("keying_save", draft.pk), {f"_piece_{piece}": bad})
    assert "x.jpg\u00a0:" in answer.json()["pieces"]
    answer = browser.post(page("keying", draft.pk), keyed(draft, _seen=[]))
    assert f'href="#slot-{piece}"' in answer.text
    browser.post(page("keying", draft.pk), keyed(draft))
    assert Intake.objects.get().pieces_seen == [piece]


def test_drafts_and_papers_are_the_agent_s_own(desk, office, draft, agent):
    other, stranger = AgentFactory(office=office), AgentFactory()
    assert desk(other).get(page("keying", draft.pk)).status_code == 404
    assert desk(other).post(page("keying_save", draft.pk), {}).status_code == 404
    desk(agent).post(page("keying", draft.pk), keyed(draft))
    reference = Case.objects.get().reference
    assert desk(other).get(page("counter_done", reference)).status_code == 200
    for name in ("counter_done", "counter_slip", "counter_receipt"):
        assert desk(stranger).get(page(name, reference)).status_code == 404


def test_service_of_another_office_is_not_offered(desk, agent, eservice):
    stranger = AgentFactory()
    assert eservice.title_in() in desk(agent).get(page("counter")).text
    assert eservice.title_in() not in desk(stranger).get(page("counter")).text
    assert desk(stranger).post(page("counter"), {"service": eservice.slug}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_fee_is_taken_at_the_counter_by_who_holds_the_cash_desk(desk, agent, office):
    fee = {"code": "f", "label": {"fr": "Droit"}, "unit": 500}
    EServiceVersionFactory(offices=[office.code], fees=[fee], slug="paid", code="PAID")
    browser = desk(agent)
    browser.post(page("counter"), {"service": "paid"})
    draft = CounterDraft.objects.get()
    browser.post(page("keying", draft.pk), keyed(draft))
    case = Case.objects.get()
    done = page("counter_done", case.reference)
    assert case.status == CaseStatus.AWAITING_PAYMENT
    assert "recu.pdf" not in browser.get(done).text
    assert browser.post(done).status_code == 404
    add_member(office, agent, Role.CASHIER)
    browser.post(done)
    case.refresh_from_db()
    assert case.status == CaseStatus.SUBMITTED
    assert browser.get(page("counter_receipt", case.reference)).content.startswith(b"%PDF")
    assert browser.get(page("counter_slip", case.reference)).content.startswith(b"%PDF")
    assert AuditLine.objects.filter(act="cash.taken", subject=case.reference).exists()


def test_old_drafts_are_purged_with_their_pieces(draft):
    CounterDraft.objects.update(saved_at="2020-01-01T00:00:00Z")
    assert jobs.purge_counter_drafts() == 1
    assert not CounterDraft.objects.exists()


def test_one_page_keeps_the_conditions_of_each_step():
    source = {
        "slug": "x", "title": {"fr": "X"}, "country": "DJ", "currency": "DJF",
        "steps": [
            {"key": "a", "title": {"fr": "A"}, "fields": [
                {"key": "wants", "type": "yes_no", "label": {"fr": "?"}}]},
            {"key": "b", "title": {"fr": "B"}, "show_if": {"var": "wants"}, "fields": [
                {"key": "what", "type": "short_text", "label": {"fr": "W"},
                 "show_if": {"==": [{"var": "wants"}, True]}}],
             "rules": [{"require": {"var": "what"}, "message": {"fr": "m"}, "field": "what"}]},
        ],
    }  # fmt: skip
    (step,) = onepage.merged(source)["steps"]
    assert [field["key"] for field in step["fields"]] == ["step_a", "wants", "step_b", "what"]
    assert step["fields"][2]["show_if"] == {"var": "wants"}
    assert step["fields"][3]["show_if"] == {
        "and": [{"var": "wants"}, {"==": [{"var": "wants"}, True]}]
    }
    assert step["rules"][0]["when"] == {"var": "wants"}


def test_counter_page_costs_few_queries(desk, agent, draft, assert_max_queries):
    browser = desk(agent)
    browser.get(page("keying", draft.pk))
    with assert_max_queries(8):
        browser.get(page("keying", draft.pk))
    with assert_max_queries(8):
        browser.get(page("counter"))
    assert counter.owner(draft).startswith("counter:")


def test_a_save_that_arrives_after_the_opening_changes_nothing(desk, agent, draft):
    late = CounterDraft.objects.get()
    desk(agent).post(page("keying", draft.pk), keyed(draft))
    identity = counter.Identity("national_id", "99")
    counter.save(late, answers={"last_name": "X"}, identity=identity, pieces_seen=[])
    assert not CounterDraft.objects.exists()
    assert Case.objects.get().answers["last_name"] == "Robleh"


def test_commune_that_offers_the_service_shows_its_own_price(desk, agent, office):
    definition = sample_definition(offices=["bj-elsewhere"], local=True)
    OfficeFactory(code="bj-elsewhere")
    definition["fees"][0]["ceiling"] = 2 * definition["fees"][0]["unit"]
    eservice = catalog.publish(definition).eservice
    assert eservice.slug not in desk(agent).get(page("counter")).text
    fee = definition["fees"][0]
    local.offer(eservice, office, fees={fee["code"]: fee["unit"] + 7}, deliberation="D 1")
    desk(agent).post(page("counter"), {"service": eservice.slug})
    draft = CounterDraft.objects.get()
    answer = desk(agent).post(page("keying_save", draft.pk), {"copies": "1"})
    assert answer.json()["fee"] == str(Money(fee["unit"] + 7, "DJF"))

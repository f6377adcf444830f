"""Training: ready cases in every status, made anew at will; nothing leaves, nothing is counted."""

import io
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from eservices.attachments import services as attachments
from eservices.cases import routing, telling
from eservices.cases import services as cases
from eservices.cases.circuit import Circuit
from eservices.cases.errors import BadRequest
from eservices.cases.models import Case, CaseStatus
from eservices.casework import exercises, training
from eservices.casework.errors import NotTraining
from eservices.casework.models import Exercise
from eservices.figures import facts
from eservices.payments import services as payments
from eservices.payments.errors import PaymentError
from eservices.payments.models import LedgerEntry
from eservices.payments.services import doctor
from portal.accounts import services as accounts
from portal.audit.models import AuditLine
from portal.notifications.models import Delivery
from portal.outbox.models import OutboxMessage
from tests.factories import AgentFactory, CaseFactory, EServiceVersionFactory, OfficeFactory
from tests.sample_circuit import parallel_circuit
from tests.sample_spec import sample_definition

pytestmark = pytest.mark.django_db
FOUND = [{"value": "found", "label": {"fr": "Trouvé"}}, {"value": "no", "label": {"fr": "Non"}}]
SEARCHED = [
    {
        "key": "search", "kind": "review", "role": "agent", "title": {"fr": "Recherche"},
        "fields": [{"key": "result", "type": "choice", "label": {"fr": "?"}, "options": FOUND}],
    },
    {"key": "sign", "kind": "signature", "role": "chief", "title": {"fr": "Signature"}},
]  # fmt: skip


@pytest.fixture
def school(db):
    """A training office with a service to practise on, which belongs to a real office."""
    fee = {"code": "f", "label": {"fr": "Droit"}, "unit": 500}
    EServiceVersionFactory(fees=[fee])
    return OfficeFactory(code="dj-formation", is_training=True)


@pytest.fixture
def few(monkeypatch):
    """One ready case in three statuses: enough for what only looks."""
    some = [CaseStatus.SUBMITTED, CaseStatus.AWAITING_PAYMENT, CaseStatus.AWAITING_APPLICANT]
    monkeypatch.setattr(training, "PLAN", dict.fromkeys(some, 1))


@pytest.fixture
def trainee(school):
    return AgentFactory(office=school, full_name="Neima")


def page(name, *args):
    return reverse(f"backoffice:{name}", args=args)


def test_ready_cases_cover_every_status_and_are_made_anew(school):
    for _round in range(2):
        call_command("training_reset", verbosity=0, stdout=io.StringIO())
        found = Counter(Case.objects.filter(office=school).values_list("status", flat=True))
        assert found == {status.value: number for status, number in training.PLAN.items()}
    assert sum(found.values()) >= 20
    assert set(found) == set(CaseStatus.values)
    assert AuditLine.objects.filter(act="training.reset", office="dj-formation").count() == 2


def test_reset_of_a_service_whose_stage_asks_questions_leaves_no_debt(db, monkeypatch):
    """The sample's own service: its examination has fields, so it is completed, not proposed."""
    circuit = sample_definition()["circuit"] | {"stages": SEARCHED}
    EServiceVersionFactory(
        fees=[{"code": "f", "label": {"fr": "Droit"}, "unit": 500}], circuit=circuit
    )
    school = OfficeFactory(code="dj-formation", is_training=True)
    some = [CaseStatus.AWAITING_PAYMENT, CaseStatus.REFUSED, CaseStatus.CLOSED]
    monkeypatch.setattr(training, "PLAN", dict.fromkeys(some, 1))
    for _round in range(2):
        made = training.reset(school)
    assert {case.status for case in made} == set(training.PLAN)
    training._empty(school)
    entries = LedgerEntry.objects.filter(payment__receipt_series="DJ-FORMATION")
    assert entries.exists()
    assert not list(doctor.faults())


def test_reset_leaves_a_real_office_alone(school, few):
    case = CaseFactory()
    training.reset(school)
    case.refresh_from_db()
    with pytest.raises(NotTraining):
        training.reset(case.office)
    with pytest.raises(CommandError, match="real office"):
        call_command("training_reset", office=case.office.code)
    with pytest.raises(ValueError, match="no training office"):
        accounts.trainer(case.office, "agent", full_name="X")


def test_no_message_leaves_but_each_can_be_read(school, few):
    made = training.reset(school)
    OutboxMessage.objects.all().delete()
    for case in made:
        if case.status == CaseStatus.AWAITING_APPLICANT:
            telling.asked(Case.objects.get(pk=case.pk))
    sent = Delivery.objects.all()
    assert {(one.status, one.provider_id) for one in sent} == {("sent", "training")}
    assert not OutboxMessage.objects.filter(topic="delivery.created").exists()


def test_no_payment_leaves(school, few):
    case = next(c for c in training.reset(school) if c.status == CaseStatus.AWAITING_PAYMENT)
    with pytest.raises(PaymentError, match=r"Training|Formation"):
        payments.start(case.payment, return_url="/", cancel_url="/", language="fr")


def test_practice_counts_for_nothing(school, few):
    made = training.reset(school)
    real = CaseFactory()
    found = facts.of([real.pk, *(case.pk for case in made)])
    assert found[real.pk]
    assert not any(found[case.pk] for case in made)


def test_every_page_and_paper_says_so(desk, school, trainee, few):
    training.reset(school)
    case = Case.objects.filter(office=school, status=CaseStatus.SUBMITTED).first()
    browser = desk(trainee)
    for url in (page("queue"), page("case", case.reference), page("training"), page("counter")):
        assert "g-training" in browser.get(url).text, url
    assert "g-training" not in desk(AgentFactory()).get(page("queue")).text


def test_whole_installation_may_be_for_training(client, settings):
    settings.TRAINING = True
    assert "g-training" in client.get(reverse("account_login")).text


def test_exercise_is_checked_on_what_was_really_done(desk, school, trainee, few):
    browser = desk(trainee)
    browser.post(page("training"))  # the first one of an office makes its ready cases
    exercise = Exercise.objects.get()
    case = exercise.case
    browser.get(page("case", case.reference))
    for file in case_files(case):
        browser.get(page("piece", case.reference, file.pk))
    browser.post(page("take", case.reference), {"reason": "Exercice"})
    shown = browser.get(page("training")).text
    exercise.refresh_from_db()
    assert exercise.steps == {
        "read": True, "pieces": True, "take": True, "order": False, "propose": False,
    }  # fmt: skip
    assert exercise.finished_at is None
    # What is judged at the proposal is no step to do: the guide says which button comes next.
    guide = browser.get(page("case", case.reference)).context["guide"]
    assert guide.title == str(exercises.STEPS["propose"][0])
    browser.post(page("propose", case.reference), {"outcome": "granted"})
    assert "100 / 100" in browser.get(page("case", case.reference)).text
    shown = browser.get(page("training")).text
    exercise.refresh_from_db()
    assert exercise.score == 100
    assert "100" in shown
    training.reset(school)  # results stay
    assert "100 / 100" in browser.get(page("training")).text


def test_who_proposes_without_looking_gets_less(school, trainee, few):
    training.reset(school)
    exercise = exercises.begin(trainee)
    cases.take(exercise.case, actor=trainee, reason="x")
    cases.propose(exercise.case, actor=trainee, outcome="granted")
    exercise.case.refresh_from_db()
    exercises.look(exercise)
    assert exercise.score == 40


def test_exercise_exists_in_training_offices_only(desk):
    assert desk(AgentFactory()).get(page("training")).status_code == 404


def case_files(case):
    return list(attachments.for_owner(cases.attachment_owner(case)))


def test_an_exercise_never_reaches_a_real_office(school, trainee):
    real = OfficeFactory(code="tax-office")
    version = EServiceVersionFactory(
        offices=[real.code], circuit=parallel_circuit(), slug="branches", code="B-1"
    )
    case = CaseFactory(office=school, version=version, submitted=True)
    with pytest.raises(BadRequest):
        cases.transfer(case, actor=trainee, office=real, reason="Essai")
    stage = Circuit.of(version.spec).stage("tax")
    assert routing.stage_office(school, stage, {}) == school
    assert routing.stage_office(OfficeFactory(), stage, {}) == real

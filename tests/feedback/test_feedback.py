"""A suggestion or complaint: a number, a deadline, an answer by the competent office."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from eservices.catalog import services as catalog
from eservices.feedback import services
from eservices.feedback.errors import AlreadyAnswered
from eservices.feedback.models import Feedback
from eservices.feedback.services import Author
from portal.audit.models import AuditLine
from portal.notifications.models import Delivery
from tests import people
from tests.factories import CaseFactory
from tests.sample_spec import sample_definition

pytestmark = pytest.mark.django_db
NEW = "/suggestions-et-plaintes/"
TYPED = {"kind": "complaint", "text": "Trois heures d'attente.", "procedure": "TEST-1"}


@pytest.fixture
def office(db):
    return people.make_office("test-office")


@pytest.fixture
def eservice(office):
    return catalog.publish(sample_definition()).eservice


@pytest.fixture
def complaint(eservice, office) -> Feedback:
    return services.file(
        kind="complaint",
        text="Trois heures d'attente.",
        office=office,
        eservice=eservice,
        procedure="TEST-1",
        author=Author(name="Hodan", phone="+25377000001"),
    )


def test_a_complaint_goes_to_the_office_of_the_procedure_with_a_number_and_a_deadline(
    client, eservice, office
):
    page = client.get(NEW + "?procedure=TEST-1").content.decode()
    assert "Extrait d’essai" in page
    assert 'name="office"' not in page

    response = client.post(NEW, TYPED | {"phone": "+253 77 00 00 01"})

    feedback = Feedback.objects.get()
    assert feedback.reference in response.content.decode()
    assert (feedback.office, feedback.eservice) == (office, eservice)
    assert feedback.due_at > timezone.now() + timedelta(days=14)
    assert Delivery.objects.get(kind="feedback.filed").to == "+25377000001"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"kind": "praise"}, "kind"),
        ({"phone": "12"}, "phone"),
        ({"reference": "DJ26-XXXX-1", "phone": "+25377000001"}, "reference"),
        ({"procedure": "UNKNOWN"}, "office"),
        ({"text": "x" * 5000}, "text"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(client, eservice, changes, field):
    response = client.post(NEW, TYPED | {"name": "Hodan"} | changes)
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert 'value="Hodan"' in page
    assert not Feedback.objects.exists()


def test_a_robot_is_not_heard_and_a_flood_is_stopped(client, eservice):
    assert client.post(NEW, TYPED | {"website": "http://x"}).status_code == 302
    assert not Feedback.objects.exists()
    codes = [client.post(NEW, TYPED).status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]


def test_a_complaint_about_a_request_goes_where_the_request_is(client, eservice):
    case = CaseFactory(phone="+25377000001")
    client.post(NEW, TYPED | {"reference": case.reference, "phone": "+253 77 00 00 01"})
    feedback = Feedback.objects.get()
    assert (feedback.case, feedback.office) == (case, case.office)


@pytest.mark.parametrize(
    ("contact", "found"), [("77 00 00 01", True), ("77 00 00 02", False), ("", False)]
)
def test_the_answer_is_read_with_the_number_and_the_phone(client, complaint, contact, found):
    services.answer(complaint, actor=people.make_agent(complaint.office), text="Excuses.")
    data = {"reference": complaint.reference.lower(), "contact": contact}
    response = client.post(reverse("feedback:follow"), data)
    assert ("Excuses." in response.content.decode()) is found
    assert response["Cache-Control"] == "no-store"
    assert Delivery.objects.filter(kind="feedback.answered").exists()


def test_the_competent_office_answers_once_and_reading_is_recorded(client, complaint):
    agent = people.make_agent(complaint.office)
    people.sign_in(client, agent)
    assert complaint.reference in client.get(reverse("backoffice:feedback")).content.decode()
    address = reverse("backoffice:feedback_one", args=[complaint.reference])
    assert "Trois heures" in client.get(address).content.decode()
    assert AuditLine.objects.filter(act="feedback.read", subject=complaint.reference).exists()

    assert client.post(address, {"text": " "}).status_code == 422
    assert client.post(address, {"text": "Un second guichet est ouvert."}).status_code == 302
    complaint.refresh_from_db()
    assert complaint.answered_by == agent
    with pytest.raises(AlreadyAnswered):
        services.answer(complaint, actor=agent, text="Autre")


def test_another_office_sees_nothing_until_it_is_handed_on(client, complaint):
    other = people.make_office("other-office")
    stranger = people.make_agent(other)
    people.sign_in(client, stranger)
    address = reverse("backoffice:feedback_one", args=[complaint.reference])
    assert client.get(address).status_code == 404

    services.forward(complaint, actor=people.make_agent(complaint.office), office=other)
    assert client.get(address).status_code == 200


def test_who_wrote_is_forgotten_a_year_after_the_answer(complaint):
    services.answer(complaint, actor=people.make_agent(complaint.office), text="Excuses.")
    assert services.forget_people() == 0
    Feedback.objects.update(answered_at=timezone.now() - timedelta(days=366))
    assert services.forget_people() == 1
    complaint.refresh_from_db()
    assert (complaint.name, complaint.phone) == ("", "")
    assert services.tally() == [("TEST-1", "complaint", 1, 1, 1)]

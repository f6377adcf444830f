"""Once only: what is known is offered, taken with consent, and written down."""

import pytest
from django.urls import reverse

from eservices.attachments.models import Attachment
from eservices.cases.models import Case
from eservices.catalog import services as catalog
from eservices.filing.models import Draft
from tests.factories import CaseFactory, UserFactory
from tests.filing.test_way import PERSON, REQUEST, fill, send, start
from tests.sample_spec import sample_definition


@pytest.fixture
def person(client, db):
    person = UserFactory(phone="+25377123456")
    client.force_login(person)
    return person


@pytest.fixture
def before(client, person, version, photo):
    send(client, fill(client, photo))
    return Case.objects.get()


def test_nothing_is_taken_without_a_tick(client, before):
    draft = start(client)
    url = reverse("filing:reuse", args=[draft.pk])
    page = client.get(url).content.decode()
    assert before.reference in page
    assert "Abdi" in page
    assert client.post(url).status_code == 302
    assert Draft.objects.get().answers == {}


def test_what_is_ticked_is_filled_in_and_told_to_both_sides(client, before, photo):
    draft = start(client)
    client.post(reverse("filing:reuse", args=[draft.pk]), {"source": before.reference})
    draft.refresh_from_db()
    assert draft.answers["last_name"] == "Abdi"
    assert draft.steps_done == []
    for step, data in (("person", PERSON), ("request", REQUEST)):
        client.post(reverse("filing:step", args=[draft.pk, step]), data)
    papers = reverse("filing:papers", args=[draft.pk, "id_document"])
    assert client.post(papers, {"paper": "piece-none"}).status_code == 422
    piece = Attachment.objects.get()
    assert client.post(papers, {"paper": f"piece-{piece.pk}"}).status_code == 302
    client.post(reverse("filing:pieces", args=[draft.pk]), {"_continue": "1"})
    assert before.reference in client.get(reverse("filing:check", args=[draft.pk])).content.decode()
    page = client.get(send(client, draft).url).content.decode()
    case = Case.objects.latest("pk")
    assert "avec votre accord" in page
    kinds = [entry["kind"] for entry in case.events.get(action="reuse").data["reused"]]
    assert kinds == ["answers", "piece"]
    assert Attachment.objects.values_list("sha256", flat=True).order_by().distinct().count() == 1
    assert Attachment.objects.count() == 2


def test_typed_answer_is_not_overwritten(client, before):
    draft = start(client)
    client.post(reverse("filing:step", args=[draft.pk, "person"]), PERSON | {"last_name": "Zoé"})
    client.post(reverse("filing:reuse", args=[draft.pk]), {"source": before.reference})
    assert Draft.objects.get().answers["last_name"] == "Zoé"


def test_another_procedure_is_offered_what_is_about_the_person_only(client, before):
    definition = sample_definition(slug="autre", code="AUTRE")
    definition["steps"][0]["fields"][0]["personal"] = True
    catalog.publish(definition)
    client.post(reverse("filing:start", args=["autre"]))
    draft = Draft.objects.get()
    client.post(reverse("filing:reuse", args=[draft.pk]), {"source": before.reference})
    assert Draft.objects.get().answers == {"last_name": "Abdi"}


def test_what_another_person_gave_is_never_offered(client, person, version):
    other = CaseFactory(applicant=UserFactory())
    draft = start(client)
    client.post(reverse("filing:reuse", args=[draft.pk]), {"source": other.reference})
    assert Draft.objects.get().answers == {}
    assert other.reference not in client.get(reverse("filing:my_papers")).content.decode()


def test_visitor_without_account_is_offered_nothing(client, version):
    draft = start(client)
    assert client.get(reverse("filing:reuse", args=[draft.pk])).status_code == 404
    assert client.get(reverse("filing:my_papers")).status_code == 302


def test_same_request_again_keeps_answers_and_asks_for_pieces(client, version, photo):
    send(client, fill(client, photo))
    case = Case.objects.get()
    url = reverse("tracking:again", args=[case.reference])
    assert type(client)().post(url).status_code == 404
    response = client.post(url)
    draft = Draft.objects.get()
    assert response.url == reverse("filing:step", args=[draft.pk, "person"])
    assert draft.answers["last_name"] == "Abdi"
    assert client.get(response.url).status_code == 200

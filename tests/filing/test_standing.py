"""For whom a request is made: asked first, enforced, kept apart from who files."""

import io
import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from pypdf import PdfReader

from eservices.cases import papers
from eservices.cases import services as cases
from eservices.cases.models import Case
from eservices.catalog import services as catalog
from eservices.filing import services
from eservices.filing.models import Draft
from portal.notifications.models import Delivery
from tests.factories import CaseFactory, UserFactory
from tests.filing.test_way import PERSON, REQUEST
from tests.sample_spec import sample_definition

WHO = {
    "ways": ["self", "proxy", "minor_child"],
    "refused": {"other": {"fr": "Un voisin ne peut pas demander cet acte."}},
}
ME = {
    "applicant_last_name": "Farah",
    "applicant_first_names": "Ali",
    "applicant_id_number": "A1",
}
CONTACT = {"name": ["last_name", "first_names"], "phone": "phone"}


@pytest.fixture
def version(office):
    return catalog.publish(sample_definition(who=WHO, contact=CONTACT))


def begin(client, **answers):
    return client.post(reverse("filing:start", args=["extrait-test"]), answers)


def step(client, draft, key, data):
    return client.post(reverse("filing:step", args=[draft.pk, key]), data)


def test_nothing_begins_before_it_is_said_for_whom(client, version):
    page = client.get(reverse("filing:start", args=["extrait-test"])).text
    assert "Pour qui faites-vous cette demande" in page
    unanswered = begin(client)
    assert (unanswered.status_code, unanswered.context["is_refused"]) == (422, False)
    refused = begin(client, quality="other")
    assert (refused.status_code, refused.context["is_refused"]) == (422, True)
    assert "Un voisin ne peut pas demander cet acte." in refused.text
    assert begin(client, quality="grandmother").status_code == 422
    assert not Draft.objects.exists()


def test_for_oneself_the_way_is_as_short_as_before(client, version):
    draft_url = begin(client, quality="self").url
    assert draft_url.endswith("/person/")
    assert "yourself" not in client.get(draft_url).text


def test_the_case_knows_who_files_for_whom_and_brings_the_mandate(client, version, photo):
    assert begin(client, quality="proxy").url.endswith("/yourself/")
    draft = Draft.objects.get()
    assert step(client, draft, "yourself", ME | {"applicant_id_number": ""}).status_code == 422
    step(client, draft, "yourself", ME)
    step(client, draft, "person", PERSON)
    step(client, draft, "request", REQUEST)
    draft.refresh_from_db()
    assert services.missing_pieces(draft) == ["id_document", "power_of_attorney"]
    files = {"id_document": photo(), "power_of_attorney": photo("mandat.jpg", (910, 700))}
    client.post(reverse("filing:pieces", args=[draft.pk]), files | {"_continue": "1"})
    sent = client.post(reverse("filing:check", args=[draft.pk]), {"declaration": "1"})
    case = Case.objects.get()
    told = (case.applicant_name, case.beneficiary, case.capacity, case.concerned)
    assert told == ("FARAH Ali", "Abdi Hawa", "proxy", "Abdi Hawa")
    assert sent.status_code == 302
    facts = render_to_string("backoffice/facts.html", {"case": case})
    assert "Abdi Hawa" in facts
    assert "(mandataire)" in facts


def test_what_i_said_of_myself_is_not_taken_for_my_child(client, version):
    person = UserFactory(phone="+25377123456")
    client.force_login(person)
    before = {"quality": "self", "last_name": "ABDI", "first_names": "Hawa", "copies": 2}
    case = CaseFactory(version=version, applicant=person, answers=before)
    begin(client, quality="minor_child")
    draft = Draft.objects.get()
    client.post(reverse("filing:reuse", args=[draft.pk]), {"source": case.reference})
    draft.refresh_from_db()
    assert draft.answers.get("last_name") is None
    assert draft.answers["applicant_last_name"] == "ABDI"


def test_whom_it_is_about_is_told_and_follows_on_a_phone_of_her_own(
    client, version, photo, deliver_all
):
    begin(client, quality="proxy")
    draft = Draft.objects.get()
    step(client, draft, "yourself", ME | {"concerned_phone": "77 65 43 21"})
    step(client, draft, "person", PERSON)
    step(client, draft, "request", REQUEST)
    files = {"id_document": photo(), "power_of_attorney": photo("mandat.jpg", (910, 700))}
    client.post(reverse("filing:pieces", args=[draft.pk]), files | {"_continue": "1"})
    status = client.post(reverse("filing:check", args=[draft.pk]), {"declaration": "1"}).url
    case = Case.objects.get()
    cases.confirm_payment(case)
    deliver_all()
    told = Delivery.objects.get(kind="case.in_your_name")
    assert told.to == "+25377654321"
    assert "FARAH Ali" in told.body

    hers = type(client)()
    asked = hers.get(status)
    assert asked.status_code == 404
    assert case.reference in asked.text
    assert "Abdi" not in asked.text
    assert hers.get(reverse("tracking:case", args=["XX26-00000000-0"])).status_code == 404
    row = (
        hers.post(reverse("tracking:start"), {"reference": case.reference, "phone": "77 65 43 21"})
        .context["code_form"]
        .initial["access"]
    )
    deliver_all()
    code = re.search(r"\b\d{6}\b", Delivery.objects.get(kind="tracking.code").body)[0]
    hers.post(reverse("tracking:start"), {"access": row, "code": code})
    assert "Abdi Hawa" in hers.get(status).text
    paper = PdfReader(io.BytesIO(papers.acknowledgement(Case.objects.get(), "fr")))
    text = " ".join(paper.pages[0].extract_text().split())
    assert "FARAH Ali (mandataire)" in text
    assert "Pour le compte de Abdi Hawa" in text

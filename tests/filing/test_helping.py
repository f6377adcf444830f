"""An accredited helper fills in; the request is the person's, on the person's own phone."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from eservices.cases.models import Case
from eservices.filing.admin_forms import AccreditationForm
from eservices.filing.models import Accreditation, Draft
from portal.notifications.models import Delivery
from tests.factories import UserFactory
from tests.filing.test_way import PERSON, REQUEST, send
from tests.journeys.actors import code_in

HELP = reverse("filing:help", args=["extrait-test"])
OWN_PHONE = "+25377654321"


@pytest.fixture
def helper(client, version):
    cache.clear()  # how often a phone was written to
    helper = UserFactory(full_name="Amina Aidante")
    Accreditation.objects.create(
        user=helper, number="PNC-12", place="Point numérique", valid_until=timezone.localdate()
    )
    client.force_login(helper)
    return helper


def agreed(client, deliver_all):
    """Give the person's phone, then the code that the person received."""
    page = client.post(HELP, {"phone": OWN_PHONE})
    access = page.context["code_form"].initial["access"]
    deliver_all()
    told = Delivery.objects.get(kind="draft.help_code", to=OWN_PHONE).body
    assert "Amina Aidante" in told
    return client.post(HELP, {"access": access, "code": code_in(told)})


@pytest.mark.django_db
def test_a_number_is_written_as_in_the_country_and_known_when_the_form_begins(
    client, helper, deliver_all
):
    page = client.post(HELP, {"phone": "77 65 43 21"})  # as people in Djibouti write it
    told = page.context["code_form"].initial["access"]
    assert Draft.objects.get().phone == OWN_PHONE
    deliver_all()
    code = code_in(Delivery.objects.get(kind="draft.help_code", to=OWN_PHONE).body)
    client.post(HELP, {"access": told, "code": code})
    assert Draft.objects.get().answers["phone"] == OWN_PHONE
    client.logout()  # a public computer ends the session by itself
    assert client.get(HELP).url.endswith(f"/login/?next={HELP}")


@pytest.mark.django_db(transaction=True)
def test_request_belongs_to_the_person_and_the_helper_loses_it(client, helper, photo, deliver_all):
    response = agreed(client, deliver_all)
    draft = Draft.objects.get()
    assert response.url == reverse("filing:step", args=[draft.pk, "person"])
    assert client.cookies["guichet_shared"].value == "1"
    for step, data in (("person", PERSON), ("request", REQUEST)):
        client.post(reverse("filing:step", args=[draft.pk, step]), data)
    pieces = reverse("filing:pieces", args=[draft.pk])
    client.post(pieces, {"id_document": photo(), "_continue": "1"})
    assert send(client, draft).url == reverse("filing:my_requests")
    case = Case.objects.get()
    assert (case.phone, case.applicant) == (OWN_PHONE, None)
    assert case.events.get(action="help").data["accreditation"] == "PNC-12"
    for url in (reverse("tracking:case", args=[case.reference]), pieces):
        assert client.get(url).status_code == 404
    assert Delivery.objects.get(kind="draft.helped").to == OWN_PHONE


def test_person_with_an_account_finds_the_request_there(client, helper, deliver_all):
    person = UserFactory(phone=OWN_PHONE)
    agreed(client, deliver_all)
    assert Draft.objects.get().owner == person


def test_helper_cannot_lead_the_request_to_another_phone(client, helper, deliver_all):
    agreed(client, deliver_all)
    draft = Draft.objects.get()
    client.post(reverse("filing:later", args=[draft.pk]), {"phone": "77 00 00 00"})
    deliver_all()
    assert Draft.objects.get().phone == OWN_PHONE
    assert Delivery.objects.get(kind="draft.resume_link").to == OWN_PHONE


def test_without_the_code_nobody_opens_the_draft(client, helper):
    page = client.post(HELP, {"phone": OWN_PHONE})
    access = page.context["code_form"].initial["access"]
    draft = Draft.objects.get()
    assert client.get(reverse("filing:step", args=[draft.pk, "person"])).status_code == 404
    assert client.post(HELP, {"access": access, "code": "000000"}).status_code == 422
    assert client.post(HELP, {"phone": helper.phone}).status_code == 422


def test_administrator_accredits_a_person_found_by_phone(client, version):
    person = UserFactory(phone=OWN_PHONE)
    form = AccreditationForm(
        {"person": "77 65 43 21", "number": "A1", "place": "PNC", "valid_until": "2030-01-01"}
    )
    assert form.is_valid(), form.errors
    assert form.save().user == person
    again = AccreditationForm({"person": OWN_PHONE, "number": "A2", "place": "PNC"})
    assert "person" in again.errors
    assert "person" in AccreditationForm({"person": "nobody@example.org"}).errors


def test_accreditation_that_ended_closes_everything(client, helper, deliver_all):
    agreed(client, deliver_all)
    Accreditation.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    draft = Draft.objects.get()
    assert client.get(reverse("filing:step", args=[draft.pk, "person"])).status_code == 404
    assert client.get(HELP).status_code == 404

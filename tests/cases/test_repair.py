"""What fails after a decision is told within a minute, loses nothing, and is done again by a button."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from eservices.cases import services as cases
from eservices.cases.models import Case
from eservices.catalog.models import EServiceVersion
from eservices.documents.models import IssuedDocument, OfficeStamp
from portal.outbox.models import OutboxMessage
from tests.people import make_administrator, sign_in


@pytest.fixture
def tried(deliver_all):
    """Let the worker try what is due, four times, as it does within the first two minutes."""

    def run():
        for minutes in range(4):
            with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True):
                deliver_all()

    return run


def stamp(office, content):
    OfficeStamp.objects.update_or_create(office=office, defaults={"image": content})


def picture():
    stream = io.BytesIO()
    Image.new("RGBA", (200, 200), (20, 40, 90, 255)).save(stream, "PNG")
    return stream.getvalue()


def numbers():
    return list(IssuedDocument.objects.order_by("pk").values_list("number", flat=True))


def test_an_act_that_cannot_be_drawn_is_told_repaired_and_keeps_its_number(
    proposed,
    tried,
    client,
):
    case, _agent, chief = proposed
    stamp(case.office, b"not a picture")
    cases.grant(case, actor=chief)
    tried()
    assert numbers() == []
    sign_in(client, chief)
    shown = client.get(reverse("backoffice:case", args=[case.reference])).content.decode()
    assert "n’a pas pu être produit" in shown
    page = reverse("backoffice:repair")
    told = client.get(page).content.decode()
    assert case.reference in told
    assert "UnidentifiedImageError" in told
    stamp(case.office, picture())
    message = OutboxMessage.objects.failing().get()
    client.post(page, {"message": message.pk})
    tried()
    assert [one.rpartition("/")[2] for one in numbers()] == ["000001"]
    assert Case.objects.get(pk=case.pk).decision.document is not None
    assert case.reference not in client.get(page).content.decode()


def test_what_ends_its_worker_each_time_is_told_though_it_left_no_error(proposed, client):
    case, _agent, chief = proposed
    cases.grant(case, actor=chief)
    rows = OutboxMessage.objects.filter(handler__endswith=".issue_document")
    sign_in(client, chief)
    page = reverse("backoffice:repair")
    for attempts, is_told in ((3, False), (4, True), (16, True)):  # the third may be at work
        rows.update(attempts=attempts)
        assert (case.reference in client.get(page).content.decode()) is is_told


def test_an_administrator_draws_it_with_the_texts_of_today(proposed, tried, client):
    case, _agent, chief = proposed
    good = case.version.spec
    broken = {**good["documents"][0], "data": {"table": "nothing that can be drawn"}}
    EServiceVersion.objects.filter(pk=case.version_id).update(spec={**good, "documents": [broken]})
    cases.grant(Case.objects.get(pk=case.pk), actor=chief)
    tried()
    message = OutboxMessage.objects.failing().get()
    current = EServiceVersion.objects.create(
        eservice=case.eservice, number=99, spec=good, spec_sha256="f" * 64
    )
    case.eservice.current = current
    case.eservice.save()
    sign_in(client, make_administrator())
    page = reverse("failures")
    assert case.reference in client.get(page).content.decode()
    client.post(page, {"message": message.pk, "with_current": "1"})
    tried()
    assert len(numbers()) == 1
    event = case.events.get(action="redraw")
    assert (event.is_public, "99" in event.note) == (False, True)


def test_a_case_filed_under_an_exception_follows_the_rule_and_is_told_to_be_repaired(
    open_case, person, client
):
    """Older versions could say that who examined also signs: nobody may any more."""
    case, both = open_case(), person()
    both.office_memberships.create(office=case.office, role="chief")
    old = {**case.version.spec, "circuit": {**case.version.spec["circuit"], "same_person": True}}
    EServiceVersion.objects.filter(pk=case.version_id).update(spec=old)
    case = Case.objects.get(pk=case.pk)
    cases.take(case, actor=both)
    cases.propose(case, actor=both, outcome="granted")
    sign_in(client, both)
    page, file = reverse("backoffice:repair"), reverse("backoffice:case", args=[case.reference])
    for held_by in (None, both):  # free, or taken before the rule had no exception
        case.tasks.filter(stage="signature").update(assignee=held_by)
        shown = client.get(page).content.decode()
        assert case.reference in shown
        assert "confiez-la à un autre service" in shown
        assert "confiez-la à un autre service" in client.get(file).content.decode()
        sign = client.post(reverse("backoffice:grant", args=[case.reference]), {})
        assert Case.objects.get(pk=case.pk).status == "in_review", sign.status_code
    other = person("chief")
    cases.release(case, actor=other, reason="À signer par un autre")
    assert case.reference not in client.get(page).content.decode()
    cases.take(case, actor=other)
    cases.grant(case, actor=other)
    assert Case.objects.get(pk=case.pk).status == "granted"

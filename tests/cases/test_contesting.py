"""What becomes of a refusal when it is contested, and who may not decide about it."""

import pytest
from django.core import signing
from django.urls import reverse

from eservices.backoffice.repair import RepairList
from eservices.cases import services as cases
from eservices.cases.errors import BadRequest
from eservices.cases.models import CaseStatus
from eservices.filing import access
from portal.notifications.models import Delivery
from tests.people import sign_in


@pytest.fixture
def contested(proposed, person):
    """A refusal and the appeal against it, examined and waiting to be decided; who refused."""
    first, agent, chief = proposed
    cases.refuse(first, actor=chief, motive="not_found", reason="Introuvable")
    appeal = cases.appeal(first, reason="L’acte existe, registre 12.")
    cases.take(appeal, actor=agent)
    cases.propose(appeal, actor=agent, outcome="granted")
    return first, appeal, chief


def follow(client, case):
    """Hold the key of one request, as after the code by SMS."""
    signer = signing.TimestampSigner(salt=f"{access.SALT}.{access.VISITED}")
    client.cookies[access.VISITED] = signer.sign(case.access_key.hex)


def status(case):
    case.refresh_from_db()
    return case.status


def test_a_granted_appeal_closes_the_refused_request_until_it_is_opened_again(
    contested, person, client
):
    first, appeal, chief = contested
    with pytest.raises(BadRequest, match=appeal.reference):
        cases.reopen(first, actor=chief, reason="Pour aller plus vite")
    other = person("chief")
    cases.take(appeal, actor=other)
    cases.grant(appeal, actor=other)
    assert status(first) == CaseStatus.CLOSED
    assert first.ended_at
    follow(client, first)  # the code of the first request opens the appeal too
    page = client.get(reverse("tracking:case", args=[first.reference])).content.decode()
    assert "ce refus est annulé" in page
    assert client.get(reverse("tracking:case", args=[appeal.reference])).status_code == 200
    cases.reopen(appeal, actor=other, reason="Le registre 12 était un faux.")
    assert status(first) == CaseStatus.REFUSED
    assert first.ended_at is None


def test_a_refused_appeal_leaves_the_refusal_and_says_so(contested, person, client):
    first, appeal, _chief = contested
    other = person("chief")
    cases.take(appeal, actor=other)
    cases.refuse(appeal, actor=other, motive="not_found", reason="Toujours introuvable")
    assert status(first) == CaseStatus.REFUSED
    follow(client, appeal)
    page = client.get(reverse("tracking:case", args=[first.reference])).content.decode()
    assert "Votre recours a été refusé aussi" in page
    assert "maintenue" in page


def test_an_appeal_that_only_its_own_judge_could_decide_is_on_the_repair_list(
    contested, person, client
):
    _first, appeal, chief = contested
    stuck = RepairList([appeal.office_id]).stuck
    assert [one.task.case for one in stuck] == [appeal]
    sign_in(client, chief)
    page = client.get(reverse("backoffice:case", args=[appeal.reference])).content.decode()
    assert "qui l&#x27;a refusée la première fois" in page
    assert "registre 12" in page  # what the applicant answers
    assert "doublon" not in page
    person("chief")
    assert not RepairList([appeal.office_id]).stuck


def test_withdrawing_says_what_is_lost_keeps_what_was_typed_and_is_confirmed(
    open_case, client, person, deliver_all
):
    case = open_case()
    follow(client, case)
    page = reverse("tracking:withdraw", args=[case.reference])
    answer = client.post(page, {"reason": "x" * 301})
    assert (answer.status_code, status(case)) == (422, CaseStatus.SUBMITTED)
    assert "x" * 301 in answer.content.decode()
    cases.take(case, actor=person())
    told = client.get(page, follow=True).content.decode()
    assert "Votre demande est en cours d&#x27;examen" in told
    other = open_case()
    follow(client, other)
    client.post(reverse("tracking:withdraw", args=[other.reference]), {"reason": "Erreur"})
    deliver_all()
    assert status(other) == CaseStatus.WITHDRAWN
    assert "abandonné" in Delivery.objects.get(kind="case.withdrawn").body

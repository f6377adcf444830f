"""Following a request: who may see it, what it shows, correcting, paying, withdrawing."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from eservices.cases import services as cases
from eservices.cases.models import Case, CaseStatus
from portal.notifications.models import Delivery
from tests.filing.test_way import fill, send
from tests.people import make_agent, make_citizen, sign_in

PHONE = "+253 77 12 34 56"


@pytest.fixture(autouse=True)
def _no_limits():
    cache.clear()


@pytest.fixture
def case(client, version, photo):
    """A request filed, not paid, in this browser."""
    send(client, fill(client, photo))
    return Case.objects.get()


@pytest.fixture
def filed(case):
    """The same request, confirmed as the worker does once the fee is paid."""
    cases.confirm_payment(case)
    case.refresh_from_db()
    return case


def page_of(client, name, case, **query):
    return client.get(reverse(f"tracking:{name}", args=[case.reference]), query)


def test_reference_and_phone_open_the_request_with_a_code(client, case, deliver_all):
    elsewhere = type(client)()
    assert page_of(elsewhere, "case", case).status_code == 404
    response = elsewhere.post(
        reverse("tracking:start"), {"reference": case.reference.lower(), "phone": PHONE}
    )
    access = re.search(r'name="access" value="([^"]+)"', response.content.decode())[1]
    deliver_all()
    code = re.search(r"\b\d{6}\b", Delivery.objects.get(kind="tracking.code").body)[0]
    wrong = "000000" if code != "000000" else "000001"
    assert (
        elsewhere.post(reverse("tracking:start"), {"access": access, "code": wrong}).status_code
        == 422
    )
    response = elsewhere.post(reverse("tracking:start"), {"access": access, "code": code})
    assert response.url == reverse("tracking:case", args=[case.reference])
    assert page_of(elsewhere, "case", case).status_code == 200
    again = type(client)()
    assert (
        again.post(reverse("tracking:start"), {"access": access, "code": code}).status_code == 422
    )


@pytest.mark.parametrize("reference", ["DJ26-AAAAAAAA-2", "nonsense", "' OR 1=1", "x" * 39])
def test_unknown_reference_looks_exactly_like_a_known_one(client, case, reference):
    elsewhere = type(client)()
    known = elsewhere.post(reverse("tracking:start"), {"reference": case.reference, "phone": PHONE})
    unknown = elsewhere.post(reverse("tracking:start"), {"reference": reference, "phone": PHONE})
    clean = [
        re.sub(r'value="[^"]+"|"X-Request[^"]+"', "", r.content.decode()) for r in (known, unknown)
    ]
    assert clean[0] == clean[1]
    assert known.status_code == unknown.status_code == 200


def test_guessing_is_slowed_down(client, case):
    elsewhere = type(client)()
    data = {"reference": case.reference, "phone": PHONE}
    statuses = [elsewhere.post(reverse("tracking:start"), data).status_code for _ in range(7)]
    assert statuses[-1] == 429


def test_five_wrong_tries_close_a_code(client, case):
    from eservices.filing import services
    from eservices.filing.errors import WrongCode
    from eservices.filing.models import Purpose

    row, code = services.new_access_code(Purpose.TRACK, case.access_key)
    for _ in range(services.CODE_ATTEMPTS):
        with pytest.raises(WrongCode):
            services.redeem(row.pk, "not it", purpose=Purpose.TRACK)
    with pytest.raises(WrongCode):
        services.redeem(row.pk, code, purpose=Purpose.TRACK)


def test_account_keeps_its_requests_and_nobody_elses(client, version, photo):
    hawa = make_citizen(phone="+25377123456")
    sign_in(client, hawa)
    send(client, fill(client, photo))
    case = Case.objects.get()
    assert case.applicant == hawa
    assert case.reference in client.get(reverse("filing:my_requests")).content.decode()
    stranger = type(client)()
    sign_in(stranger, make_citizen())
    assert page_of(stranger, "case", case).status_code == 404
    assert case.reference not in stranger.get(reverse("filing:my_requests")).content.decode()


def test_papers_of_a_filed_request(client, filed):
    response = page_of(client, "acknowledgement", filed)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert page_of(client, "act", filed).status_code == 404
    assert page_of(client, "receipt", filed).status_code == 404  # this one was never paid


def test_correction_opens_only_what_was_asked(client, filed, office, photo):
    agent = make_agent(office)
    cases.take(filed, actor=agent)
    items = [
        {"kind": "field", "key": "last_name", "reason": "unreadable", "note": ""},
        {"kind": "piece", "key": "id_document", "reason": "unreadable", "note": "Le bas manque."},
    ]
    cases.ask(filed, actor=agent, items=items, message="Deux choses.")
    url = reverse("tracking:complement", args=[filed.reference])
    page = client.get(url).content.decode()
    assert 'name="last_name"' in page
    assert 'name="copies"' not in page
    assert "Le bas manque." in page

    response = client.post(url, {"last_name": "Abdi Ali", "copies": "5"})
    assert response.status_code == 422
    assert "Abdi Ali" in response.content.decode()

    response = client.post(
        url, {"last_name": "Abdi Ali", "copies": "5", "id_document": photo("n.jpg")}
    )
    assert response.status_code == 302
    filed.refresh_from_db()
    assert (filed.status, filed.answers["copies"]) == (CaseStatus.IN_REVIEW, 2)
    assert filed.answers["last_name"].lower() == "abdi ali"
    from eservices.attachments import services as attachments

    kept = attachments.for_owner(cases.attachment_owner(filed))
    assert [piece.name for piece in kept] == ["n.jpg"]
    assert client.get(url).status_code == 302


def test_reading_by_an_agent_is_shown_and_exported(client, filed, office):
    agent = make_agent(office, full_name="Kadra Ismaël")
    cases.record_reading(filed, reader=agent, role="agent")
    assert "Kadra Ismaël" in page_of(client, "readings", filed).content.decode()
    data = page_of(client, "readings", filed, format="json").json()
    assert data["totalUsages"] == 1
    assert set(data["usages"][0]) == {
        "logtime", "action", "receiverCode", "receiverName", "receiverSystem",
    }  # fmt: skip


def test_withdrawn_after_a_question(client, case):
    url = reverse("tracking:withdraw", args=[case.reference])
    assert client.get(url).status_code == 200
    assert Case.objects.get().status == CaseStatus.AWAITING_PAYMENT
    client.post(url, {"reason": "Erreur"})
    assert Case.objects.get().status == CaseStatus.WITHDRAWN
    client.post(url)
    assert Case.objects.get().status == CaseStatus.WITHDRAWN


def test_message_reaches_the_case(client, filed):
    url = reverse("tracking:case", args=[filed.reference])
    assert client.post(url, {"text": " "}).status_code == 422
    client.post(url, {"text": "Quand sera-t-il prêt ?"})
    assert filed.messages.get().from_applicant


def test_erasing_the_session_leaves_nothing(client, filed):
    client.post(reverse("filing:forget"))
    assert page_of(client, "case", filed).status_code == 404


def test_personal_pages_are_never_stored(client, filed):
    assert "no-store" in page_of(client, "case", filed)["Cache-Control"]


def test_signing_out_closes_what_the_account_filed(client, version, photo):
    sign_in(client, make_citizen())
    draft = fill(client, photo)
    draft_page = reverse("filing:check", args=[draft.pk])
    assert client.get(draft_page)["Cache-Control"] == "no-store"
    send(client, draft)
    case = Case.objects.get()
    assert page_of(client, "case", case).status_code == 200
    client.logout()
    assert page_of(client, "case", case).status_code == 404
    assert client.get(draft_page).status_code == 404


def test_draft_of_an_account_is_closed_to_the_next_person_at_the_screen(client, version, photo):
    sign_in(client, make_citizen())
    draft = fill(client, photo)
    keys = {
        name: client.cookies[name].value for name in client.cookies if name.startswith("guichet")
    }
    assert not keys
    client.logout()
    assert client.get(reverse("filing:check", args=[draft.pk])).status_code == 404

"""Pages of pieces as pictures, duplicates, corrections, the discharge of a hand-over."""

import base64
import io
import json
from copy import copy
from datetime import timedelta
from uuid import uuid4

import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from PIL import Image, ImageDraw

from eservices.attachments import services as attachments
from eservices.attachments.errors import UploadRefused
from eservices.backoffice import corrections
from eservices.cases.models import Case, CaseStatus, Complement
from eservices.cases.services import attachment_owner
from eservices.casework import marks, relatives
from eservices.catalog import services as catalog
from portal.core.prepared import prepared
from tests.factories import ANSWERS, AgentFactory, CaseFactory, OfficeFactory

pytestmark = pytest.mark.django_db


def page(name, case, *more):
    return reverse(f"backoffice:{name}", args=[case.reference, *more])


@pytest.fixture
def case(office, agent):
    return CaseFactory(office=office, in_review=True, assignee=agent)


@pytest.fixture
def paper(case):
    """A PDF of two pages, the second lying on its side."""
    text = "#set page(width: 20cm, height: 10cm)\n= Un\n#pagebreak()\n= Deux\n#lorem(80)"
    upload = SimpleUploadedFile("acte.pdf", typst.compile(text.encode()))
    return attachments.store(
        upload, owner=attachment_owner(case), slot="id_document", accept=["pdf"], max_mb=5
    )


def size(content):
    return Image.open(io.BytesIO(content)).size


# --- Pages -------------------------------------------------------------------------------------
def test_page_of_a_pdf_is_drawn_turned_and_enlarged(desk, case, agent, paper):
    browser = desk(agent)
    answer = browser.get(page("page_image", case, paper.pk, 2))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    wide, high = size(answer.content)
    assert (wide, high) == (1000, 500)
    turned = browser.get(page("page_image", case, paper.pk, 2), {"turn": 90, "zoom": 200}).content
    assert size(turned)[1] == 2 * size(turned)[0]
    assert case.readings.filter(what="acte.pdf").count() == 1
    assert browser.get(page("page_image", case, paper.pk, 3)).status_code == 404


def test_viewer_works_by_links_alone(desk, case, agent, paper):
    shown = desk(agent).get(page("case", case), {"page": "2", "zoom": "150", "turn": "x"}).text
    assert "Page 2 " in shown
    assert f"piece={paper.pk}&amp;zoom=150#pieces" in shown  # to page 1
    assert f"piece={paper.pk}&amp;page=2&amp;zoom=200#pieces" in shown
    assert f"piece={paper.pk}&amp;page=2&amp;zoom=150&amp;turn=90#pieces" in shown


def test_two_pieces_side_by_side(desk, case, agent, paper, add_piece):
    other = add_piece(case)
    query = {"a-piece": other.pk, "b-piece": paper.pk, "b-page": 2}
    shown = desk(agent).get(page("compare", case), query).text
    assert page("page_image", case, other.pk, 1) in shown
    assert page("page_image", case, paper.pk, 2) in shown
    assert "b-page=2&amp;a-piece=" in shown.replace("%2C", ",")  # one moves, the other stays


def test_page_needs_the_reason_and_the_office(desk, case, office, paper):
    url = page("page_image", case, paper.pk, 1)
    assert desk(AgentFactory(office=office)).get(url)["Location"] == page("case", case)
    assert desk(AgentFactory()).get(url).status_code == 404


def test_broken_file_is_refused_not_shown(paper):
    paper.file.storage.delete(paper.file.name)
    paper.file.storage.save(paper.file.name, io.BytesIO(b"%PDF-1.7 broken"))
    with pytest.raises(UploadRefused):
        attachments.picture(paper)


# --- The same person, the same paper -----------------------------------------------------------
def test_duplicates_are_shown_or_only_told_where_another_office_has_them(
    desk, office, agent, case, add_piece
):
    elsewhere = OfficeFactory()
    twin = CaseFactory(office=office, version=case.version)
    CaseFactory(office=elsewhere, version=case.version)
    CaseFactory(office=office, phone="+25377999999", version=case.version)
    found = relatives.of(case, reader=agent, office_ids=[office.pk])
    assert [one.reference for one in found.duplicates] == [twin.reference]
    assert (found.hidden, found.hidden_duplicates) == (1, 1)
    shown = desk(agent).get(page("case", case)).text
    assert twin.reference in shown
    assert elsewhere.code not in shown


def test_same_paper_in_two_requests_is_found(office, agent, case, paper):
    other = CaseFactory(office=office, phone="+25377000001")
    attachments.copy(paper, owner=attachment_owner(other), slot="id_document")
    (one,) = relatives.of(case, reader=agent, office_ids=[office.pk]).duplicates
    assert (one.reference, one.same_pieces) == (other.reference, ("acte.pdf",))


def test_same_person_is_found_by_name_birth_and_mother(office, agent, case):
    person = {"last_name": "ROBLEH", "first_names": "Hodan Áli", "birth_date": "1990-05-01",
              "mother_name": "Fatouma"}  # fmt: skip
    other = CaseFactory(office=office, phone="+25377000001", version=case.version)
    case.answers, other.answers = person, person | {"first_names": "ali  hodan"}
    for one in (case, other):
        marks.write(one)
    assert [
        one.reference for one in relatives.of(case, reader=agent, office_ids=[office.pk]).visible
    ] == [other.reference]
    assert marks.of({"last_name": "ROBLEH", "first_names": "Hodan"}) == ""


def test_telephone_of_a_crowd_is_no_sign_of_one_person(desk, office, agent, case, monkeypatch):
    monkeypatch.setattr(relatives, "SHOWN", 3)
    monkeypatch.setattr(relatives, "_rows", prepared(relatives._rows.build))
    case.phone, case.applicant_name = "+25321350001", "ROBLEH Hodan"
    case.save()
    shared = {"phone": case.phone, "version": case.version}
    strangers = [
        CaseFactory(office=place, applicant_name=f"{number} Ali", **shared)
        for number, place in enumerate((office, OfficeFactory(), office))
    ]
    twin = CaseFactory(office=office, applicant_name="Robleh HODAN", **shared)
    found = relatives.of(case, reader=agent, office_ids=[office.pk])
    assert (found.is_cut, found.is_shared_phone, found.hidden) == (True, True, 0)
    assert [one.reference for one in found.visible] == [twin.reference]
    shown = desk(agent).get(page("history", case)).text
    assert twin.reference in shown
    assert strangers[0].reference not in shown
    assert "q=ROBLEH%20Hodan" in shown
    twin.delete()  # as many as are told: nothing is left out
    found = relatives.of(case, reader=agent, office_ids=[office.pk])
    assert (found.is_cut, len(found.visible), found.hidden) == (False, 2, 1)


def test_only_the_newest_of_an_account_are_told_and_said_so(desk, office, agent, case, monkeypatch):
    monkeypatch.setattr(relatives, "SHOWN", 3)
    monkeypatch.setattr(relatives, "_rows", prepared(relatives._rows.build))
    case.applicant, case.phone = agent, ""
    case.save()
    days = [case.created_at - timedelta(days=number) for number in range(5)]
    places = [office, OfficeFactory(), office, office, office]
    mine = [
        CaseFactory(office=place, applicant=agent, phone="", created_at=day)
        for place, day in zip(places, days, strict=True)
    ]
    found = relatives.of(case, reader=agent, office_ids=[office.pk])
    assert {one.reference for one in found.visible} == {
        mine[number].reference for number in (0, 2, 3)
    }
    assert (found.hidden, found.is_cut, found.is_shared_phone) == (1, True, False)
    assert "au moins" in desk(agent).get(page("history", case)).text


@pytest.mark.skipif(connection.vendor != "postgresql", reason="reads PostgreSQL's own plan")
def test_a_crowd_behind_one_telephone_is_not_read(office, agent, case):
    crowd = [copy(case) for _number in range(600)]
    for number, one in enumerate(crowd):
        one.pk, one.reference, one.access_key = None, f"CROWD-{number}", uuid4()
    Case.objects.bulk_create(crowd)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case")
        cursor.execute("SET LOCAL enable_seqscan = off")  # small enough here to be read as a whole
    values = {"case_id": case.pk, "reader_id": agent.pk, "phone": case.phone}
    rows = relatives._rows.build(((office.pk, "agent"),), (), **values)
    (plan,) = json.loads(rows.explain(analyze=True, format="json"))
    assert 0 < most_rows(plan["Plan"]) <= 2 * (relatives.SHOWN + 1)


def most_rows(node):
    """Return the most rows that any step of a plan gave or looked at in vain."""
    own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return max([own, *(most_rows(one) for one in node.get("Plans", []))])


# --- Corrections -------------------------------------------------------------------------------
def test_each_correction_shows_old_and_new(case, agent):
    first, second = ({"copies": 1}, {"copies": 3})
    rows = [
        Complement(case=case, previous=previous, asked_by=agent, answered_at=case.filed_at,
                   asked_at=case.filed_at)
        for previous in (first, second)
    ]  # fmt: skip
    spec = catalog.compiled(case.version)
    last, before = corrections.of(spec, {**ANSWERS, "copies": 2}, rows, "fr")
    assert [(one.before, one.after) for one in last.changes] == [("3", "2")]
    assert [(one.before, one.after) for one in before.changes] == [("1", "3")]


# --- Hand-over ---------------------------------------------------------------------------------
def signature():
    image = Image.new("RGB", (1200, 600), "white")
    ImageDraw.Draw(image).line([(100, 100), (600, 500), (1100, 150)], fill="black", width=9)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def test_act_is_handed_over_against_a_signature_drawn_on_the_screen(desk, office, chief):
    case = CaseFactory(office=office, granted=True)
    browser = desk(chief)
    browser.post(page("reason", case), {"why": "counter"})
    form = {"recipient": "Hodan", "identity_kind": "national_id", "identity_number": "123",
            "checked": "on"}  # fmt: skip
    assert browser.post(page("hand_over", case), form).status_code == 422
    assert browser.post(page("hand_over", case), form | {"drawing": "junk"}).status_code == 409
    assert browser.post(page("hand_over", case), form | {"drawing": signature()}).status_code == 302
    case.refresh_from_db()
    assert case.status == CaseStatus.CLOSED
    (kept,) = attachments.for_owner(attachment_owner(case))
    assert kept.slot == "discharge"
    shown = browser.get(page("history", case)).text
    assert page("piece", case, kept.pk) in shown

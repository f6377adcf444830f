"""J3 in a real browser: an elder "born around 1956", no record found, a hearing, a deed of notoriety.

Its network is cut the whole time: a page that asks anything of another host fails the journey.
"""

import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader

from cms_pages.datasets.figures import UTC, publish_figures
from cms_pages.models import Dataset
from eservices.cases import services as cases
from eservices.cases.models import Case, CaseStatus, Hearing
from eservices.casework import counter
from eservices.casework.models import CounterDraft
from eservices.figures.activity import Activity
from eservices.figures.periods import Period
from portal.accounts.models import User
from portal.notifications.models import Delivery
from tests.conftest import DESKTOP
from tests.formdefs.builders import sample
from tests.journeys.actors import answer, photo, sign_in_staff

pytestmark = pytest.mark.journey

ELDER = {
    "_identity_kind": "national_id", "_identity_number": "DJ-000771", "quality": "self",
    "last_name": "WABERI", "first_names": "Aden Robleh", "sex": "M", "birth_date.y": "1956",
    "birth_region": "dikhil", "birth_place": "As Eyla", "document_kind": "extract",
    "copies": "1", "purpose": "id_card", "phone": "77 83 10 09", "spoken_language": "aa",
    "channel": "sms", "delivery": "counter", "pickup_office": "dj-dikhil",
}  # fmt: skip
WITNESSES = [
    {"name": "OMAR GUELLEH", "birth": "1940", "profession": "Berger",
     "phone": "+25377831001", "tie": "neighbour"},
    {"name": "AMINA DAHER", "birth": "1938", "profession": "Sage-femme",
     "phone": "+25377831002", "tie": "midwife"},
]  # fmt: skip
REST = {
    "quality": "self", "office": "dj-dikhil", "birth_town": "dj-dikhil-ville",
    "father_name": "Waberi Ali", "mother_name": "Kadija Farah", "age_proofs": ["medical"],
    "witnesses": WITNESSES, "delivery": "counter", "truth": True,
    "signed": {"name": "Aden Robleh Waberi"},
}  # fmt: skip
PAPERS = ["stamped_request", "id_document", "photos", "medical_certificate", "fruitless_search"]


def person(name):
    return User.objects.get(email=f"{name}@guichet.example")


def press(page, selector):
    with page.expect_navigation():
        page.locator(selector).first.click()


def taken(page, case):
    page.goto(f"/agent/dossiers/{case.reference}/")
    press(page, 'form[action*="/prendre/"] button')


def finish(page, case, stage, outcome, **values):
    """Take the open stage, fill it in, end it by `outcome`."""
    taken(page, case)
    page.goto(f"/agent/dossiers/{case.reference}/etape/{stage}/")
    for name, value in values.items():
        answer(page, name, value)
    page.check(f'[name="stage-outcome"][value="{outcome}"]')
    press(page, "main .g-actions button.g-button--primary")


def opened(page):
    """Open the request, take its fee in cash; return it."""
    press(page, ".g-keying__bar button[name=_open]")
    assert "/ouvert/" in page.url, page.locator(".g-errors li").all_inner_texts()
    press(page, "form.g-panel button")
    case = Case.objects.latest("pk")
    assert (case.status, case.office.code) == (CaseStatus.SUBMITTED, "dj-dikhil")
    return case


def sign(case):
    chief = person("chef.dj-dikhil")
    for act in (cases.take, cases.grant):
        case = Case.objects.get(pk=case.pk)
        act(case, actor=chief)


def act_text(case):
    document = Case.objects.get(pk=case.pk).decision.document
    with document.file.open("rb") as stream:
        pages = PdfReader(io.BytesIO(stream.read())).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def search_in_vain(desk, work):
    """SV-01 keyed at the counter of Dikhil; the record is not in the registers."""
    desk.goto("/agent/guichet/")
    press(desk, 'button[name="service"][value="extrait-acte-naissance"]')
    for name, value in ELDER.items():
        answer(desk, name, value)
    desk.set_input_files("#file-id_document", photo("carte.jpg"))
    desk.locator("#slot-id_document a").wait_for()
    case = opened(desk)
    finish(
        desk, case, "search", "granted", search_result="not_found",
        registers_searched="As Eyla et Dikhil, 1950 à 1962",
    )  # fmt: skip
    sign(case)
    work()
    assert "recherche infructueuse" in act_text(case).lower()
    return case


def ask_for_the_deed(desk, first):
    """What the elder said once is not keyed again; the pieces are seen on paper."""
    desk.goto(f"/agent/dossiers/{first.reference}/")
    press(desk, 'button[name="service"][value="acte-notoriete"]')
    assert desk.input_value('[name="last_name"]') == "WABERI"
    assert desk.input_value('[name="birth_date.y"]') == "1956"
    assert desk.is_checked('[name="has_record"][value="searched"]')
    draft = CounterDraft.objects.get()
    counter.save(
        draft,
        answers=REST,
        identity=counter.Identity("national_id", "DJ-000771"),
        pieces_seen=PAPERS,
    )
    desk.reload()
    return opened(desk)


def hear(desk, case, work):
    """The hearing: planned, called, six assessors, decided on the list, its minutes numbered."""
    moment = timezone.localtime() + timedelta(days=2)
    desk.goto("/agent/bureau/audiences/")
    desk.fill('[name="starts_at"]', f"{moment:%Y-%m-%dT09:00}")
    desk.fill('[name="room"]', "Salle de la préfecture")
    press(desk, 'main form:has([name="room"]) button')
    hearing = Hearing.objects.get()
    taken(desk, case)
    desk.goto(f"/agent/dossiers/{case.reference}/etape/hearing/")
    press(desk, 'form[action$="/audience/"] button')
    work()
    for witness in WITNESSES:
        assert Delivery.objects.filter(to=witness["phone"]).exists()
    moment = timezone.localtime()  # its day comes
    Hearing.objects.update(starts_at=moment)
    desk.goto(f"/agent/dossiers/{case.reference}/etape/hearing/")
    answer(desk, "hearing_day", f"{moment:%Y-%m-%d}")
    for part, value in zip("dmy", f"{moment:%d-%m-%Y}".split("-"), strict=True):
        answer(desk, f"hearing_day.{part}", value)
    answer(desk, "hearing_place", "Dikhil")
    answer(desk, "minutes", "Les témoins ont vu grandir l'enfant.")
    notables = sample("acte-notoriete")["lists"]["assessors"]
    of_district = [one["value"] for one in notables if one["parent"] == "dj-dikhil"]
    for row in range(6):
        answer(desk, f"assessors.{row}.assessor_name", of_district[row])
    press(desk, 'button[name="_save"]')
    desk.goto(f"/agent/bureau/audiences/{hearing.pk}/")
    desk.locator('select[name^="outcome-"]').select_option("favourable")
    press(desk, "main form button.g-button--primary")
    work()
    hearing.refresh_from_db()
    assert "/PV/" in hearing.minutes_number


def test_an_elder_without_record_leaves_with_a_deed_while_the_network_is_cut(
    portal, work, new_page, password
):
    desk = new_page(viewport=DESKTOP)
    sign_in_staff(desk, "agent.dj-dikhil@guichet.example", password)
    first = search_in_vain(desk, work)
    case = ask_for_the_deed(desk, first)
    examine(case)
    hear(desk, case, work)
    sign(case)
    work()
    deed = act_text(case)
    for told in ("de notoriété publique", "1956", "WABERI"):
        assert told in deed
    assert sums(case.office) == (2, 2)
    assert not leaves_the_node() & {"WABERI", "Aden", "77831009", "DJ-000771", "carte.jpg"}


def examine(case):
    """Admissibility and inquiry, by the agent of the counter."""
    agent, note = person("agent.dj-dikhil"), {"inquiry_note": "Voisins entendus à As Eyla."}
    for outcome, values in (("accepted", None), ("done", note)):
        cases.take(Case.objects.get(pk=case.pk), actor=agent)
        case = Case.objects.get(pk=case.pk)
        cases.complete(case, actor=agent, outcome=outcome, values=values)


def sums(office):
    """Return how many requests the office received and granted."""
    today = timezone.localdate()
    year = Activity.of(
        [office.pk], Period(today - timedelta(days=1), today + timedelta(days=1), UTC)
    )
    rows = year.services({office.pk: office}).values()
    return sum(one.received for one in rows), sum(one.granted for one in rows)


def leaves_the_node():
    """Return every word that the node publishes when its network is back."""
    publish_figures()
    words = " ".join(str(one.rows) for one in Dataset.objects.all())
    return set(re.findall(r"[\w.-]+", words))

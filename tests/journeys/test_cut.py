"""The network goes away during a step, during an upload and at the moment of sending."""

import pytest
from django.urls import reverse

from eservices.attachments.models import Attachment
from eservices.cases.models import Case
from eservices.filing.models import Draft
from tests.conftest import PHONE
from tests.factories import EServiceVersionFactory
from tests.filing.test_way import PERSON
from tests.journeys.actors import photo

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

KEPT = """() => new Promise((done) => {
  const request = indexedDB.open("guichet-drafts", 1);
  request.onsuccess = () => {
    const all = request.result.transaction("kept").objectStore("kept").getAll();
    all.onsuccess = () => done(all.result.length);
  };
})"""

# The page is drawn before this browser has read what it kept.
PUT_BACK = "(value) => document.querySelector('[name=first_names]')?.value === value"


def state(page, wanted):
    page.wait_for_selector(f'[data-save-state][data-state="{wanted}"]')


def test_cut_resume_and_double_send(new_page, live_server):
    EServiceVersionFactory()
    page = new_page(viewport=PHONE)
    line = page.context
    page.goto(reverse("filing:start", args=["extrait-test"]))
    page.click("button.g-button--start")

    # In the middle of a step: what is typed stays, also over a reload, and the next page waits.
    page.fill('[name="last_name"]', PERSON["last_name"])
    state(page, "saved")
    line.set_offline(True)
    page.fill('[name="first_names"]', PERSON["first_names"])
    state(page, "away")
    line.set_offline(False)
    page.reload()
    page.wait_for_function(PUT_BACK, arg=PERSON["first_names"])
    line.clear_cookies()  # as a browser that is ended before it wrote them to the disk
    page.reload()
    page.wait_for_function(PUT_BACK, arg=PERSON["first_names"])
    line.set_offline(True)
    page.fill('[name="phone"]', PERSON["phone"])
    page.click("main form button.g-button--primary")
    state(page, "held")
    line.set_offline(False)
    page.wait_for_url("**/etape/request/")
    page.fill('[name="copies"]', "2")
    page.check('[name="reason"][value="school"]')
    page.click("main form button.g-button--primary")

    # In the middle of a piece: it goes on where it stopped.
    page.wait_for_url("**/pieces/")
    parts = []
    page.on("request", lambda sent: parts.append(sent.method) if "/envois/" in sent.url else None)
    page.route("**/envois/*/", lambda route: cut_after(route, parts, line))
    page.set_input_files('[name="id_document"]', photo("cni.jpg"))
    page.wait_for_selector(".g-sending.is-away")
    page.unroute("**/envois/*/")
    line.set_offline(False)
    page.wait_for_selector(".g-given")
    assert parts.count("POST") == 1
    assert "HEAD" in parts
    page.click('button[name="_continue"]')

    # At the moment of sending, with the page open twice: one request.
    page.wait_for_url("**/envoi/")
    other = line.new_page()
    other.goto(page.url)
    line.set_offline(True)
    for window in (page, other):
        window.check("#declaration")
        window.click("form[data-send] button")
        window.wait_for_selector('[data-send-state][data-state="away"]')
    line.set_offline(False)
    page.wait_for_url("**/suivi/**")
    other.wait_for_url("**/suivi/**")
    assert page.url == other.url
    assert page.evaluate(KEPT) == 0
    case = Case.objects.get()
    assert case.answers["first_names"] == PERSON["first_names"]
    assert (Attachment.objects.count(), Draft.objects.count()) == (1, 0)


def cut_after(route, parts, line):
    """Let the first part through, then lose the line."""
    if parts.count("PATCH") > 1:
        line.set_offline(True)
        return route.abort("internetdisconnected")
    return route.continue_()
